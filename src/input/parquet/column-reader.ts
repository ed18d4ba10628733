/**
 * The values of one column in one row group, page by page, spelt as lines have them. A dictionary is spelt once; of everything else
 * only a few rows at a time.
 */
import * as zlib from 'node:zlib';
import type { Encoding } from 'hyparquet';
import { Encodings } from 'hyparquet/src/constants.js';
import { ParquetFault } from './fault.ts';
import type { Chunk, LeafColumn } from './layout.ts';
import { LevelRuns } from './level-runs.ts';
import { plainOf } from './plain-values.ts';
import { ROWS_AT_ONCE, type Values } from './row-lines.ts';
import { type Spell, Spelt } from './spell-values.ts';
import { numberIn, structIn, ThriftReader, type ThriftStruct } from './thrift.ts';
import { unpackPage } from './unpack-page.ts';

/** Bytes of one page when it is unpacked; writers end a page at 1 MiB, DuckDB at 100 MB. */
const MOST_PAGE = 128 * 2 ** 20;
/** Bytes of all pages and dictionaries that are unpacked at a time. */
const MOST_AT_ONCE = 512 * 2 ** 20;
/** Fields of the header of a page. */
const MOST_SAID = 1000;

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const DATA_PAGE_V2 = 3;

/** The room that the columns of a row group share. */
export class Room {
  #left = MOST_AT_ONCE;

