/**
 * What AWS tells of a record beside its packets: the ECS task at the interface, the AWS services of its addresses, the way out. The
 * scanner carries these fields; whoever wants them asks for them, and they are read from the text that batches were scanned from.
 */
import type { Columns, FieldName } from '../model/fields.ts';
import type { RecordBatch } from '../model/record-batch.ts';

/** The end of an ARN behind its last slash: `arn:aws:ecs:eu-west-1:001111222233:task/demo/de2b` is `de2b`. */
const lastOfArn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

interface AnnotationColumn {
  readonly name: string;
  readonly field: FieldName;
  /** A field whose ARN ends in the same, for formats that have no other or hold nothing in it. */
  readonly arn?: FieldName;
}

const COLUMNS = [
  { name: 'ecsCluster', field: 'ecs-cluster-name', arn: 'ecs-cluster-arn' },
  { name: 'ecsService', field: 'ecs-service-name' },
  { name: 'ecsTask', field: 'ecs-task-id', arn: 'ecs-task-arn' },
  { name: 'ecsContainer', field: 'ecs-container-id' },
  { name: 'srcService', field: 'pkt-src-aws-service' },
  { name: 'dstService', field: 'pkt-dst-aws-service' },
  { name: 'trafficPath', field: 'traffic-path' },
] as const satisfies readonly AnnotationColumn[];

/** What a record says of each; null where it says nothing. */
export type Annotation = { readonly [C in (typeof COLUMNS)[number]['name']]: string | null };

/** Fields that are read, in the order of the columns, and behind them those whose ARNs stand in for others. */
export const ANNOTATION_FIELDS: readonly FieldName[] = [
  ...COLUMNS.map(({ field }) => field),
  ...COLUMNS.flatMap((column) => ('arn' in column ? [column.arn] : [])),
];

/** Between the values of a record; no field can hold it. */
const SEPARATOR = '\n';
const NOTHING = SEPARATOR.repeat(ANNOTATION_FIELDS.length - 1);

/** A record's values, in the order of {@link ANNOTATION_FIELDS}, as one text, as what they say. */
const readTexts = (text: string): Annotation => {
  const values = text.split(SEPARATOR);
  let arn = COLUMNS.length;
  const said = COLUMNS.map((column, i) => {
    const own = values[i] as string;
    const other = 'arn' in column ? lastOfArn(values[arn++] as string) : '';
    return [column.name, own || other || null] as const;
  });
  return Object.fromEntries(said) as Annotation;
};

/** Annotations by number: of a run there are few, each of many records. 0 says nothing. */
export class AnnotationTexts {
  readonly #ids = new Map<string, number>([[NOTHING, 0]]);
  readonly #texts: string[] = [NOTHING];
  readonly #read: (Annotation | undefined)[] = [];

  get size(): number {
    return this.#texts.length;
  }

  /** The number of a text: values in the order of {@link ANNOTATION_FIELDS}, a line end between them. */
  intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.length;
    this.#ids.set(text, id);
    this.#texts.push(text);
    return id;
  }

  text(id: number): string {
    return this.#texts[id] as string;
  }

  /** The texts from a number on. */
  textsFrom(id: number): string[] {
    return this.#texts.slice(id);
  }

  read(id: number): Annotation {
    this.#read[id] ??= readTexts(this.text(id));
    return this.#read[id];
  }

  /** Forgets all: numbers begin with 1 again. */
  forget(): void {
    this.#ids.clear();
    this.#ids.set(NOTHING, 0);
    this.#texts.length = 1;
    this.#read.length = 0;
  }
}

const SPACE = 32;
const DASH = 45;
const isBlank = (c: number): boolean => c === SPACE || c === 9 || c === 13;

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** Reads the annotations of batches; the texts are not to be forgotten meanwhile. */
export class Annotator {
  readonly #texts: AnnotationTexts;
  #columns: Columns | undefined;
  /** By column of the format, its place among the fields, or -1; up to the last that is one. */
  #places = new Int8Array(0);
  /** Values of the line at hand, one behind the other, and where each begins and ends. */
  readonly #from = new Int32Array(ANNOTATION_FIELDS.length);
  readonly #to = new Int32Array(ANNOTATION_FIELDS.length);
  #scratch = Buffer.alloc(1024);
  /** By the bytes of the values, their numbers: decoding takes longer than all else. */
  readonly #known = new Map<string, number>();

  constructor(texts: AnnotationTexts) {
    this.#texts = texts;
  }

  /** By row, the number of its annotation; null where the format has none of the fields. The caller's to keep. */
  of(batch: RecordBatch): Uint32Array<ArrayBuffer> | null {
    if (batch.columns !== this.#columns) this.#look(batch.columns);
    if (this.#places.length === 0) return null;
    const ids = new Uint32Array(batch.count);
    for (let row = 0; row < batch.count; row++)
      ids[row] = this.#idOf(batch.text, batch.lineFrom[row] as number, batch.lineTo[row] as number);
    return ids;
  }

  #look(columns: Columns): void {
    this.#columns = columns;
    const names: readonly string[] = ANNOTATION_FIELDS;
    const places = columns.names.map((name) => names.indexOf(name));
    this.#places = Int8Array.from(places.slice(0, places.findLastIndex((place) => place >= 0) + 1));
  }

  #idOf(text: Uint8Array, from: number, to: number): number {
    const places = this.#places;
    this.#from.fill(0);
    this.#to.fill(0);
    let length = ANNOTATION_FIELDS.length;
    let p = from;
    for (let column = 0; column < places.length; column++) {
      while (p < to && isBlank(text[p] as number)) p++;
      const begin = p;
      while (p < to && !isBlank(text[p] as number)) p++;
      const place = places[column] as number;
      if (place < 0 || (p - begin === 1 && text[begin] === DASH)) continue;
      this.#from[place] = begin;
      this.#to[place] = p;
      length += p - begin;
    }
    if (length === ANNOTATION_FIELDS.length) return 0;
    return this.#intern(text, length);
  }

  #intern(text: Uint8Array, length: number): number {
    if (this.#scratch.length < length) this.#scratch = Buffer.alloc(length * 2);
    const scratch = this.#scratch;
    let at = 0;
    for (let place = 0; place < ANNOTATION_FIELDS.length; place++) {
      for (let p = this.#from[place] as number; p < (this.#to[place] as number); p++)
        scratch[at++] = text[p] as number;
      scratch[at++] = 10;
    }
    const bytes = scratch.toString('latin1', 0, at - 1);
    const known = this.#known.get(bytes);
    if (known !== undefined) return known;
    const id = this.#texts.intern(decoder.decode(scratch.subarray(0, at - 1)));
    this.#known.set(bytes, id);
    return id;
  }
}
