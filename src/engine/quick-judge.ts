/**
 * The common key in one pass: few records, one interface, all accepted, with flags, times and counts, and
 * nothing in them that could divide it. It fills the judge's row without an object a record. Whatever is not so
 * plain it leaves to KeyRecords, divide and Judge, which are its specification: a property holds the two
 * together on every input.
 */
import { EVENTS_BY_FLAGS, mayHoldTwo } from '../correlate/draft.ts';
import type { Direction, Key } from '../correlate/key-records.ts';
import { GatheredRecords, INFO, KEY, type RecordStore } from '../correlate/record-store.ts';
import { type Scope, scopeName } from '../correlate/scope.ts';
import { HISTORY_LETTERS, lettersOfRecord } from '../lifecycle/history.ts';
import { observedInitiator } from '../lifecycle/initiator.ts';
import { outcomeOf } from '../lifecycle/outcome.ts';
import { longestDuration } from '../lifecycle/times.ts';
import type { FlatRow } from '../model/flat-row.ts';
import { hasFin, hasPlainSyn, hasSynAck } from '../model/tcp-flags.ts';
import { endByDirection, endOfHost, labelOf, nameOfObserver } from '../path/vantages.ts';
import { PROTOCOL } from '../record/scan-lines.ts';
import { provesPayload, TCP_EVENTS } from '../tcp/events.ts';
import { IDLE_LIMITS, SLACK_SECONDS } from '../tcp/idle-limits.ts';
import { CONTRADICTS, NEXT } from '../tcp/step.ts';
import { SIDE_STATES, type SideState, STATES } from '../tcp/transitions.ts';
import {
  CLOSED_STATES,
  closerOf,
  type FirstFin,
  type Judge,
  type JudgeContext,
  NEVER_OPEN,
} from './judge.ts';

/** Longer keys are rare, and sorting them by insertion would be slow. */
const MOST_RECORDS = 32;

/** What each record must have, and what none may have. */
const MUST = INFO.hasFlags | INFO.hasStart | INFO.hasEnd | INFO.hasPackets | INFO.hasBytes | INFO.accept;
const MUST_NOT = INFO.reject | INFO.srcRewritten | INFO.dstRewritten;

/** A silence that ends nothing, whatever state a connection is in. */
const SHORTEST_LIMIT = Math.min(
  IDLE_LIMITS.lingerSeconds,
  IDLE_LIMITS.attemptSeconds,
  IDLE_LIMITS.openSeconds,
);

const OPENING = 2;
const CLOSING = 1 | 4;

const openingRank = (flags: number): number => (hasPlainSyn(flags) ? 0 : (flags & OPENING) !== 0 ? 1 : 2);

export class QuickJudge {
  readonly #judge: Judge;
  readonly #context: JudgeContext;
  readonly #store: RecordStore;
  readonly #scope: Scope;
  readonly #gathered = new GatheredRecords(MOST_RECORDS);
  /** Positions in the gathered columns, in the order of KeyRecords. */
  readonly #order = new Uint8Array(MOST_RECORDS);
  readonly #directions = new Uint8Array(MOST_RECORDS);
  readonly #sides = new Uint8Array(2);
  readonly #flags = new Uint8Array(2);
  readonly #packets = new Float64Array(2);
  readonly #bytes = new Float64Array(2);
  readonly #spoke = new Uint8Array(2);
  readonly #fins: [FirstFin | undefined, FirstFin | undefined] = [undefined, undefined];
  readonly #scopeNames: (string | undefined)[] = [];
  readonly #paths: (string | null | undefined)[] = [];
  #count = 0;

  constructor(judge: Judge, context: JudgeContext, store: RecordStore, scope: Scope) {
    this.#judge = judge;
    this.#context = context;
    this.#store = store;
    this.#scope = scope;
  }

