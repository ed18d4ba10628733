/**
 * A connection in the making: which records belong to it and what its two sides have shown so far. It
 * steps the machine and answers what dividing needs to know; what it all meant is decided in lifecycle/.
 */
import { hasFin, hasRst, hasSynAck } from '../model/tcp-flags.ts';
import { eventsOf, provesPayload, TCP_EVENTS, type TcpEvent } from '../tcp/events.ts';
import { CONTRADICTS, NEXT } from '../tcp/step.ts';
import { SIDE_STATES, type SideState, STATES } from '../tcp/transitions.ts';
import type { Direction, KeyRecord } from './key-records.ts';

/** The events of every flags value, as numbers: without and with proof of payload. */
const EVENT_NUMBER = new Map(TCP_EVENTS.map((event, i) => [event, i] as const));
const numbersOf = (events: readonly TcpEvent[]): Uint8Array =>
  Uint8Array.from(events, (event) => EVENT_NUMBER.get(event) as number);
export const EVENTS_BY_FLAGS: readonly (readonly [Uint8Array, Uint8Array])[] = Array.from(
  { length: 256 },
  (_, flags) => [numbersOf(eventsOf(flags, false)), numbersOf(eventsOf(flags, true))],
);
const EVENTS_OF_DASH = numbersOf(eventsOf(null, false));

const ENDED = SIDE_STATES.map((state) => STATES[state].ended);
const BEGAN = SIDE_STATES.map((state) => STATES[state].began);

/** Two whole connections need at least twice the packets of one: SYN, ACK, FIN; SYN-ACK, FIN; with RST fewer. */
const FEWEST_OF_TWO = { opener: { fin: 6, rst: 4 }, answerer: { fin: 4, rst: 2 } } as const;

/** Whether one interval with an opening and a close holds packets enough for two connections. */
export const mayHoldTwo = (flags: number, packets: number | null): boolean => {
  const least = FEWEST_OF_TWO[hasSynAck(flags) ? 'answerer' : 'opener'][hasRst(flags) ? 'rst' : 'fin'];
  return packets === null || packets >= least;
};

/** A record that opens: it holds a SYN or a SYN-ACK. */
export const isOpening = (record: KeyRecord): boolean => record.flags !== null && (record.flags & 2) !== 0;
/** A record that closes: it holds a FIN or a RST. */
export const isClosing = (record: KeyRecord): boolean =>
  record.flags !== null && (hasFin(record.flags) || hasRst(record.flags));

/** Whether the record's bytes cannot be headers alone. */
export const carriesPayload = (record: KeyRecord, isV6: boolean): boolean =>
  record.packets !== null && record.bytes !== null && provesPayload(record.packets, record.bytes, isV6);

/** What one vantage saw in one direction with one action: AWS writes a record each, and each is in order. */
interface Stream {
  opened: boolean;
  closed: boolean;
  /** End of the first interval with a FIN or RST. */
  closedBy: number;
  /** End of its last interval. */
  lastEnd: number;
}

/** Names a stream: whether it was rejected, its direction, its vantage. */
const nameStream = (vantage: number, direction: number, rejected: boolean): number =>
  vantage * 4 + direction * 2 + Number(rejected);

type Ended = (typeof STATES)[SideState]['ended'];

const isReset = (ended: Ended): boolean => ended === 'rst' || ended === 'finRst';

/** Both sides have closed, or one has reset. */
export const areOver = (mine: Ended, theirs: Ended): boolean =>
  (mine === 'fin' && theirs === 'fin') || isReset(mine) || isReset(theirs);

export class Draft {
  readonly records: KeyRecord[] = [];
  #noise: Set<KeyRecord> | undefined;
  /** OR of all flags by direction; -1 while none was seen. */
  readonly #flags: [number, number] = [-1, -1];
  readonly #spoke: [boolean, boolean] = [false, false];
  readonly #sides: [number, number] = [0, 0];
  /** By name: a connection may be seen by thousands of interfaces. */
  readonly #streams = new Map<number, Stream>();
  readonly #isTcp: boolean;
  readonly #isV6: boolean;
  /** Unix seconds of the first start and the last end; null without times. */
  first: number | null = null;
  last: number | null = null;
  /** The first start and the last end of records with an opening flag. */
  openingFrom: number | null = null;
  openingTo: number | null = null;
  hasFlags = false;
  /** Whether the network let none of its records through. */
  isAllRejected = true;
  contradicted = false;
  #reusePossible = false;
  #reuseRuledOut = false;

  constructor(isTcp: boolean, isV6: boolean) {
    this.#isTcp = isTcp;
    this.#isV6 = isV6;
  }