  /** @throws ParquetFault when there is not so much */
  take(bytes: number): void {
    if (bytes > this.#left) throw new ParquetFault(`unpacks to more than ${MOST_AT_ONCE} bytes at once`);
    this.#left -= bytes;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

/** In Node.js from 20.15 on. */
const { crc32 } = zlib as { crc32?: (bytes: Uint8Array) => number };

interface PageHeader {
  readonly type: number;
  readonly unpacked: number;
  readonly packed: Uint8Array;
  readonly about: ThriftStruct;
}

const lengthIn = (struct: ThriftStruct, field: number, most: number): number => {
  const value = numberIn(struct, field);
  if (value === undefined || value < 0 || value > most)
    throw new ParquetFault('is damaged: a length in it is impossible');
  return value;
};

const levelsIn = (bytes: Uint8Array, at: number, end: number, most: number): LevelRuns =>
  new LevelRuns(bytes, at, end, 32 - Math.clz32(most));

const deeper = (): ParquetFault => new ParquetFault('is damaged: its values lie deeper than its columns');

const NONE = new Uint8Array(0);

export class ColumnReader implements Values {
  /** The values of the rows that were read last. */
  view: DataView = new Spelt().view;
  readonly from = new Uint32Array(ROWS_AT_ONCE);
  readonly to = new Uint32Array(ROWS_AT_ONCE);
  /** Of a column in a list the level of repetition of each. */
  readonly repeats: Uint32Array;
  /** Values left in the page. */
  left = 0;
  readonly #column: LeafColumn;
  readonly #codec: Chunk['codec'];
  readonly #spell: Spell;
  readonly #chunk: Uint8Array;
  readonly #room: Room;
  #at = 0;
  /** Values behind the page. */
  #behind: number;
  readonly #dictionary = new Spelt();
  #words = -1;
  #taken = { page: 0, dictionary: 0 };
  #levels: LevelRuns | undefined;
  #repeats: LevelRuns | undefined;
  #codes: LevelRuns | undefined;
  #page: Uint8Array = NONE;
  #next = 0;
  #nulls: number | undefined;
  readonly #spelt = new Spelt();
  readonly #levelsRead = new Uint32Array(ROWS_AT_ONCE);
  readonly #codesRead = new Uint32Array(ROWS_AT_ONCE);

  /** @param values how many the column has, those that are not there included */
  constructor(
    column: LeafColumn,
    codec: Chunk['codec'],
    spell: Spell,
    chunk: Uint8Array,
    values: number,
    room: Room,
  ) {
    this.#column = column;
    this.#codec = codec;
    this.#spell = spell;
    this.#chunk = chunk;
    this.#behind = values;
    this.repeats = new Uint32Array(column.repetition > 0 ? ROWS_AT_ONCE : 0);
    this.#room = room;
  }

  /** Goes on to the next page where this one is at its end. */
  open(): void {
    while (this.left === 0) {
      if (this.#nulls !== undefined && this.#nulls !== 0)
        throw new ParquetFault('is damaged: it counts its missing values wrongly');
      if (this.#page.length > 0 && this.#codes === undefined && this.#next !== this.#page.length)
        throw new ParquetFault('is damaged: it holds more than its values');
      // Read as numbers of other widths, or as of columns that must have a value, they would not end where they do.
      const isLonger = [this.#levels, this.#repeats].some((runs) => runs?.hasMoreThanOneRun === true);
      if (isLonger || this.#codes?.hasMore === true)
        throw new ParquetFault('is damaged: it holds more than its values');
      if (this.#behind === 0) return;
      this.#openPage(this.#header());
    }
  }

  /** Spells the next values, no more than are left in the page. */
  read(count: number): void {
    this.#repeats?.fill(this.repeats, count);
    const present = this.#readLevels(count);
    if (this.#nulls !== undefined) this.#nulls -= count - present;
    if (this.#codes === undefined) this.#readPlain(present);
    else this.#readWords(this.#codes, present);
    if (present < count) this.#spread(present, count);
    this.left -= count;
  }

  /** How many of the next rows have a value; which, where not all have one, stands in the levels. */
  #readLevels(count: number): number {
    const levels = this.#levels;
    if (levels === undefined) return count;
    const { definition } = this.#column;
    const all = levels.takeSame(count);
    if (all === definition) return count;
    if (all > definition) throw deeper();
    const isDefined = this.#levelsRead;
    if (all >= 0) {
      isDefined.fill(0, 0, count);
      return 0;
    }
    levels.fill(isDefined, count);
    let present = 0;
    for (let i = 0; i < count; i++) {
      const level = isDefined[i] as number;
      if (level > definition) throw deeper();
      const is = level === definition ? 1 : 0;
      isDefined[i] = is;
      present += is;
    }
    return present;
  }

  #readPlain(count: number): void {
    const spelt = this.#spelt;
    spelt.begin(count);
    this.#next = this.#spell(this.#page, this.#next, this.#page.length, count, spelt);
    const { from, to } = this;
    for (let i = 0; i < count; i++) {
      from[i] = spelt.starts[i] as number;
      to[i] = spelt.starts[i + 1] as number;
    }
    this.view = spelt.view;
  }

  #readWords(runs: LevelRuns, count: number): void {
    const codes = this.#codesRead;
    const { starts, view } = this.#dictionary;
    const words = this.#words;
    const { from, to } = this;
    this.view = view;
    const same = runs.takeSame(count);
    if (same >= 0 && same < words) {
      from.fill(starts[same] as number, 0, count);
      to.fill(starts[same + 1] as number, 0, count);
      return;
    }
    if (same >= 0) codes.fill(same, 0, count);
    else runs.fill(codes, count);
    for (let i = 0; i < count; i++) {
      const code = codes[i] as number;
      if (code >= words) throw new ParquetFault('is damaged: it names what its dictionary does not have');
      from[i] = starts[code] as number;
      to[i] = starts[code + 1] as number;
    }
  }

  /** Takes the values that are there to their rows, from behind. */
  #spread(present: number, count: number): void {
    const { from, to } = this;
    const isDefined = this.#levelsRead;
    let value = present;
    for (let i = count - 1; i >= 0; i--) {
      const is = isDefined[i] === 1;
      if (is) value--;
      from[i] = is ? (from[value] as number) : 0;
      to[i] = is ? (to[value] as number) : 0;
    }
  }

  #header(): PageHeader {
    const reader = new ThriftReader(this.#chunk, this.#at, MOST_SAID);
    let about: ThriftStruct;
    try {
      about = reader.struct();
    } catch (error) {
      if (error instanceof ParquetFault) throw new ParquetFault(`is damaged: its header ${error.message}`);
      throw error;
    }
    const length = lengthIn(about, 3, this.#chunk.length - reader.at);
    const packed = this.#chunk.subarray(reader.at, reader.at + length);
    this.#at = reader.at + length;
    const sum = numberIn(about, 4);
    if (sum !== undefined && crc32 !== undefined && crc32(packed) !== sum >>> 0)
      throw new ParquetFault('is damaged: its checksum is another');
    return { type: numberIn(about, 1) ?? -1, unpacked: lengthIn(about, 2, 2 ** 31), packed, about };
  }

  #openPage(header: PageHeader): void {
    if (header.unpacked > MOST_PAGE) throw new ParquetFault(`unpacks to more than ${MOST_PAGE} bytes`);
    const part = (field: number): ThriftStruct => {
      const struct = structIn(header.about, field);
      if (struct === undefined) throw new ParquetFault('is damaged: its header does not say what it is');
      return struct;
    };
    if (header.type === DICTIONARY_PAGE) this.#openDictionary(header, part(7));
    else if (header.type === DATA_PAGE) this.#openData(header, part(5));
    else if (header.type === DATA_PAGE_V2) this.#openDataV2(header, part(8));
    // What else there is holds no values.
  }

  #hold(which: 'page' | 'dictionary', bytes: number): void {
    this.#room.give(this.#taken[which]);
    this.#taken[which] = 0;
    this.#room.take(bytes);
    this.#taken[which] = bytes;
  }

  #openDictionary({ unpacked, packed }: PageHeader, about: ThriftStruct): void {
    // Each word takes a byte at the least, and the places of all are kept.
    const words = lengthIn(about, 1, unpacked);
    this.#hold('dictionary', unpacked + words * 4);
    const bytes = unpackPage(this.#codec, packed, unpacked);
    const encoding = Encodings[numberIn(about, 2) ?? -1];
    if (encoding !== 'PLAIN' && encoding !== 'PLAIN_DICTIONARY')
      throw new ParquetFault('has a dictionary in another encoding than any writer has', 'input-unsupported');
    this.#words = -1;
    this.#dictionary.begin(words);
    if (this.#spell(bytes, 0, bytes.length, words, this.#dictionary) !== bytes.length)
      throw new ParquetFault('is damaged: its dictionary holds more than its words');
    this.#words = words;
    this.#hold('dictionary', this.#dictionary.bytes.length + words * 4);
  }

  #openData({ unpacked, packed }: PageHeader, about: ThriftStruct): void {
    const values = this.#countValues(about);
    this.#hold('page', unpacked);
    const bytes = unpackPage(this.#codec, packed, unpacked);
    const { repetition, definition } = this.#column;
    let at = 0;
    /** The levels of a field of the header, where the column has any. */
    const levels = (most: number, field: number): LevelRuns | undefined => {
      if (most === 0) return undefined;
      if (Encodings[numberIn(about, field) ?? -1] !== 'RLE')
        throw new ParquetFault('has levels in an encoding that is not read', 'input-unsupported');
      if (bytes.length < at + 4) throw new ParquetFault('is damaged: it ends before its values');
      const from = at + 4;
      at = from + new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
      return levelsIn(bytes, from, at, most);
    };
    this.#repeats = levels(repetition, 4);
    this.#levels = levels(definition, 3);
    this.#nulls = undefined;
    this.#openValues(bytes, at, Encodings[numberIn(about, 2) ?? -1], values);
  }

  #openDataV2({ unpacked, packed }: PageHeader, about: ThriftStruct): void {
    const values = this.#countValues(about);
    this.#hold('page', unpacked);
    const { repetition, definition } = this.#column;
    const repeats = lengthIn(about, 6, packed.length);
    const levels = repeats + lengthIn(about, 5, packed.length);
    if ((repetition === 0 && repeats !== 0) || levels > unpacked)
      throw new ParquetFault('is damaged: its levels are longer than it is');
    this.#repeats = repetition > 0 ? levelsIn(packed, 0, repeats, repetition) : undefined;
    this.#levels = definition > 0 ? levelsIn(packed, repeats, levels, definition) : undefined;
    const rest = packed.subarray(levels);
    const bytes = about.get(7) === false ? rest : unpackPage(this.#codec, rest, unpacked - levels);
    this.#nulls = lengthIn(about, 2, values);
    this.#openValues(bytes, 0, Encodings[numberIn(about, 4) ?? -1], values);
  }

  #countValues(about: ThriftStruct): number {
    const values = numberIn(about, 1) ?? -1;
    if (values < 0 || values > this.#behind)
      throw new ParquetFault('is damaged: it has more values than its row group has rows');
    return values;
  }

  #openValues(bytes: Uint8Array, at: number, encoding: Encoding | undefined, values: number): void {
    const end = bytes.length;
    this.#codes = undefined;
    this.#page = bytes;
    this.#next = at;
    if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') {
      if (this.#words < 0) throw new ParquetFault('is damaged: it needs a dictionary and has none');
      // A page without any value may have nothing behind its levels.
      this.#codes = new LevelRuns(bytes, Math.min(at + 1, end), end, bytes[at] ?? 1);
    } else if (encoding !== 'PLAIN') {
      const most = { values, bytes: MOST_PAGE };
      this.#page = plainOf(encoding, this.#column.element, { bytes, at, end }, most);
      this.#hold('page', bytes.length + this.#page.length);
      this.#next = 0;
    }
    this.left = values;
    this.#behind -= values;
  }
}