  /**
   * Judges the whole key into the judge's row; false when it is not plain enough.
   * @param flipped whether the stored low end is the higher
   */
  judge(index: number, key: Key, flipped: boolean): boolean {
    if (key.protocol !== PROTOCOL.tcp) return false;
    this.#count = this.#store.key(index, KEY.count);
    if (!this.#store.gather(index, this.#gathered) || !this.#isUniform(flipped)) return false;
    this.#sort();
    if (this.#hasDuplicates() || !this.#isUndivided()) return false;
    return this.#fill(key);
  }

  #isUniform(flipped: boolean): boolean {
    const { info, observer } = this.#gathered;
    const first = observer[0];
    for (let i = 0; i < this.#count; i++) {
      const bits = info[i] as number;
      if ((bits & MUST) !== MUST || (bits & MUST_NOT) !== 0 || observer[i] !== first) return false;
      this.#directions[i] = ((bits & INFO.fromHigh) !== 0) !== flipped ? 1 : 0;
    }
    return true;
  }

  /** Whether record a comes after record b in the order of KeyRecords. */
  #isAfter(a: number, b: number): boolean {
    const { start, end, info, packets, bytes } = this.#gathered;
    if (start[a] !== start[b]) return (start[a] as number) > (start[b] as number);
    if (end[a] !== end[b]) return (end[a] as number) > (end[b] as number);
    const flagsA = (info[a] as number) & 0xff;
    const flagsB = (info[b] as number) & 0xff;
    const ranks = openingRank(flagsA) - openingRank(flagsB);
    if (ranks !== 0) return ranks > 0;
    if (flagsA !== flagsB) return flagsA < flagsB;
    if (packets[a] !== packets[b]) return (packets[a] as number) > (packets[b] as number);
    if (bytes[a] !== bytes[b]) return (bytes[a] as number) > (bytes[b] as number);
    const flow = (((info[a] as number) >>> 20) & 3) - (((info[b] as number) >>> 20) & 3);
    if (flow !== 0) return flow > 0;
    return (this.#directions[a] as number) > (this.#directions[b] as number);
  }

  #sort(): void {
    const order = this.#order;
    const count = this.#count;
    for (let i = 0; i < count; i++) {
      // Newest first in the store: taken from the back, most are in order.
      const record = count - 1 - i;
      let j = i;
      while (j > 0 && this.#isAfter(order[j - 1] as number, record)) {
        order[j] = order[j - 1] as number;
        j--;
      }
      order[j] = record;
    }
  }

  #hasDuplicates(): boolean {
    const { start, end, packets, bytes } = this.#gathered;
    const order = this.#order;
    for (let i = 1; i < this.#count; i++) {
      const a = order[i] as number;
      for (let j = i - 1; j >= 0; j--) {
        const b = order[j] as number;
        if (start[a] !== start[b] || end[a] !== end[b]) break;
        if (this.#directions[a] === this.#directions[b] && packets[a] === packets[b] && bytes[a] === bytes[b])
          return true;
      }
    }
    return false;
  }

  /** At most one opening a side, all near the beginning, none after a side's close, and no long silence. */
  #isUndivided(): boolean {
    const { start, end, info } = this.#gathered;
    const order = this.#order;
    const first = start[order[0] as number] as number;
    let last = end[order[0] as number] as number;
    let opened = 0;
    let closed = 0;
    for (let i = 0; i < this.#count; i++) {
      const record = order[i] as number;
      const flags = (info[record] as number) & 0xff;
      const side = 1 << (this.#directions[record] as number);
      const begins = start[record] as number;
      if (begins - last > SHORTEST_LIMIT) return false;
      if ((flags & OPENING) !== 0) {
        if ((opened & side) !== 0 || (closed & side) !== 0 || begins - first > SLACK_SECONDS) return false;
        opened |= side;
      }
      if ((flags & CLOSING) !== 0) closed |= side;
      if ((end[record] as number) > last) last = end[record] as number;
    }
    return true;
  }

