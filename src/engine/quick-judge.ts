/**
 * The common key in one pass: few records at few interfaces, all accepted (or all rejected attempts), with flags,
 * times and counts, and nothing in them that could divide it. It fills the judge's row without an object a record. Whatever is not so
 * plain it leaves to KeyRecords, divide and Judge, which are its specification: a property holds the two
 * together on every input.
 */
import { EVENTS_BY_FLAGS, mayHoldTwo } from '../correlate/draft.ts';
import type { Direction, Key } from '../correlate/key-records.ts';
import { GatheredRecords, INFO, KEY, type RecordStore } from '../correlate/record-store.ts';
import { HISTORY_LETTERS, lettersOfRecord } from '../lifecycle/history.ts';
import { observedInitiator } from '../lifecycle/initiator.ts';
import { outcomeOf } from '../lifecycle/outcome.ts';
import { longestDuration } from '../lifecycle/times.ts';
import type { FlatRow } from '../model/flat-row.ts';
import { hasFin, hasPlainSyn, hasSynAck } from '../model/tcp-flags.ts';
import { endByDirection, endOfHost, labelOf } from '../path/vantages.ts';
import { PROTOCOL } from '../record/scan-lines.ts';
import { provesPayload, TCP_EVENTS } from '../tcp/events.ts';
import { IDLE_LIMITS, SLACK_SECONDS } from '../tcp/idle-limits.ts';
import { CONTRADICTS, NEXT } from '../tcp/step.ts';
import { SIDE_STATES, type SideState, STATES } from '../tcp/transitions.ts';
import {
  CLOSED_STATES,
  closerOf,
  earlierFin,
  type FirstFin,
  type Judge,
  type JudgeContext,
  NEVER_OPEN,
} from './judge.ts';
import type { ObserverTables } from './observer-tables.ts';

/** Longer keys are rare, and sorting them by insertion would be slow. */
const MOST_RECORDS = 32;

/** Interfaces that saw one connection; more are left to the plain path. */
const MOST_VIEWS = 4;

/** What each record must have, and what none may have. */
const MUST = INFO.hasFlags | INFO.hasStart | INFO.hasEnd | INFO.hasPackets | INFO.hasBytes;
const MUST_NOT = INFO.srcRewritten | INFO.dstRewritten;
const ACTIONS = INFO.accept | INFO.reject;

/** A silence that ends nothing, whatever state a connection is in. */
export const SHORTEST_LIMIT = Math.min(
  IDLE_LIMITS.lingerSeconds,
  IDLE_LIMITS.attemptSeconds,
  IDLE_LIMITS.openSeconds,
);

const OPENING = 2;
const CLOSING = 1 | 4;

/** Openings come first among records of equal times. */
export const openingRank = (flags: number): number =>
  hasPlainSyn(flags) ? 0 : (flags & OPENING) !== 0 ? 1 : 2;

/** What one interface saw, filled again for every key. */
interface View {
  observer: number;
  vantage: number;
  readonly packets: [number, number];
  readonly bytes: [number, number];
  readonly sees: [boolean, boolean];
  /** 0 initiator, 1 responder, 2 unknown: see ROLES. */
  role: number;
}

const emptyView = (): View => ({
  observer: 0,
  vantage: 0,
  packets: [0, 0],
  bytes: [0, 0],
  sees: [false, false],
  role: 2,
});

export class QuickJudge {
  readonly #judge: Judge;
  readonly #context: JudgeContext;
  readonly #store: RecordStore;
  readonly #tables: ObserverTables;
  readonly #gathered = new GatheredRecords(MOST_RECORDS);
  /** Positions in the gathered columns, in the order of KeyRecords. */
  readonly #order = new Uint8Array(MOST_RECORDS);
  readonly #directions = new Uint8Array(MOST_RECORDS);
  /** Which of the views each gathered record belongs to. */
  readonly #viewOf = new Uint8Array(MOST_RECORDS);
  readonly #views: readonly View[] = Array.from({ length: MOST_VIEWS }, emptyView);
  readonly #sides = new Uint8Array(2);
  readonly #flags = new Uint8Array(2);
  readonly #fins: [FirstFin | undefined, FirstFin | undefined] = [undefined, undefined];
  readonly #labels: (string | undefined)[] = [];
  #count = 0;
  #viewCount = 0;

  constructor(judge: Judge, context: JudgeContext, store: RecordStore, tables: ObserverTables) {
    this.#judge = judge;
    this.#context = context;
    this.#store = store;
    this.#tables = tables;
  }

