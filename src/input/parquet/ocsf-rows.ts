/**
 * Rows of Security Lake as the objects that `ocsfReading` takes: values of structs, lists of addresses, and pairs of names and
 * values, all of them texts. Of other lists nothing is read.
 */
import { CLASS_UID, OCSF_LIST, OCSF_OBJECTS, OCSF_TIMES, OCSF_VALUES } from '../containers/ocsf.ts';
import { type ColumnReader, Room } from './column-reader.ts';
import { ParquetFault } from './fault.ts';
import { type Field, inColumn, type Packed, readerOf } from './field.ts';
import type { LeafColumn } from './layout.ts';
import { ROWS_AT_ONCE } from './row-lines.ts';
import { spellingOf } from './spell-values.ts';

/** Values of a list that are kept of a row. */
const MOST_IN_ROW = 256;

/** A column, and what it is for. */
export interface OcsfColumn extends Field {
  /** Of pairs the part that it is. */
  readonly as: 'value' | 'list' | 'key' | 'pair-value';
  /** Where it stands in an event: without the names that a list has inside. */
  readonly path: readonly string[];
}

type Event = { [name: string]: string | Event | readonly (string | undefined)[] | Event[] };

const useOf = ({ path, repetition }: LeafColumn): Pick<OcsfColumn, 'as' | 'path'> | undefined => {
  const [first = '', second] = path;
  if (path.length === 1 && repetition === 0)
    return OCSF_VALUES.has(first) || OCSF_TIMES.has(first) ? { as: 'value', path } : undefined;
  if (!OCSF_OBJECTS.has(first)) return undefined;
  if (repetition === 0) return { as: 'value', path };
  if (repetition > 1) return undefined;
  if (second === OCSF_LIST) return { as: 'list', path: [first, second] };
  const last = path.at(-1);
  if (first !== 'unmapped' || (last !== 'key' && last !== 'value')) return undefined;
  return { as: last === 'key' ? 'key' : 'pair-value', path: [first] };
};

/** The columns that tell of flows, where they are those of events of OCSF. */
export const ocsfColumnsOf = (columns: readonly LeafColumn[]): OcsfColumn[] | undefined => {
  const names = new Set(columns.map(({ path }) => path.join('.')));
  if (![CLASS_UID, 'src_endpoint.ip', 'dst_endpoint.ip'].every((name) => names.has(name))) return undefined;
  return columns.flatMap((column, place) => {
    const use = useOf(column);
    // Texts stay as they are: what parts a line is spelt out when they become fields of one.
    const role = OCSF_TIMES.get(column.path.join('.')) ?? 'message';
    const spell = spellingOf(column.element, role);
    return use === undefined || spell === undefined ? [] : [{ ...use, column, place, spell }];
  });
};

/** Values of a column, one after the other. */
class Cursor {
  readonly about: OcsfColumn;
  readonly #reader: ColumnReader;
  #left: number;
  /** Values that are read at a time: the next one's place, and how many there are. */
  #at = 0;
  #held = 0;
  #bytes = Buffer.alloc(0);
  /** Many values are the same word of a dictionary. */
  #known = { from: 0, to: 0, text: '' };

  constructor(about: OcsfColumn, packed: Packed, room: Room) {
    this.about = about;
    this.#reader = readerOf(about, packed, room);
    this.#left = packed.chunk.values;
  }

  get #hasMore(): boolean {
    if (this.#at < this.#held) return true;
    this.#reader.open(); // at the end held to what its last page says
    if (this.#left === 0) return false;
    const { left } = this.#reader;
    this.#held = Math.min(ROWS_AT_ONCE, left, this.#left);
    this.#reader.read(this.#held);
    this.#left -= this.#held;
    this.#at = 0;
    const { view } = this.#reader;
    this.#bytes = Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
    this.#known = { from: 0, to: 0, text: '' };
    return true;
  }

  /** The text of the next row; undefined where it has none. */
  takeOne(): string | undefined {
    if (!this.#hasMore) throw new ParquetFault('is damaged: it has fewer rows than its row group');
    const at = this.#at++;
    const from = this.#reader.from[at] as number;
    const to = this.#reader.to[at] as number;
    if (from === to) return undefined;
    if (from !== this.#known.from || to !== this.#known.to)
      this.#known = { from, to, text: this.#bytes.toString('utf8', from, to) };
    return this.#known.text;
  }

  /** The texts of the next row of a column in a list; a list that is empty or not there gives one that is none. */
  takeList(): (string | undefined)[] {
    const texts = [];
    const { repeats } = this.#reader;
    if (this.#hasMore && repeats[this.#at] !== 0)
      throw new ParquetFault('is damaged: it begins in the middle of a row');
    do {
      const text = this.takeOne();
      if (texts.length < MOST_IN_ROW) texts.push(text);
    } while (this.#hasMore && repeats[this.#at] !== 0);
    return texts;
  }

  /** @throws ParquetFault when it has more values, or its last page has */
  end(): void {
    if (this.#hasMore) throw new ParquetFault('is damaged: it has more rows than its row group');
  }
}

/** Without what any object has: names come from the file. */
const emptyEvent = (): Event => Object.create(null) as Event;

const put = (event: Event, path: readonly string[], value: Event[string]): void => {
  let at = event;
  for (const name of path.slice(0, -1)) {
    const inside = at[name] ?? emptyEvent();
    // A value where others have an object.
    if (typeof inside !== 'object' || Array.isArray(inside)) return;
    at[name] = inside;
    at = inside as Event;
  }
  at[path.at(-1) as string] = value;
};

const nextEvent = (cursors: readonly Cursor[]): Event => {
  const event = emptyEvent();
  let keys: readonly (string | undefined)[] = [];
  let values: readonly (string | undefined)[] = [];
  for (const cursor of cursors) {
    const { as, path } = cursor.about;
    inColumn(cursor.about, () => {
      if (as === 'value') {
        const text = cursor.takeOne();
        if (text !== undefined) put(event, path, text);
        return;
      }
      const texts = cursor.takeList();
      if (as === 'key') keys = texts;
      else if (as === 'pair-value') values = texts;
      else put(event, path, texts);
    });
  }
  if (keys.length !== values.length)
    throw new ParquetFault('is damaged: "unmapped" has more names than values, or fewer');
  const pairs = keys.map((key, i): Event => ({ key: key ?? '', value: values[i] ?? '' }));
  if (pairs.length > 0) put(event, ['unmapped'], pairs);
  return event;
};

/**
 * The events of a row group, one at a time, so that none but the last takes memory.
 * @param packed one a column
 * @param most values that a column may have, as many as rows in a file of its size
 * @throws ParquetFault after the events before
 */
export function* eventsOf(
  columns: readonly OcsfColumn[],
  rows: number,
  packed: readonly Packed[],
  most: number,
): Generator<unknown> {
  const room = new Room();
  const cursors = columns.map((column, i) => {
    const { chunk, bytes } = packed[i] as Packed;
    if (chunk.values > most)
      throw new ParquetFault(`says of a column that it has ${chunk.values} values, more than can be`);
    return new Cursor(column, { chunk, bytes }, room);
  });
  for (let row = 0; row < rows; row++) yield nextEvent(cursors);
  for (const cursor of cursors) inColumn(cursor.about, () => cursor.end());
}