  #fill(key: Key): boolean {
    const { start, end, info, packets, bytes, observer } = this.#gathered;
    const row = this.#judge.row;
    const sides = this.#sides.fill(0);
    const allFlags = this.#flags.fill(0);
    const allPackets = this.#packets.fill(0);
    const allBytes = this.#bytes.fill(0);
    const spoke = this.#spoke.fill(0);
    const fins = this.#fins;
    fins[0] = fins[1] = undefined;
    let lastSeen = 0;
    let firstEnd = Number.POSITIVE_INFINITY;
    let openedAt = -1;
    let openedBy = -1;
    let closedAfter = -1;
    let closedAt = -1;
    let contradicted = false;
    let reusePossible = false;
    let reuseRuledOut = false;
    for (let i = 0; i < this.#count; i++) {
      const record = this.#order[i] as number;
      const flags = (info[record] as number) & 0xff;
      const direction = this.#directions[record] as Direction;
      const begins = start[record] as number;
      const ends = end[record] as number;
      const payload = provesPayload(packets[record] as number, bytes[record] as number, key.isV6) ? 1 : 0;
      for (const event of EVENTS_BY_FLAGS[flags]?.[payload] ?? []) {
        const cell = NEXT[(sides[direction] as number) * TCP_EVENTS.length + event] as number;
        if ((cell & CONTRADICTS) !== 0) contradicted = true;
        sides[direction] = cell & ~CONTRADICTS;
      }
      spoke[direction] = 1;
      allFlags[direction] = (allFlags[direction] as number) | flags;
      allPackets[direction] = (allPackets[direction] as number) + (packets[record] as number);
      allBytes[direction] = (allBytes[direction] as number) + (bytes[record] as number);
      if (ends > lastSeen) lastSeen = ends;
      if (ends < firstEnd) firstEnd = ends;
      const opening = (flags & OPENING) !== 0;
      const closing = (flags & CLOSING) !== 0;
      if (opening) {
        if (openedAt < 0) openedAt = begins;
        if (openedBy < 0 || ends < openedBy) openedBy = ends;
      }
      if (closing) {
        closedAfter = begins;
        if (ends > closedAt) closedAt = ends;
        if (hasFin(flags) && fins[direction] === undefined) fins[direction] = { start: begins, end: ends };
      }
      if (opening && closing) {
        if (mayHoldTwo(flags, packets[record] as number)) reusePossible = true;
        else reuseRuledOut = true;
      }
    }
    const initiator = this.#initiator();
    if (initiator < 0) return false;
    const responder = 1 - initiator;
    const mine = SIDE_STATES[sides[initiator] as number] as SideState;
    const theirs = SIDE_STATES[sides[responder] as number] as SideState;
    const outcome = outcomeOf(mine, theirs);
    const first = start[this.#order[0] as number] as number;
    const lastStart = start[this.#order[this.#count - 1] as number] as number;
    const vantage = this.#context.observers.vantages[observer[0] as number] as number;
    const { coverage } = this.#context;

    row.protocol = 'tcp';
    row.isV6 = key.isV6;
    row.initiatorAddress = key.addresses[initiator as Direction];
    row.responderAddress = key.addresses[responder as Direction];
    row.initiatorPort = key.ports[initiator as Direction];
    row.responderPort = key.ports[responder as Direction];
    row.initiatorFlags = spoke[initiator] === 1 ? (allFlags[initiator] as number) : null;
    row.responderFlags = spoke[responder] === 1 ? (allFlags[responder] as number) : null;
    row.verdict = 'accepted';
    row.records = this.#count;
    row.oneSided = spoke[0] !== spoke[1];
    row.hasGap = coverage.hasGaps && coverage.hasGap(vantage, first, lastSeen);
    row.mayHideReuse = reusePossible && !reuseRuledOut;
    row.contradicted = contradicted;
    row.state = outcome.state;
    row.connState = outcome.connState;
    row.closedBy = closerOf(mine, theirs, outcome.connState, () =>
      initiator === 0 ? fins : [fins[1], fins[0]],
    );
    row.startsMidstream = outcome.opening === 'midstream';
    row.endsOpen = !NEVER_OPEN.has(outcome.state) && !isOver(mine, theirs);
    row.firstSeen = first;
    row.lastSeen = lastSeen;
    row.openedAt = openedAt < 0 ? null : openedAt;
    row.openedBy = openedBy < 0 ? null : openedBy;
    row.closedAfter = closedAfter < 0 ? null : closedAfter;
    row.closedAt = closedAt < 0 ? null : closedAt;
    const earliest = openedBy < 0 ? firstEnd : openedBy;
    const latest = closedAfter < 0 ? lastStart : closedAfter;
    row.durationMin = Math.max(0, latest - SLACK_SECONDS - earliest);
    const isBounded = CLOSED_STATES.has(outcome.state) && !row.hasGap;
    row.durationMax = isBounded ? longestDuration(row.openedAt, row.closedAt) : null;
    this.#countSides(row, initiator, responder);
    this.#readWindows(row, initiator, key.isV6);
    this.#placeIt(row, key, initiator as Direction, observer[0] as number, vantage);
    this.#judge.name(key, this.#scopeName(observer[0] as number), openedAt < 0 ? first : openedAt, 0);
    return true;
  }

  /** The end that opened, by observed evidence; -1 without any. Writes basis and confidence. */
  #initiator(): number {
    let bits = 0;
    for (let i = 0; i < this.#count; i++) {
      const flags = (this.#gathered.info[i] as number) & 0xff;
      if (hasPlainSyn(flags)) bits |= 1 << (this.#directions[i] as number);
      if (hasSynAck(flags)) bits |= 4 << (this.#directions[i] as number);
    }
    const finding = observedInitiator(bits);
    if (finding === undefined) return -1;
    this.#judge.row.initiatorBasis = finding.basis;
    this.#judge.row.initiatorConfidence = finding.confidence;
    return finding.direction;
  }

  #countSides(row: FlatRow, initiator: number, responder: number): void {
    row.initiatorPackets = this.#packets[initiator] as number;
    row.initiatorBytes = this.#bytes[initiator] as number;
    row.responderPackets = this.#packets[responder] as number;
    row.responderBytes = this.#bytes[responder] as number;
  }

  /** Where the window that begins at position `from` ends: as windowEnd (correlate/windows.ts) says. */
  #windowEnd(from: number): number {
    const { start, end } = this.#gathered;
    const order = this.#order;
    const opens = start[order[from] as number] as number;
    let closes = end[order[from] as number] as number;
    let to = from + 1;
    for (; to < this.#count; to++) {
      const record = order[to] as number;
      const begins = start[record] as number;
      if ((begins > opens && begins >= closes) || this.#cameBefore(from, to)) break;
      if ((end[record] as number) > closes) closes = end[record] as number;
    }
    return to;
  }

  #cameBefore(from: number, to: number): boolean {
    const { start, end } = this.#gathered;
    const record = this.#order[to] as number;
    for (let i = from; i < to; i++) {
      const seen = this.#order[i] as number;
      if (
        this.#directions[seen] === this.#directions[record] &&
        (start[seen] !== start[record] || end[seen] !== end[record])
      )
        return true;
    }
    return false;
  }

  /** How many windows there are, and the history that they tell. */
  #readWindows(row: FlatRow, initiator: number, isV6: boolean): void {
    const { info, packets, bytes } = this.#gathered;
    let windows = 0;
    let history = '';
    let written = 0;
    for (let at = 0; at < this.#count; windows++) {
      const to = this.#windowEnd(at);
      let letters = 0;
      for (; at < to; at++) {
        const record = this.#order[at] as number;
        const payload = provesPayload(packets[record] as number, bytes[record] as number, isV6);
        const bits = lettersOfRecord((info[record] as number) & 0xff, payload);
        letters |= bits << (this.#directions[record] === initiator ? 0 : 1);
      }
      history += HISTORY_LETTERS[letters & ~written];
      written |= letters;
    }
    row.windows = windows;
    row.history = history;
  }

  #placeIt(row: FlatRow, key: Key, initiator: Direction, observer: number, vantage: number): void {
    const read = this.#context.observers.read(observer);
    row.vantages = 1;
    row.place = read;
    const end = this.#endByDirection() ?? endOfHost(vantage, this.#judge.vantagesOf(key));
    const role = end === null ? 2 : end === initiator ? 0 : 1;
    const at = observer * 3 + role;
    let path = this.#paths[at];
    if (path === undefined) {
      const name = nameOfObserver(read);
      path = name === '' ? null : labelOf(name, ROLES[role] as (typeof ROLES)[number], 'both');
      this.#paths[at] = path;
    }
    row.path = path;
  }

  #endByDirection(): Direction | null {
    for (let i = 0; i < this.#count; i++) {
      const record = this.#order[i] as number;
      const flow = ((this.#gathered.info[record] as number) >>> 20) & 3;
      const end = endByDirection(flow, this.#directions[record] as Direction);
      if (end !== null) return end;
    }
    return null;
  }

  #scopeName(observer: number): string {
    const known = this.#scopeNames[observer];
    if (known !== undefined) return known;
    const read = this.#context.observers.read(observer);
    const name = scopeName(this.#scope, read, read.vpcId);
    this.#scopeNames[observer] = name;
    return name;
  }
}

const ROLES = ['initiator', 'responder', 'unknown'] as const;

/** Both sides have closed, or one has reset: as Draft.isOver says. */
const isOver = (mine: SideState, theirs: SideState): boolean => {
  const a = STATES[mine].ended;
  const b = STATES[theirs].ended;
  return a === 'rst' || a === 'finRst' || b === 'rst' || b === 'finRst' || (a === 'fin' && b === 'fin');
};