  /** What a side has shown, by its two letters. */
  side(direction: Direction): SideState {
    return SIDE_STATES[this.#sides[direction]] as SideState;
  }

  /** OR of all flags that a side showed; null when no record of it carries flags. */
  flags(direction: Direction): number | null {
    const flags = this.#flags[direction];
    return flags < 0 ? null : flags;
  }

  /** Whether the log holds a record of this direction. */
  spoke(direction: Direction): boolean {
    return this.#spoke[direction];
  }

  /** The records that say what filters did: those that were rejected after the close are stragglers. */
  get judged(): readonly KeyRecord[] {
    const noise = this.#noise;
    return noise === undefined ? this.records : this.records.filter((record) => !noise.has(record));
  }

  /** How a side ended: open, fin, rst, finRst. */
  ended(direction: Direction): Ended {
    return ENDED[this.#sides[direction]] as Ended;
  }

  began(direction: Direction): (typeof STATES)[SideState]['began'] {
    return BEGAN[this.#sides[direction]] as (typeof STATES)[SideState]['began'];
  }

  /** Both sides have closed, or one has reset. */
  get isOver(): boolean {
    return areOver(this.ended(0), this.ended(1));
  }

  /** One side dialled and the other has shown nothing. */
  get isUnanswered(): boolean {
    return (
      (this.began(0) === 'syn' && this.#sides[1] === 0) || (this.began(1) === 'syn' && this.#sides[0] === 0)
    );
  }

  get mayHideReuse(): boolean {
    return this.#reusePossible && !this.#reuseRuledOut;
  }

  /** A SYN came again inside the open connection: a new connection may hide behind a lost close. */
  suspectReuse(): void {
    this.#reusePossible = true;
  }

  /** What this vantage has shown before in the record's direction and with its action; undefined for nothing. */
  stream({ vantage, direction, reject }: KeyRecord): Stream | undefined {
    return this.#streams.get(nameStream(vantage, direction, reject));
  }

  /**
   * Whether this vantage has seen the other direction close in an interval before the record's. Intervals that
   * touch carry the bounds of their windows: then an end that equals the start is before it. Otherwise the times
   * are those of packets, and equal seconds have no order.
   */
  sawPeerClose(record: KeyRecord): boolean {
    const { start, vantage, direction } = record;
    if (start === null) return false;
    const last = this.stream(record)?.lastEnd === start ? start : start - 1;
    return this.#either(vantage, 1 - direction, ({ closedBy }) => closedBy <= last);
  }

  /** Whether this vantage has shown an opening in the record's direction, with whatever action. */
  hasOpened({ vantage, direction }: KeyRecord): boolean {
    return this.#either(vantage, direction, ({ opened }) => opened);
  }

  /** Whether what a vantage saw in a direction, accepted or rejected, is so. */
  #either(vantage: number, direction: number, isSo: (stream: Stream) => boolean): boolean {
    const accepted = this.#streams.get(nameStream(vantage, direction, false));
    if (accepted !== undefined && isSo(accepted)) return true;
    const rejected = this.#streams.get(nameStream(vantage, direction, true));
    return rejected !== undefined && isSo(rejected);
  }

  add(record: KeyRecord): void {
    const opening = this.#isTcp && isOpening(record);
    const closing = this.#isTcp && isClosing(record);
    if (record.reject && !opening && this.isOver) {
      this.#noise ??= new Set();
      this.#noise.add(record);
    }
    this.records.push(record);
    this.isAllRejected &&= record.reject;
    this.#spoke[record.direction] = true;
    if (record.start !== null && record.end !== null) {
      this.first = this.first === null ? record.start : Math.min(this.first, record.start);
      this.last = this.last === null ? record.end : Math.max(this.last, record.end);
      if (opening) {
        this.openingFrom =
          this.openingFrom === null ? record.start : Math.min(this.openingFrom, record.start);
        this.openingTo = this.openingTo === null ? record.end : Math.max(this.openingTo, record.end);
      }
    }
    let stream = this.stream(record);
    if (stream === undefined) {
      stream = { opened: false, closed: false, closedBy: Number.POSITIVE_INFINITY, lastEnd: -1 };
      this.#streams.set(nameStream(record.vantage, record.direction, record.reject), stream);
    }
    if (opening) stream.opened = true;
    if (record.end !== null && record.end > stream.lastEnd) stream.lastEnd = record.end;
    if (closing) {
      stream.closed = true;
      if (record.end !== null && record.end < stream.closedBy) stream.closedBy = record.end;
    }
    if (!this.#isTcp) return;
    if (record.flags !== null) {
      this.hasFlags = true;
      this.#flags[record.direction] = Math.max(this.#flags[record.direction], 0) | record.flags;
    }
    if (opening && closing) this.#weighReuse(record);
    this.#step(record);
  }

  #step(record: KeyRecord): void {
    const payload = carriesPayload(record, this.#isV6) ? 1 : 0;
    const byFlags = record.flags === null ? EVENTS_OF_DASH : EVENTS_BY_FLAGS[record.flags]?.[payload];
    for (const event of byFlags ?? EVENTS_OF_DASH) {
      const cell = NEXT[(this.#sides[record.direction] as number) * TCP_EVENTS.length + event] as number;
      if ((cell & CONTRADICTS) !== 0) this.contradicted = true;
      this.#sides[record.direction] = cell & ~CONTRADICTS;
    }
  }

  /** Opening and close in one interval: are there packets enough for two connections? */
  #weighReuse(record: KeyRecord): void {
    if (mayHoldTwo(record.flags as number, record.packets)) this.#reusePossible = true;
    else this.#reuseRuledOut = true;
  }
}
