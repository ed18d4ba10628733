/** JSON to lines: what the AWS commands print, subscriptions and Firehose deliver, and people make of it with jq. */
import { InputError } from '../../model/errors.ts';
import { escapeControls } from '../../model/escape.ts';
import { grown } from '../../record/grown.ts';
import { QUOTED_CHARACTERS } from '../../record/parse-line.ts';
import type { Container, LineSink, Unwrapping } from './container.ts';
import { JsonLexer } from './json-lexer.ts';
import { LineBuffer } from './line-buffer.ts';
import { MOST_KEPT } from './line-cutter.ts';
import { addRow, MOST_VALUES, messageAmong, type Naming, namingOf, type Row } from './named-values.ts';
import { CLASS_UID, OCSF_LIST, OCSF_OBJECTS, OcsfLines } from './ocsf.ts';
import { MOST_PAYLOAD, type Payloads } from './payload.ts';

/** Names that are remembered. */
const MOST_NAMES = 64;
/** Objects that are no records, before any that is. */
const MOST_STRANGERS = 1000;

/** Objects in objects of an event, as far as they are kept: metadata.product.feature is as deep as flows go. */
const MOST_HEIGHT = 2;

/** Members that hold what an answer is about: an object with one of them is none itself. */
const LISTS = new Set(['events', 'logEvents', 'results', 'records', 'Records', 'awslogs']);