  /**
   * Judges the whole key into the judge's row; false when it is not plain enough.
   * @param flipped whether the stored low end is the higher
   */
  judge(index: number, key: Key, flipped: boolean): boolean {
    if (key.protocol !== PROTOCOL.tcp) return false;
    this.#count = this.#store.key(index, KEY.count);
    if (!this.#store.gather(index, this.#gathered) || !this.#isUniform(flipped) || !this.#findViews())
      return false;
    this.#sort();
    if (this.#hasDuplicates() || !this.#isUndivided()) return false;
    return this.#fill(key);
  }

  #isUniform(flipped: boolean): boolean {
    const { info } = this.#gathered;
    const action = (info[0] as number) & ACTIONS;
    if (action !== INFO.accept && action !== INFO.reject) return false;
    for (let i = 0; i < this.#count; i++) {
      const bits = info[i] as number;
      if ((bits & MUST) !== MUST || (bits & MUST_NOT) !== 0 || (bits & ACTIONS) !== action) return false;
      // A rejected record after a close may be noise: told apart by the plain path.
      if (action === INFO.reject && (bits & CLOSING) !== 0) return false;
      this.#directions[i] = ((bits & INFO.fromHigh) !== 0) !== flipped ? 1 : 0;
    }
    return true;
  }

  /** Parts the records by interface; false when there are too many or one goes by two names. */
  #findViews(): boolean {
    const { observer } = this.#gathered;
    const { observers, coverage } = this.#context;
    const { groups } = this.#tables;
    const group = groups[observer[0] as number];
    this.#viewCount = 0;
    for (let i = 0; i < this.#count; i++) {
      const id = observer[i] as number;
      let at = 0;
      while (at < this.#viewCount && (this.#views[at] as View).observer !== id) at++;
      if (at === this.#viewCount) {
        const vantage = observers.vantages[id] as number;
        if (at === MOST_VIEWS || groups[id] !== group || coverage.hasSkipped(vantage)) return false;
        for (let j = 0; j < at; j++) if ((this.#views[j] as View).vantage === vantage) return false;
        this.#startView(this.#views[at] as View, id, vantage);
        this.#viewCount++;
      }
      this.#viewOf[i] = at;
    }
    return true;
  }

  #startView(view: View, observer: number, vantage: number): void {
    view.observer = observer;
    view.vantage = vantage;
    view.packets[0] = view.packets[1] = 0;
    view.bytes[0] = view.bytes[1] = 0;
    view.sees[0] = view.sees[1] = false;
  }

  /** Whether record a comes after record b in the order of KeyRecords. */
  #isAfter(a: number, b: number): boolean {
    const { start, end, info, packets, bytes, observer } = this.#gathered;
    if (start[a] !== start[b]) return (start[a] as number) > (start[b] as number);
    if (end[a] !== end[b]) return (end[a] as number) > (end[b] as number);
    const flagsA = (info[a] as number) & 0xff;
    const flagsB = (info[b] as number) & 0xff;
    const ranks = openingRank(flagsA) - openingRank(flagsB);
    if (ranks !== 0) return ranks > 0;
    if (flagsA !== flagsB) return flagsA < flagsB;
    if (packets[a] !== packets[b]) return (packets[a] as number) > (packets[b] as number);
    if (bytes[a] !== bytes[b]) return (bytes[a] as number) > (bytes[b] as number);
    const { ranks: order } = this.#tables;
    const observers = (order[observer[a] as number] as number) - (order[observer[b] as number] as number);
    if (observers !== 0) return observers > 0;
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
        if (
          this.#viewOf[a] === this.#viewOf[b] &&
          this.#directions[a] === this.#directions[b] &&
          packets[a] === packets[b] &&
          bytes[a] === bytes[b]
        )
          return true;
      }
    }
    return false;
  }

  /** At most one opening a side and interface, all near the beginning, none after its close, and no long silence. */
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
      const stream = 1 << ((this.#viewOf[record] as number) * 2 + (this.#directions[record] as number));
      const begins = start[record] as number;
      if (begins - last > SHORTEST_LIMIT) return false;
      if ((flags & OPENING) !== 0) {
        if ((opened & stream) !== 0 || (closed & stream) !== 0 || begins - first > SLACK_SECONDS)
          return false;
        opened |= stream;
      }
      if ((flags & CLOSING) !== 0) closed |= stream;
      if ((end[record] as number) > last) last = end[record] as number;
    }
    return true;
  }

  #fill(key: Key): boolean {
    const { start, end, info, packets, bytes } = this.#gathered;
    const row = this.#judge.row;
    const sides = this.#sides.fill(0);
    const allFlags = this.#flags.fill(0);
    let spoke = 0;
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
      spoke |= 1 << direction;
      allFlags[direction] = (allFlags[direction] as number) | flags;
      const view = this.#views[this.#viewOf[record] as number] as View;
      view.packets[direction] += packets[record] as number;
      view.bytes[direction] += bytes[record] as number;
      view.sees[direction] = true;
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
        if (hasFin(flags)) fins[direction] = earlierFin(fins[direction], begins, ends);
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
    const isRejected = ((info[0] as number) & INFO.reject) !== 0;
    if (isRejected && STATES[mine].began !== 'syn') return false;

    row.protocol = 'tcp';
    row.isV6 = key.isV6;
    row.initiatorAddress = key.addresses[initiator as Direction];
    row.responderAddress = key.addresses[responder as Direction];
    row.initiatorPort = key.ports[initiator as Direction];
    row.responderPort = key.ports[responder as Direction];
    row.initiatorFlags = (spoke & (1 << initiator)) !== 0 ? (allFlags[initiator] as number) : null;
    row.responderFlags = (spoke & (1 << responder)) !== 0 ? (allFlags[responder] as number) : null;
    row.verdict = isRejected ? 'rejected' : 'accepted';
    row.records = this.#count;
    row.oneSided = spoke !== 3;
    row.hasGap = false;
    row.mayHideReuse = reusePossible && !reuseRuledOut;
    row.contradicted = contradicted;
    row.state = outcome.state;
    row.connState = outcome.connState;
    row.closedBy = closerOf(mine, theirs, outcome.connState, () =>
      initiator === 0 ? fins : [fins[1], fins[0]],
    );
    row.startsMidstream = outcome.opening === 'midstream';
    row.endsOpen = !NEVER_OPEN.has(outcome.state) && !isOver(mine, theirs);
    if (isRejected) {
      row.state = 'blocked';
      row.connState = spoke === 3 ? 'REJ' : 'S0';
      row.closedBy = null;
      row.endsOpen = false;
    }
    row.firstSeen = first;
    row.lastSeen = lastSeen;
    row.openedAt = openedAt < 0 ? null : openedAt;
    row.openedBy = openedBy < 0 ? null : openedBy;
    row.closedAfter = closedAfter < 0 ? null : closedAfter;
    row.closedAt = closedAt < 0 ? null : closedAt;
    const earliest = openedBy < 0 ? firstEnd : openedBy;
    const latest = closedAfter < 0 ? lastStart : closedAfter;
    row.durationMin = Math.max(0, latest - SLACK_SECONDS - earliest);
    const isBounded = !isRejected && CLOSED_STATES.has(outcome.state);
    row.durationMax = isBounded ? longestDuration(row.openedAt, row.closedAt) : null;
    this.#place(row, key, initiator as Direction);
    this.#readHistory(row, initiator, key.isV6);
    const { observer } = this.#views[0] as View;
    this.#judge.name(key, this.#tables.scopeNames[observer] as string, openedAt < 0 ? first : openedAt, 0);
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

  /** Whether interface a speaks for the connection rather than b: the rule of path/vantages.ts. */
  #isBefore(a: View, b: View): boolean {
    const both = Number(a.sees[0] && a.sees[1]) - Number(b.sees[0] && b.sees[1]);
    if (both !== 0) return both > 0;
    const packets = a.packets[0] + a.packets[1] - b.packets[0] - b.packets[1];
    if (packets !== 0) return packets > 0;
    return this.#nameOf(a) < this.#nameOf(b);
  }

  #nameOf(view: View): string {
    return this.#tables.names[view.observer] as string;
  }

  /** The best view of those that saw a direction, else the primary one. */
  #counterOf(direction: number): View {
    let best: View | undefined;
    for (let i = 0; i < this.#viewCount; i++) {
      const view = this.#views[i] as View;
      if (view.sees[direction] === true && (best === undefined || this.#isBefore(view, best))) best = view;
    }
    return best ?? this.#primary();
  }

  #primary(): View {
    let best = this.#views[0] as View;
    for (let i = 1; i < this.#viewCount; i++) {
      const view = this.#views[i] as View;
      if (this.#isBefore(view, best)) best = view;
    }
    return best;
  }

  /** Counts, windows, place and path. */
  #place(row: FlatRow, key: Key, initiator: Direction): void {
    const responder = 1 - initiator;
    const primary = this.#primary();
    const mine = this.#counterOf(initiator);
    const theirs = this.#counterOf(responder);
    row.initiatorPackets = mine.packets[initiator];
    row.initiatorBytes = mine.bytes[initiator];
    row.responderPackets = theirs.packets[responder] as number;
    row.responderBytes = theirs.bytes[responder] as number;
    row.vantages = this.#viewCount;
    row.place = this.#context.observers.read(primary.observer);
    row.windows = this.#countWindows(this.#views.indexOf(primary));
    const context = this.#judge.vantagesOf(key);
    for (let i = 0; i < this.#viewCount; i++) {
      const view = this.#views[i] as View;
      const end = this.#endByDirection(i) ?? endOfHost(view.vantage, context);
      view.role = end === null ? 2 : end === initiator ? 0 : 1;
    }
    row.path = this.#path();
  }

  #endByDirection(view: number): Direction | null {
    for (let i = 0; i < this.#count; i++) {
      const record = this.#order[i] as number;
      const flow = ((this.#gathered.info[record] as number) >>> 20) & 3;
      if (flow === 0 || this.#viewOf[record] !== view) continue;
      const end = endByDirection(flow, this.#directions[record] as Direction);
      if (end !== null) return end;
    }
    return null;
  }

  #labelOf(view: View): string {
    const at = view.observer * ROLES.length + view.role;
    const known = this.#labels[at];
    if (known !== undefined) return known;
    const name = this.#nameOf(view);
    const label = name === '' ? '' : labelOf(name, ROLES[view.role] as (typeof ROLES)[number], 'both');
    this.#labels[at] = label;
    return label;
  }

  #path(): string | null {
    if (this.#viewCount === 1) return this.#labelOf(this.#views[0] as View) || null;
    const way = this.#views
      .slice(0, this.#viewCount)
      .sort(
        (a, b) =>
          (PLACES[a.role] as number) - (PLACES[b.role] as number) ||
          (this.#nameOf(a) < this.#nameOf(b) ? -1 : 1),
      );
    const labels = way.map((view) => this.#labelOf(view)).filter((label) => label !== '');
    return labels.length === 0 ? null : labels.join(' > ');
  }

  /**
   * Where the window that begins at position `from` ends: as windowEnd (correlate/windows.ts) says.
   * @param only the view whose records are looked at, or -1 for all
   */
  #windowEnd(from: number, only: number): number {
    const { start, end } = this.#gathered;
    const order = this.#order;
    const opens = start[order[from] as number] as number;
    let closes = end[order[from] as number] as number;
    let to = from + 1;
    for (; to < this.#count; to++) {
      const record = order[to] as number;
      if (only >= 0 && this.#viewOf[record] !== only) continue;
      const begins = start[record] as number;
      if (begins > opens && begins >= closes) break;
      if (this.#cameBefore(from, to)) {
        while (this.#isSameInterval(order[to - 1] as number, record)) to--;
        break;
      }
      if ((end[record] as number) > closes) closes = end[record] as number;
    }
    return to;
  }

  #isSameInterval(a: number, b: number): boolean {
    const { start, end } = this.#gathered;
    return start[a] === start[b] && end[a] === end[b];
  }

  #cameBefore(from: number, to: number): boolean {
    const { start, end } = this.#gathered;
    const record = this.#order[to] as number;
    for (let i = from; i < to; i++) {
      const seen = this.#order[i] as number;
      if (
        this.#viewOf[seen] === this.#viewOf[record] &&
        this.#directions[seen] === this.#directions[record] &&
        (start[seen] !== start[record] || end[seen] !== end[record])
      )
        return true;
    }
    return false;
  }

  #countWindows(view: number): number {
    let windows = 0;
    for (let at = 0; at < this.#count; ) {
      if (this.#viewOf[this.#order[at] as number] !== view) at++;
      else {
        windows++;
        at = this.#windowEnd(at, view);
      }
    }
    return windows;
  }

  #readHistory(row: FlatRow, initiator: number, isV6: boolean): void {
    const { info, packets, bytes } = this.#gathered;
    let history = '';
    let written = 0;
    for (let at = 0; at < this.#count; ) {
      const to = this.#windowEnd(at, -1);
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
    row.history = history;
  }
}

export const ROLES = ['initiator', 'responder', 'unknown'] as const;
/** Along the request: the initiator's interface, others, the responder's. */
const PLACES: readonly number[] = [0, 2, 1];

/** Both sides have closed, or one has reset: as Draft.isOver says. */
export const isOver = (mine: SideState, theirs: SideState): boolean => {
  const a = STATES[mine].ended;
  const b = STATES[theirs].ended;
  return a === 'rst' || a === 'finRst' || b === 'rst' || b === 'finRst' || (a === 'fin' && b === 'fin');
};
