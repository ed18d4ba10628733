/** Rows of outlines as people read them: one object that stands for each row in turn. Nothing is read that nobody asks for. */
import type { Connection, ConnectionState, InitiatorBasis, Side, Verdict } from '../../model/connection.ts';
import type { ConnectionOutline, LaterConnection, OutlineParty } from '../../model/outline.ts';
import { PROTOCOL_NAMES } from '../../model/protocols.ts';
import type { AddressBook } from '../../record/address-book.ts';
import { CLOSERS, LOST_BECAUSE, REJECTED_SIDES, VERDICTS } from '../kernel/meaning-tables.ts';
import { UID_LENGTH } from '../kernel/name-letters.ts';
import { AddressTexts } from './address-texts.ts';
import type { Laters } from './laters.ts';
import { BASES, MARK, OUTLINE, STATES } from './outline-rows.ts';

const SIZE = OUTLINE.OUTLINE_SIZE;
// Where things lie in words of four and of eight bytes.
const PLACE = OUTLINE.OUTLINE_PLACE / 4;
const NUMBER = OUTLINE.OUTLINE_NUMBER / 4;
const ADDRESSES = OUTLINE.OUTLINE_ADDRESSES / 4;
const PORTS = OUTLINE.OUTLINE_PORTS / 4;
const FLAGS = OUTLINE.OUTLINE_FLAGS / 4;
const WINDOWS = OUTLINE.OUTLINE_WINDOWS / 4;
const RECORDS = OUTLINE.OUTLINE_RECORDS / 4;
const TIMES = OUTLINE.OUTLINE_TIMES / 8;
const COUNTS = OUTLINE.OUTLINE_COUNTS / 8;
const CONFIDENCE = OUTLINE.OUTLINE_CONFIDENCE / 8;
const WORDS = OUTLINE.OUTLINE_WORDS;
const REJECTED_FROM = OUTLINE.OUTLINE_REJECTED_FROM / 8;
const REJECTED_AT = OUTLINE.OUTLINE_REJECTED_AT / 4;
const LOST = OUTLINE.OUTLINE_LOST / 8;
const LOST_AT = OUTLINE.OUTLINE_LOST_AT / 4;
const VANTAGE = OUTLINE.OUTLINE_VANTAGE / 4;

/** The rows that are looked at. */
class Rows {
  bytes: Buffer = Buffer.alloc(0);
  ints: Int32Array = new Int32Array(0);
  doubles: Float64Array = new Float64Array(0);
  /** The row that is looked at: where it begins in ints, and in doubles. */
  int = 0;
  double = 0;

  show({ buffer, byteOffset, length }: Uint8Array): void {
    this.bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, length);
    this.ints = new Int32Array(buffer, byteOffset, length / 4);
    this.doubles = new Float64Array(buffer, byteOffset, length / 8);
  }

  turnTo(row: number): void {
    this.int = row * (SIZE / 4);
    this.double = row * (SIZE / 8);
  }

  word(i: number): number {
    return this.bytes[this.int * 4 + WORDS + i] as number;
  }

  intAt(i: number): number {
    return this.ints[this.int + i] as number;
  }

  /** Null for none. */
  intOrNull(i: number): number | null {
    const value = this.ints[this.int + i] as number;
    return value < 0 ? null : value;
  }

  doubleOrNull(i: number): number | null {
    const value = this.doubles[this.double + i] as number;
    return value < 0 ? null : value;
  }
}

class PartyView implements OutlineParty {
  readonly #rows: Rows;
  readonly #texts: AddressTexts;
  readonly #side: 0 | 1;

  constructor(rows: Rows, texts: AddressTexts, side: 0 | 1) {
    this.#rows = rows;
    this.#texts = texts;
    this.#side = side;
  }

  get address(): string {
    const rows = this.#rows;
    return this.#texts.text(rows.intAt(ADDRESSES + this.#side) >>> 0, rows.word(6) === 1);
  }

  get ipv4(): number | undefined {
    const rows = this.#rows;
    return rows.word(6) === 1 ? undefined : rows.intAt(ADDRESSES + this.#side);
  }

  get port(): number | null {
    return this.#rows.intOrNull(PORTS + this.#side);
  }

  get packets(): number | null {
    return this.#rows.doubleOrNull(COUNTS + 2 * this.#side);
  }

  get bytes(): number | null {
    return this.#rows.doubleOrNull(COUNTS + 2 * this.#side + 1);
  }

  get flags(): number | null {
    return this.#rows.intOrNull(FLAGS + this.#side);
  }
}

export class OutlineView implements ConnectionOutline {
  readonly initiator: OutlineParty;
  readonly responder: OutlineParty;
  readonly #rows = new Rows();
  readonly #laters: Laters;
  readonly #nameOf: (place: number) => string | null;

