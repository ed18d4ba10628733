/**
 * JSON Lines straight from flat rows into bytes: the fast twin of json-lines.ts, which is its specification;
 * a property holds the two together byte for byte. No text is made of what is a number, and what repeats
 * from row to row (names of interfaces, paths) is spelt once.
 */
import type { FlatRow, Place } from '../model/flat-row.ts';
import { plainName, type SpeltName } from '../model/spelt-name.ts';
import { COLUMNS } from './row.ts';

/** Spells IPv6 addresses; IPv4 is spelt here. */
export interface AddressTexts {
  text(id: number): string;
}

const encoder = new TextEncoder();

type Name = (typeof COLUMNS)[number]['name'];

/** `,"name":` of every column, the first with its brace. */
const NAMES = Object.fromEntries(
  COLUMNS.map(({ name }, i) => [name, encoder.encode(`${i === 0 ? '{' : ','}"${name}":`)]),
) as Readonly<Record<Name, Uint8Array>>;

const NO_BYTES = new Uint8Array(0);
const NULL = encoder.encode('null');
const END = encoder.encode('}\n');
const QUOTE = 34;
const DOT = 46;
const ZERO = 48;

/** Two digits of 0 to 99. */
const PAIRS = encoder.encode(Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0')).join(''));

/** A row without identifiers, path and history is shorter than this; those are counted in apart. */
const LONGEST_REST = 2048;
/** Enough for the interfaces of a large network, small enough to forget. */
const MOST_REMEMBERED = 1 << 14;

/** A column of words: each spelt once, with the name before it. */
class Words {
  readonly #name: Name;
  readonly #spelt = new Map<string | null, Uint8Array>();

  constructor(name: Name) {
    this.#name = name;
  }

  spell(word: string | null): Uint8Array {
    const known = this.#spelt.get(word);
    if (known !== undefined) return known;
    // Starting anew is cheaper than knowing who was used last.
    if (this.#spelt.size >= MOST_REMEMBERED) this.#spelt.clear();
    const fresh = encoder.encode(`,"${this.#name}":${JSON.stringify(word)}`);
    this.#spelt.set(word, fresh);
    return fresh;
  }
}

const MARKS = [
  'starts_midstream',
  'ends_open',
  'one_sided',
  'has_gap',
  'may_hide_reuse',
  'contradicted',
] as const;

const digitOf = (mark: boolean | null): number => (mark === null ? 2 : mark ? 1 : 0);

/** The six marks at the end of a row, spelt for every combination of no, yes and not known (base 3). */
const SPELT_MARKS: readonly Uint8Array[] = Array.from({ length: 3 ** MARKS.length }, (_, number) =>
  encoder.encode(
    MARKS.map((name, i) => {
      const digit = Math.floor(number / 3 ** (MARKS.length - 1 - i)) % 3;
      return `,"${name}":${['false', 'true', 'null'][digit]}`;
    }).join(''),
  ),
);

export class JsonBytes {
  readonly #addresses: AddressTexts;
  #bytes: Uint8Array;
  #other: Uint8Array;
  #at = 0;
  readonly #protocols = new Words('protocol');
  readonly #bases = new Words('initiator_basis');
  readonly #states = new Words('state');
  readonly #closers = new Words('closed_by');
  readonly #connStates = new Words('conn_state');
  readonly #histories = new Words('history');
  readonly #verdicts = new Words('verdict');
  readonly #paths = new Words('path');
  readonly #places = new Map<Place, Uint8Array>();

  /** @param size bytes worth a write call; rows are handed over when so many are there */
  constructor(addresses: AddressTexts, size: number) {
    this.#addresses = addresses;
    this.#bytes = new Uint8Array(size + LONGEST_REST);
    this.#other = new Uint8Array(size + LONGEST_REST);
  }

  /** What stands before the value of a column. */
  before(column: string): string {
    return `${column === COLUMNS[0].name ? '{' : ','}"${column}":`;
  }

  /** A value as JSON. */
  value(value: string | number | boolean | null): string {
    return JSON.stringify(value);
  }

  readonly quotes = ['"', '"'] as const;
  readonly empty = '';

  /** A name inside a text asks nothing of it: what has to be is escaped. */
  name(text: string): SpeltName {
    return plainName(JSON.stringify(text).slice(1, -1));
  }

  /** What stands behind the last value of a row. */
  get end(): string {
    return '}\n';
  }

  /** The bytes of one row, line end included; the caller's until the next call but one. */
  line(row: FlatRow): Uint8Array {
    this.write(row);
    return this.take();
  }

  /** Bytes written since the last {@link take}. */
  get length(): number {
    return this.#at;
  }

  /** What was written since the last call; the caller's until the next call but one. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#at);
    [this.#bytes, this.#other] = [this.#other, this.#bytes];
    this.#at = 0;
    return taken;
  }

  /** Writes one row and its line end. */
  write(row: FlatRow): void {
    const place = this.#spellPlace(row.place);
    const path = this.#paths.spell(row.path);
    this.#reserve(place.length + path.length);
    this.#put(NAMES.uid);
    this.#quoted(row.uid);
    this.#put(NAMES.community_id);
    if (row.hasCommunityId) this.#quoted(row.communityId);
    else this.#put(NULL);
    this.#put(this.#protocols.spell(row.protocol));
    this.#put(NAMES.initiator_address);
    this.#address(row.initiatorAddress, row.isV6);
    this.#number(NAMES.initiator_port, row.initiatorPort);
    this.#put(NAMES.responder_address);
    this.#address(row.responderAddress, row.isV6);
    this.#number(NAMES.responder_port, row.responderPort);
    this.#put(this.#bases.spell(row.initiatorBasis));
    this.#put(NAMES.initiator_confidence);
    this.#share(row.initiatorConfidence);
    this.#put(this.#states.spell(row.state));
    this.#put(this.#closers.spell(row.closedBy));
    this.#put(this.#connStates.spell(row.connState));
    this.#put(this.#histories.spell(row.history));
    this.#put(this.#verdicts.spell(row.verdict));
    this.#number(NAMES.first_seen, row.firstSeen);
    this.#number(NAMES.last_seen, row.lastSeen);
    this.#number(NAMES.opened_at, row.openedAt);
    this.#number(NAMES.opened_by, row.openedBy);
    this.#number(NAMES.closed_after, row.closedAfter);
    this.#number(NAMES.closed_at, row.closedAt);
    this.#number(NAMES.duration_min, row.durationMin);
    this.#number(NAMES.duration_max, row.durationMax);
    this.#number(NAMES.initiator_packets, row.initiatorPackets);
    this.#number(NAMES.initiator_bytes, row.initiatorBytes);
    this.#number(NAMES.responder_packets, row.responderPackets);
    this.#number(NAMES.responder_bytes, row.responderBytes);
    this.#number(NAMES.initiator_flags, row.initiatorFlags);
    this.#number(NAMES.responder_flags, row.responderFlags);
    this.#number(NAMES.windows, row.windows);
    this.#number(NAMES.records, row.records);
    this.#number(NAMES.vantages, row.vantages);
    this.#put(place);
    this.#put(this.#spellMarks(row));
    this.#put(path);
    this.#put(END);
  }

  #reserve(long: number): void {
    const needed = this.#at + long + LONGEST_REST;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }

  #put(from: Uint8Array): void {
    this.#bytes.set(from, this.#at);
    this.#at += from.length;
  }

  #quoted(ascii: Uint8Array): void {
    this.#bytes[this.#at++] = QUOTE;
    this.#put(ascii);
    this.#bytes[this.#at++] = QUOTE;
  }

  #ascii(text: string): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.#at = at;
  }

  /** A column of counts or times: whole numbers of at least 0 (a flat row holds no other), or null. */
  #number(name: Uint8Array, value: number | null): void {
    this.#put(name);
    if (value === null) this.#put(NULL);
    else if (value > 0x7fffffff) this.#ascii(String(value));
    else this.#digits(value);
  }

  /** A whole number below 2³¹. */
  #digits(value: number): void {
    const bytes = this.#bytes;
    if (value < 10) {
      bytes[this.#at++] = ZERO + value;
      return;
    }
    let digits = 2;
    for (let limit = 100; value >= limit; limit *= 10) digits++;
    let rest = value;
    let at = this.#at + digits;
    this.#at = at;
    while (rest >= 100) {
      const next = (rest / 100) | 0;
      const pair = (rest - next * 100) * 2;
      bytes[--at] = PAIRS[pair + 1] as number;
      bytes[--at] = PAIRS[pair] as number;
      rest = next;
    }
    bytes[--at] = PAIRS[rest * 2 + 1] as number;
    if (rest >= 10) bytes[--at] = PAIRS[rest * 2] as number;
  }

  /** A confidence: 1, or a fraction as JavaScript spells it. */
  #share(value: number): void {
    if (value === 1) this.#bytes[this.#at++] = ZERO + 1;
    else this.#ascii(String(value));
  }

  #address(address: number, isV6: boolean): void {
    const bytes = this.#bytes;
    bytes[this.#at++] = QUOTE;
    if (isV6) this.#ascii(this.#addresses.text(address));
    else {
      for (let shift = 24; shift >= 0; shift -= 8) {
        this.#digits((address >>> shift) & 255);
        if (shift > 0) bytes[this.#at++] = DOT;
      }
    }
    bytes[this.#at++] = QUOTE;
  }

  #spellMarks(row: FlatRow): Uint8Array {
    const number =
      ((((digitOf(row.startsMidstream) * 3 + digitOf(row.endsOpen)) * 3 + digitOf(row.oneSided)) * 3 +
        digitOf(row.hasGap)) *
        3 +
        digitOf(row.mayHideReuse)) *
        3 +
      digitOf(row.contradicted);
    return SPELT_MARKS[number] as Uint8Array;
  }

  #spellPlace(place: Place): Uint8Array {
    const known = this.#places.get(place);
    if (known !== undefined) return known;
    if (this.#places.size >= MOST_REMEMBERED) this.#places.clear();
    const { interfaceId, vpcId, subnetId, instanceId, accountId } = place;
    const fresh = encoder.encode(
      `,"interface_id":${JSON.stringify(interfaceId)},"vpc_id":${JSON.stringify(vpcId)},` +
        `"subnet_id":${JSON.stringify(subnetId)},"instance_id":${JSON.stringify(instanceId)},` +
        `"account_id":${JSON.stringify(accountId)}`,
    );
    this.#places.set(place, fresh);
    return fresh;
  }
}