/** Whether a line begins JSON, of whatever. */
export const beginsJson = (line: string): boolean => /^(\{\s*("|\}|$)|\[\s*(["[{\]]|$))/.test(line);

/** Which JSON it is, for people: by the names in its beginning. */
export const jsonKind = (head: string): Container => {
  if (/^[\s[\ufeff]*"/.test(head)) return 'json-lines';
  if (/^\s*\{\s*"(events|nextForwardToken|nextBackwardToken|searchedLogStreams)"/.test(head))
    return 'log-events';
  if (/"(messageType|logEvents|awslogs)"\s*:/.test(head)) return 'subscription';
  if (/"(class_uid|[sd][rs][ct]_endpoint)"\s*:/.test(head)) return 'ocsf';
  if (/"field"\s*:|"@(message|timestamp|ptr)"\s*:/.test(head)) return 'query-results';
  if (/"[Rr]ecords"\s*:/.test(head) && /"data"\s*:/.test(head)) return 'json-records';
  if (/"logStreamName"\s*:/.test(head)) return 'log-events';
  return /"message"\s*:/.test(head) ? 'json-messages' : 'json-fields';
};

/** The values of one object or array, by their names. */
class Members implements Row {
  isObject = false;
  name = '';
  names: string[] = [];
  bytes = new Uint8Array(1 << 8);
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  length = 0;
  /** Whether it, or what is in it, was a line or is a list of lines. */
  gaveLines = false;
  isControl = false;
  /** An array whose texts count: it is a value of an event. */
  isList = false;
  /** What is in it of an event (OCSF), by name. */
  inside: Record<string, unknown> | undefined;
  /** How deep that is. */
  height = 0;
  readonly #decoder = new TextDecoder();

  begin(isObject: boolean, isList: boolean): void {
    this.isObject = isObject;
    this.isList = isList;
    this.inside = undefined;
    this.height = 0;
    this.name = '';
    this.names = [];
    this.count = 0;
    this.length = 0;
    this.gaveLines = false;
    this.isControl = false;
  }

  add(name: string, text: Uint8Array, from: number, to: number): void {
    if (this.count >= MOST_VALUES) return;
    const length = Math.min(this.length + to - from, 2 * MOST_KEPT);
    if (length > this.bytes.length) this.bytes = grown(this.bytes, Math.max(length, this.bytes.length * 2));
    // Values are short: a call to copy one costs more than the copy.
    for (let at = this.length, i = from; at < length; at++, i++) this.bytes[at] = text[i] as number;
    this.names.push(name);
    this.starts[this.count] = this.length;
    this.ends[this.count] = length;
    this.count++;
    this.length = length;
  }

  textOf(i: number): string {
    return this.#decoder.decode(this.bytes.subarray(this.starts[i], this.ends[i]));
  }

  /** An object or a list in it, which another one in its place may soon write over. */
  keep(inner: Members): void {
    if (inner.height === MOST_HEIGHT) return;
    this.height = Math.max(this.height, inner.height + 1);
    this.inside ??= Object.create(null) as Record<string, unknown>;
    this.inside[this.name] = inner.isObject ? inner.tree() : inner.names.map((_, i) => inner.textOf(i));
  }

  /** All of it as it stood in the text. */
  tree(): Record<string, unknown> {
    const tree = Object.create(null) as Record<string, unknown>;
    for (const [i, name] of this.names.entries()) tree[name] = this.textOf(i);
    return Object.assign(tree, this.inside);
  }
}

/** Names as text: the same few come again and again, and decoding one takes longer than comparing it. */
class Names {
  readonly #known: { readonly bytes: Uint8Array; readonly name: string }[] = [];
  /** Where the next one is looked for first: behind the last. */
  #next = 0;
  readonly #decoder = new TextDecoder();

  of(text: Uint8Array, length: number): string {
    const known = this.#known;
    for (let tried = 0; tried < known.length; tried++) {
      const at = (this.#next + tried) % known.length;
      const { bytes, name } = known[at] as (typeof known)[number];
      if (!isSame(bytes, text, length)) continue;
      this.#next = at + 1;
      return name;
    }
    const name = this.#decoder.decode(text.subarray(0, length));
    if (known.length < MOST_NAMES) known.push({ bytes: text.slice(0, length), name });
    return name;
  }
}

const isSame = (known: Uint8Array, text: Uint8Array, length: number): boolean => {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) if (known[i] !== text[i]) return false;
  return true;
};

/** What the names of rows say, and the place of each among the values. */
interface NamedPlaces {
  readonly naming: Naming;
  readonly places: ReadonlyMap<string, number>;
}

export class Json implements Unwrapping {
  readonly #source: string;
  readonly #sink: LineSink;
  readonly #lines: LineBuffer;
  readonly #payloads: Payloads;
  readonly #open: Members[] = [];
  /** Objects among what is open: without any, a text is a line. */
  #objects = 0;
  #control = 0;
  #namesNow: string | undefined;
  #naming: NamedPlaces | undefined;
  #hasGiven = false;
  #strangers: string[] = [];
  readonly #names = new Names();
  readonly #events: OcsfLines;
  readonly #lexer = new JsonLexer(
    {
      onOpen: (isObject) => this.#onOpen(isObject),
      onClose: () => this.#onClose(),
      onName: () => this.#onName(),
      onValue: (kind) => this.#onValue(kind),
    },
    MOST_KEPT,
  );
  readonly #decoder = new TextDecoder();

  /** @param source the name shown in errors */
  constructor(source: string, payloads: Payloads, sink: LineSink) {
    this.#source = source;
    this.#payloads = payloads;
    this.#sink = sink;
    this.#lines = new LineBuffer(sink);
    this.#events = new OcsfLines(this.#lines, sink);
  }

  push(bytes: Uint8Array): void {
    this.#check(this.#lexer.push(bytes));
    this.#lines.flush();
  }

  /** @throws InputError input-unsupported when nothing in it was a flow log */
  end(): void {
    this.#check(this.#lexer.end());
    this.#lines.flush();
    if (this.#strangers.length > 0) throw this.#foreign();
  }

  #check(wrong: string | undefined): void {
    if (wrong === undefined) return;
    this.#lines.flush();
    throw new InputError(
      'input-corrupt',
      `${escapeControls(this.#source)} is JSON that cannot be read on: ${wrong}. Fetch it again, or read up to there with --keep-going.`,
    );
  }

  #foreign(): InputError {
    const [begin = ''] = this.#strangers;
    const first = begin.length < QUOTED_CHARACTERS ? begin : `${begin}…`;
    return new InputError(
      'input-unsupported',
      `${escapeControls(this.#source)} is JSON without flow log lines: looked for strings, for members "message", "@message" and "data", and for objects with the fields of a record; it begins with ${escapeControls(first)}.`,
    );
  }

  get #top(): Members | undefined {
    return this.#open[this.#lexer.depth - 1];
  }

  #onOpen(isObject: boolean): void {
    const at = this.#lexer.depth - 1;
    const members = this.#open[at] ?? new Members();
    this.#open[at] = members;
    const around = this.#open[at - 1];
    members.begin(isObject, !isObject && around?.isObject === true && around.name === OCSF_LIST);
    if (isObject) this.#objects++;
    else if (around?.isObject === true && LISTS.has(around.name)) around.gaveLines = true;
  }

  #onName(): number {
    const top = this.#top as Members;
    top.name = this.#names.of(this.#lexer.text, this.#lexer.length);
    return top.name === 'data' ? MOST_PAYLOAD + 1 : MOST_KEPT;
  }

  #onValue(kind: 'string' | 'other' | 'null'): void {
    const { text, length } = this.#lexer;
    const top = this.#top;
    if (this.#objects === 0) {
      if (kind === 'string') this.#addLine(text, 0, length);
      else this.#addStranger(kind === 'null' ? 'null' : this.#decoder.decode(text.subarray(0, length)));
      return;
    }
    if (top === undefined || !(top.isObject || top.isList)) return;
    if (top.name === 'data' && kind === 'string' && this.#takePayload(top)) return;
    if (top.name === 'messageType' && length === 15) {
      top.isControl = this.#decoder.decode(text.subarray(0, length)) === 'CONTROL_MESSAGE';
      if (top.isControl) this.#control++;
    }
    top.add(top.name, text, 0, kind === 'null' ? 0 : length);
  }

  #takePayload(top: Members): boolean {
    if (this.#lexer.length > MOST_PAYLOAD) this.#check(`base64 data of more than ${MOST_PAYLOAD} bytes`);
    const text = this.#decoder.decode(this.#lexer.text.subarray(0, this.#lexer.length));
    // In the order in which they come.
    this.#lines.flush();
    if (!this.#payloads.take(text)) return false;
    top.gaveLines = true;
    this.#hasGiven = true;
    return true;
  }

  #onClose(): void {
    const depth = this.#lexer.depth;
    const closed = this.#open[depth - 1] as Members;
    const around = this.#open[depth - 2];
    if (closed.isObject) this.#objects--;
    if (around?.isObject === true && this.#keepInside(closed, around)) {
      if (closed.isControl) this.#control--;
      return;
    }
    const isPair = closed.isObject && depth > 1 && around !== undefined && !around.isObject;
    if (isPair && this.#takePair(closed, around)) return;
    this.#finish(closed);
    if (closed.isControl) this.#control--;
    if (closed.gaveLines && around !== undefined) around.gaveLines = true;
  }

  /** What is in an event is a part of it; whether that is one is known when it ends. */
  #keepInside(closed: Members, around: Members): boolean {
    if (closed.isList || (closed.isObject && OCSF_OBJECTS.has(around.name))) around.keep(closed);
    return closed.isList || (closed.isObject && around.name === 'unmapped');
  }

  /** `{"field": …, "value": …}` of Logs Insights: one value of the row that is the array around it. */
  #takePair(closed: Members, around: Members): boolean {
    const field = closed.names.indexOf('field');
    const value = closed.names.indexOf('value');
    if (closed.count !== 2 || field < 0 || value < 0) return false;
    around.add(
      closed.textOf(field),
      closed.bytes,
      closed.starts[value] as number,
      closed.ends[value] as number,
    );
    return true;
  }

  #finish(closed: Members): void {
    if (closed.isObject && closed.names.includes(CLASS_UID)) {
      this.#addEvent(closed);
      return;
    }
    const line = closed.count === 0 ? -1 : messageAmong(closed.names);
    if (line >= 0) {
      closed.gaveLines = true;
      // CloudWatch's own word to whoever listens: an empty line, so that those behind it keep their numbers.
      const isControl = this.#control > 0;
      this.#addLine(
        closed.bytes,
        closed.starts[line] as number,
        isControl ? (closed.starts[line] as number) : (closed.ends[line] as number),
      );
    } else if (closed.count > 0 && this.#addNamed(closed)) closed.gaveLines = true;
    else if (this.#objects === 0 && closed.isObject && !closed.gaveLines) {
      this.#addStranger(`{${closed.names.map((name) => `"${name}":…`).join(',')}}`);
    }
  }

  #addEvent(closed: Members): void {
    closed.gaveLines = true;
    this.#beforeLine();
    // Its format may be told of: that of objects with fields is not the last one any more.
    this.#namesNow = undefined;
    this.#naming = undefined;
    this.#events.add(closed.tree());
  }

  /** An object with the fields of a record; names that are not there are none. */
  #addNamed(row: Members): boolean {
    const names = row.names.join('\n');
    if (names !== this.#namesNow) {
      const known = this.#naming;
      if (known === undefined || !row.names.every((name) => known.places.has(name))) {
        const naming = namingOf(row.names);
        if (naming === undefined) return false;
        this.#naming = { naming, places: new Map(row.names.map((name, i) => [name, i])) };
        this.#lines.flush();
        this.#sink.pushFormat(naming.columns);
        this.#events.forget();
      } else if (namingOf(row.names) === undefined) return false;
      this.#namesNow = names;
    }
    const { naming, places } = this.#naming as NamedPlaces;
    const starts = new Array<number>(places.size).fill(0);
    const ends = new Array<number>(places.size).fill(0);
    for (const [i, name] of row.names.entries()) {
      const place = places.get(name) as number;
      starts[place] = row.starts[i] as number;
      ends[place] = row.ends[i] as number;
    }
    this.#beforeLine();
    addRow(this.#lines, naming, { bytes: row.bytes, count: places.size, starts, ends }, places.size);
    return true;
  }

  /** A text as a line; one that has an end of its own needs no other. */
  #addLine(bytes: Uint8Array, from: number, end: number): void {
    let to = end;
    while (to > from && (bytes[to - 1] === 10 || bytes[to - 1] === 13)) to--;
    this.#beforeLine();
    this.#lines.add(bytes, from, to);
    this.#lines.endLine();
  }

  /** What was no record before the first one was: now it is known that this is a flow log, and its reader counts it. */
  #beforeLine(): void {
    this.#hasGiven = true;
    const strangers = this.#strangers;
    if (strangers.length === 0) return;
    this.#strangers = [];
    for (const text of strangers) this.#addText(text);
  }

  #addStranger(text: string): void {
    const short = text.replaceAll(/\s/g, '_').slice(0, QUOTED_CHARACTERS);
    if (this.#hasGiven) this.#addText(short);
    else if (this.#strangers.push(short) > MOST_STRANGERS) throw this.#foreign();
  }

  #addText(text: string): void {
    const bytes = Buffer.from(text);
    this.#lines.add(bytes, 0, bytes.length);
    this.#lines.endLine();
  }
}