  /** @param nameOf what the observer at a place in their order is called, while outlines are handed out */
  constructor(book: AddressBook, laters: Laters, nameOf: (place: number) => string | null) {
    const texts = new AddressTexts(book);
    this.initiator = new PartyView(this.#rows, texts, 0);
    this.responder = new PartyView(this.#rows, texts, 1);
    this.#laters = laters;
    this.#nameOf = nameOf;
  }

  /** Itself, for each of the rows in turn. */
  *each(rows: Uint8Array): Generator<this> {
    this.#rows.show(rows);
    const count = rows.length / SIZE;
    for (let row = 0; row < count; row++) {
      this.#rows.turnTo(row);
      yield this;
    }
  }

  whole(): Connection {
    return this.#laters.again(this.place, this.#number);
  }

  later(): LaterConnection {
    return this.#laters.at(this.place, this.#number);
  }

  /** How many of its key came before. */
  get #number(): number {
    return this.#rows.intAt(NUMBER) >>> 0;
  }

  /** The place of its key in the order. */
  get place(): number {
    return this.#rows.intAt(PLACE) >>> 0;
  }

  get uid(): string {
    const from = this.#rows.int * 4;
    return this.#rows.bytes.toString('latin1', from, from + UID_LENGTH);
  }

  copyUid(into: Uint8Array, at: number): void {
    const { bytes, int } = this.#rows;
    for (let i = 0; i < UID_LENGTH; i++) into[at + i] = bytes[int * 4 + i] as number;
  }

  get protocol(): string {
    return PROTOCOL_NAMES[this.#rows.word(5)] as string;
  }

  get initiatorBasis(): InitiatorBasis {
    return BASES[this.#rows.word(0)] as InitiatorBasis;
  }

  get initiatorConfidence(): number {
    return this.#rows.doubles[this.#rows.double + CONFIDENCE] as number;
  }

  get state(): ConnectionState | null {
    return STATES[this.#rows.word(1)] ?? null;
  }

  get closedBy(): Side | null {
    return CLOSERS[this.#rows.word(2)] ?? null;
  }

  get verdict(): Verdict {
    return VERDICTS[this.#rows.word(3)] as Verdict;
  }

  get rejectedAt(): string | null {
    const place = this.#rows.intAt(REJECTED_AT);
    return place < 0 ? null : this.#nameOf(place);
  }

  get rejectedFrom(): number | null {
    return this.#rows.doubleOrNull(REJECTED_FROM);
  }

  get rejectedSide(): Side | 'both' | null {
    const { bytes, int } = this.#rows;
    return REJECTED_SIDES[bytes[int * 4 + OUTLINE.OUTLINE_REJECTED_SIDES] as number] ?? null;
  }

  get lostAt(): string | null {
    const place = this.#rows.intAt(LOST_AT);
    return place < 0 ? null : this.#nameOf(place);
  }

  get vantage(): string | null {
    return this.#nameOf(this.#rows.intAt(VANTAGE));
  }

  get packetsLost(): number | null {
    return this.#rows.doubleOrNull(LOST) || null;
  }

  get lostBecause(): string | null {
    const { bytes, int } = this.#rows;
    return LOST_BECAUSE[bytes[int * 4 + OUTLINE.OUTLINE_LOST_BECAUSE] as number] ?? null;
  }

  get firstSeen(): number | null {
    return this.#rows.doubleOrNull(TIMES);
  }

  get lastSeen(): number | null {
    return this.#rows.doubleOrNull(TIMES + 1);
  }

  get openedAt(): number | null {
    return this.#rows.doubleOrNull(TIMES + 2);
  }

  get openedBy(): number | null {
    return this.#rows.doubleOrNull(TIMES + 3);
  }

  get closedAfter(): number | null {
    return this.#rows.doubleOrNull(TIMES + 4);
  }

  get closedAt(): number | null {
    return this.#rows.doubleOrNull(TIMES + 5);
  }

  get durationMin(): number | null {
    return this.#rows.doubleOrNull(TIMES + 6);
  }

  get durationMax(): number | null {
    return this.#rows.doubleOrNull(TIMES + 7);
  }

  get windows(): number {
    return this.#rows.intAt(WINDOWS);
  }

  get records(): number {
    return this.#rows.intAt(RECORDS);
  }

  get startsMidstream(): boolean | null {
    return this.#isMarked(MARK.NO_BEGINNING) ? null : this.#isMarked(MARK.MIDSTREAM);
  }

  get endsOpen(): boolean | null {
    return this.#isMarked(MARK.NO_ENDING) ? null : this.#isMarked(MARK.ENDS_OPEN);
  }

  get oneSided(): boolean {
    return this.#isMarked(MARK.ONE_SIDED);
  }

  get hasGap(): boolean {
    return this.#isMarked(MARK.HAS_GAP);
  }

  get mayHideReuse(): boolean {
    return this.#isMarked(MARK.HIDES_REUSE);
  }

  get contradicted(): boolean {
    return this.#isMarked(MARK.CONTRADICTED);
  }

  #isMarked(mark: number): boolean {
    return (this.#rows.word(4) & mark) !== 0;
  }
}