/** Bytes a piece has at least, the last one aside. */
const PIECE_SIZE = 1 << 18;

/** What is counted of a row. */
type Counted = Pick<
  FlatRow,
  | 'state'
  | 'protocol'
  | 'verdict'
  | 'initiatorBasis'
  | 'oneSided'
  | 'hasGap'
  | 'mayHideReuse'
  | 'contradicted'
>;

/** Rows to be spelt, as the engine gives them. */
export interface SpellableRows {
  /** Undefined now and then: a place to rest. */
  readonly rows: Iterable<FlatRow | undefined>;
  readonly addresses: AddressTexts;
  /** The lines of all rows by a quicker way than one row after the other; null where there is none. */
  lines(json: JsonBytes, count: CountRows): Iterable<Uint8Array> | null;
  /** The same by several threads; null where that is not worth it. */
  linesTogether(json: JsonBytes, count: CountRows): AsyncIterable<Uint8Array> | null;
}

type CountRows = (row: Counted, times: number) => void;

/**
 * JSON Lines of all rows in pieces; each is the caller's until the next but one is asked for. One without
 * bytes is a place to rest.
 * @param count is told of every row, of many alike at once
 */
export const jsonPieces = (
  source: SpellableRows,
  count: CountRows,
): Iterable<Uint8Array> | AsyncIterable<Uint8Array> => {
  const json = new JsonBytes(source.addresses, PIECE_SIZE);
  return source.linesTogether(json, count) ?? piecesAlone(source, json, count);
};

/** The same, made by this thread alone. */
export const jsonPiecesAlone = (
  source: Omit<SpellableRows, 'linesTogether'>,
  count: CountRows,
): Generator<Uint8Array> => piecesAlone(source, new JsonBytes(source.addresses, PIECE_SIZE), count);

function* piecesAlone(
  source: Omit<SpellableRows, 'linesTogether'>,
  json: JsonBytes,
  count: CountRows,
): Generator<Uint8Array> {
  const lines = source.lines(json, count);
  if (lines !== null) {
    yield* lines;
    return;
  }
  for (const row of source.rows) {
    if (row === undefined) {
      yield NO_BYTES;
      continue;
    }
    count(row, 1);
    json.write(row);
    if (json.length >= PIECE_SIZE) yield json.take();
  }
  if (json.length > 0) yield json.take();
}
