/**
 * What the records of one connection mean: initiator, outcome, times, verdict, vantages. It decides nothing
 * itself; it asks the rooms below and writes their answers into one flat row, which it fills again for every
 * connection. Texts are made by whoever needs them (describe.ts, export/json-bytes.ts).
 */
import type { Draft } from '../correlate/draft.ts';
import type { Direction, Key, KeyRecord } from '../correlate/key-records.ts';
import type { Observers } from '../correlate/observers.ts';
import { countWindows } from '../correlate/windows.ts';
import type { Coverage } from '../lifecycle/coverage.ts';
import { historyOf } from '../lifecycle/history.ts';
import { findInitiator, type InitiatorEvidence } from '../lifecycle/initiator.ts';
import type { EndKnowledge } from '../lifecycle/lessons.ts';
import { outcomeOf } from '../lifecycle/outcome.ts';
import { timesOf } from '../lifecycle/times.ts';
import { verdictOf } from '../lifecycle/verdict.ts';
import type { ConnectionState, Side, Verdict } from '../model/connection.ts';
import type { FlatRow } from '../model/flat-row.ts';
import { hasFin } from '../model/tcp-flags.ts';
import {
  counterOf,
  identify,
  pathOf,
  type Survey,
  surveyVantages,
  type VantageContext,
} from '../path/vantages.ts';
import { writeIPv4 } from '../record/address.ts';
import type { AddressBook } from '../record/address-book.ts';
import { hasPorts, PROTOCOL } from '../record/scan-lines.ts';
import { SLACK_SECONDS } from '../tcp/idle-limits.ts';
import { type SideState, STATES } from '../tcp/transitions.ts';
import { COMMUNITY_ID_LENGTH, writeCommunityId } from './community-id.ts';
import { UID_LENGTH, type UidParts, writeUid } from './uid.ts';

/** What all connections of a run share. */
export interface JudgeContext {
  readonly observers: Observers;
  readonly coverage: Coverage;
  readonly addresses: AddressBook;
  readonly observedOnly: boolean;
}

/** One connection before it has a meaning. */
export interface Built {
  readonly key: Key;
  readonly scopeName: string;
  readonly draft: Draft;
  /** What the input taught about the low and the high end; asked only when nothing was observed. */
  readonly ends: () => readonly [EndKnowledge, EndKnowledge];
  /** How many connections of the same key, scope and opening time came before. */
  readonly ordinal: number;
}

/** By IANA number. */
export const PROTOCOL_NAMES: readonly string[] = Array.from({ length: 256 }, (_, number) => {
  const known = Object.entries(PROTOCOL).find(([, value]) => value === number);
  return known === undefined ? String(number) : known[0];
});

/** The first interval in which a side sent a FIN. */
export interface FirstFin {
  readonly start: number;
  readonly end: number;
}

/** By when a side's first FIN was surely sent, and since when it may have been. */
const earlierFin = (known: FirstFin | undefined, start: number, end: number): FirstFin =>
  known === undefined
    ? { start, end }
    : { start: Math.min(known.start, start), end: Math.min(known.end, end) };

const firstFins = (records: readonly KeyRecord[]): [FirstFin | undefined, FirstFin | undefined] => {
  const first: [FirstFin | undefined, FirstFin | undefined] = [undefined, undefined];
  for (const { flags, direction, start, end } of records) {
    if (flags === null || !hasFin(flags) || start === null || end === null) continue;
    first[direction] = earlierFin(first[direction], start, end);
  }
  return first;
};

/** Whether one side's first FIN surely came before the other's: each may be logged late by the slack. */
const whoClosedFirst = (mine: FirstFin | undefined, theirs: FirstFin | undefined): Side | null => {
  if (mine === undefined || theirs === undefined) return null;
  if (mine.end < theirs.start - SLACK_SECONDS) return 'initiator';
  return theirs.end < mine.start - SLACK_SECONDS ? 'responder' : null;
};

/**
 * Who closed, by Zeek's word for the end: O and S2 the initiator, R and S3 the responder.
 * @param fins the first FINs of the initiator and the responder, asked only when both have closed
 */
export const closerOf = (
  mine: SideState,
  theirs: SideState,
  connState: string,
  fins: () => readonly [FirstFin | undefined, FirstFin | undefined],
): Side | null => {
  const iAmOpen = STATES[mine].ended === 'open';
  const theyAreOpen = STATES[theirs].ended === 'open';
  if (iAmOpen && theyAreOpen) return null;
  if (theyAreOpen) return 'initiator';
  if (iAmOpen) return 'responder';
  if (connState === 'RSTO') return 'initiator';
  if (connState === 'RSTR' || connState === 'REJ') return 'responder';
  return whoClosedFirst(...fins());
};

type Lifecycle = Pick<
  FlatRow,
  'state' | 'connState' | 'closedBy' | 'history' | 'startsMidstream' | 'endsOpen'
>;

const EXCHANGE: Lifecycle = {
  state: null,
  connState: null,
  closedBy: null,
  history: null,
  startsMidstream: null,
  endsOpen: null,
};

export const CLOSED_STATES: ReadonlySet<ConnectionState> = new Set([
  'closed',
  'reset',
  'refused',
  'abandoned',
]);
export const NEVER_OPEN: ReadonlySet<ConnectionState> = new Set([...CLOSED_STATES, 'attempted', 'blocked']);

/** The attempt died at a filter: nothing of the answer got through either. */
const isBlocked = (records: readonly KeyRecord[], initiator: Direction, verdict: Verdict): boolean =>
  (verdict === 'rejected' || verdict === 'reply-rejected') &&
  !records.some((record) => record.direction !== initiator && record.accept);

const lifecycleOf = (draft: Draft, initiator: Direction, verdict: Verdict, isV6: boolean): Lifecycle => {
  const responder: Direction = initiator === 0 ? 1 : 0;
  const blocked = isBlocked(draft.records, initiator, verdict);
  const answered = draft.spoke(responder);
  const history = historyOf(draft.records, initiator, isV6);
  if (!draft.hasFlags) {
    const carried = draft.records.some((record) => record.flagsColumn);
    if (blocked) {
      return { ...EXCHANGE, state: 'blocked', connState: answered ? 'REJ' : 'S0', history, endsOpen: false };
    }
    // A dash in every tcp-flags is a format with flags that says nothing: mid-stream, not flagless.
    return { ...EXCHANGE, state: carried ? 'midstream' : 'flagless', connState: 'OTH', history };
  }
  const outcome = outcomeOf(draft.side(initiator), draft.side(responder));
  const startsMidstream = outcome.opening === 'midstream';
  if (blocked && draft.began(initiator) === 'syn') {
    const connState = answered ? 'REJ' : 'S0';
    return { state: 'blocked', connState, closedBy: null, history, startsMidstream, endsOpen: false };
  }
  return {
    state: outcome.state,
    connState: outcome.connState,
    closedBy: closerOf(draft.side(initiator), draft.side(responder), outcome.connState, () => {
      const fins = firstFins(draft.records);
      return [fins[initiator], fins[responder]];
    }),
    history,
    startsMidstream,
    endsOpen: !NEVER_OPEN.has(outcome.state) && !draft.isOver,
  };
};

/** Which seconds name the opening in the uid: the opening itself, else the first record. */
export const openingOf = (draft: Draft): number | null => draft.openingFrom ?? draft.first;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export class Judge {
  /** What was found last. */
  readonly row: FlatRow = emptyRow();
  readonly #context: JudgeContext;
  readonly #vantages: Writable<VantageContext>;
  readonly #uid: Writable<UidParts> = {
    protocol: 0,
    low: new Uint8Array(0),
    high: new Uint8Array(0),
    lowPort: 0,
    highPort: 0,
    scopeName: '',
    opening: null,
    ordinal: 0,
  };
  readonly #octets = [new Uint8Array(4), new Uint8Array(4)] as const;
  #survey: Survey | undefined;
  #built: Built | undefined;

  constructor(context: JudgeContext) {
    this.#context = context;
    this.#vantages = {
      observers: context.observers,
      ownAddress: (vantage) => context.coverage.ownAddress(vantage),
      addressText: (address, isV6) => (isV6 ? context.addresses.text(address) : writeIPv4(address)),
      addresses: [0, 0],
      isV6: false,
    };
  }

  /** The views of the connection judged last. */
  get survey(): Survey {
    return this.#survey as Survey;
  }

  /** What describing vantages needs to know, for the connection judged last. */
  get vantages(): VantageContext {
    return this.#vantages;
  }

  /** What was judged last; its records are read anew with the next key. */
  get built(): Built {
    return this.#built as Built;
  }

  /** What naming the initiator goes by. */
  evidenceOf({ key, draft, ends }: Built): InitiatorEvidence {
    const { coverage, observedOnly } = this.#context;
    return {
      records: draft.records,
      isTcp: key.protocol === PROTOCOL.tcp,
      ports: hasPorts(key.protocol) ? key.ports : null,
      ends,
      coveredFrom: (vantage) => coverage.coveredFrom(vantage),
      observedOnly,
    };
  }

  #vantagesOf(key: Key): VantageContext {
    this.#vantages.addresses = key.addresses;
    this.#vantages.isV6 = key.isV6;
    return this.#vantages;
  }

  /** Fills `row` with what one draft means. */
  judge(built: Built): void {
    const { key, draft } = built;
    const { records } = draft;
    const { row } = this;
    const { coverage } = this.#context;
    this.#built = built;
    const isTcp = key.protocol === PROTOCOL.tcp;
    const ported = hasPorts(key.protocol);
    row.hasGap = coverage.hasGaps && this.#touchesGap(draft);
    const finding = findInitiator(this.evidenceOf(built));
    const initiator = finding.direction;
    const responder: Direction = initiator === 0 ? 1 : 0;
    row.protocol = PROTOCOL_NAMES[key.protocol] as string;
    row.isV6 = key.isV6;
    row.initiatorAddress = key.addresses[initiator];
    row.responderAddress = key.addresses[responder];
    row.initiatorPort = ported ? key.ports[initiator] : null;
    row.responderPort = ported ? key.ports[responder] : null;
    row.initiatorBasis = finding.basis;
    row.initiatorConfidence = finding.confidence;
    row.initiatorFlags = isTcp ? draft.flags(initiator) : null;
    row.responderFlags = isTcp ? draft.flags(responder) : null;
    row.verdict = verdictOf(draft.judged, initiator);
    row.records = records.length;
    row.oneSided = !(draft.spoke(0) && draft.spoke(1));
    row.mayHideReuse = draft.mayHideReuse;
    row.contradicted = draft.contradicted;
    this.#judgeLife(isTcp ? lifecycleOf(draft, initiator, row.verdict, key.isV6) : EXCHANGE);
    this.#judgeTimes(records, isTcp);
    this.#judgeVantages(key, records, initiator);
    this.#name(key, built.scopeName, openingOf(draft), built.ordinal);
  }

  #judgeLife(life: Lifecycle): void {
    const { row } = this;
    row.state = life.state;
    row.connState = life.connState;
    row.closedBy = life.closedBy;
    row.history = life.history;
    row.startsMidstream = life.startsMidstream;
    row.endsOpen = life.endsOpen;
  }

  #judgeTimes(records: readonly KeyRecord[], isTcp: boolean): void {
    const { row } = this;
    const isBounded = row.state !== null && CLOSED_STATES.has(row.state) && !row.hasGap;
    const times = timesOf(records, isTcp, isBounded);
    row.firstSeen = times.firstSeen;
    row.lastSeen = times.lastSeen;
    row.openedAt = times.openedAt;
    row.openedBy = times.openedBy;
    row.closedAfter = times.closedAfter;
    row.closedAt = times.closedAt;
    row.durationMin = times.durationMin;
    row.durationMax = times.durationMax;
  }

  #judgeVantages(key: Key, records: readonly KeyRecord[], initiator: Direction): void {
    const { row } = this;
    const { observers } = this.#context;
    const survey = surveyVantages(records, initiator, this.#vantagesOf(key));
    this.#survey = survey;
    const [primary] = survey.ranked;
    if (primary === undefined) throw new Error('A connection without records cannot be.');
    const mine = counterOf(survey, initiator);
    const theirs = counterOf(survey, initiator === 0 ? 1 : 0);
    row.initiatorPackets = mine.packets[initiator];
    row.initiatorBytes = mine.bytes[initiator];
    row.responderPackets = theirs.packets[1 - initiator] as number | null;
    row.responderBytes = theirs.bytes[1 - initiator] as number | null;
    row.windows = countWindows(primary.records);
    row.vantages = survey.ranked.length;
    row.place = identify(primary, observers);
    row.path = pathOf(survey, observers);
  }

  /** Writes uid and Community ID into `row`. */
  #name(key: Key, scopeName: string, opening: number | null, ordinal: number): void {
    const { row } = this;
    const uid = this.#uid;
    uid.protocol = key.protocol;
    uid.low = this.#bytesOf(key, 0);
    uid.high = this.#bytesOf(key, 1);
    uid.lowPort = key.ports[0];
    uid.highPort = key.ports[1];
    uid.scopeName = scopeName;
    uid.opening = opening;
    uid.ordinal = ordinal;
    writeUid(uid, row.uid);
    row.hasCommunityId = writeCommunityId(
      key.protocol,
      uid.low,
      uid.lowPort,
      uid.high,
      uid.highPort,
      row.communityId,
    );
  }

  #bytesOf(key: Key, end: Direction): Uint8Array {
    const address = key.addresses[end];
    if (key.isV6) return this.#context.addresses.bytes(address);
    const octets = this.#octets[end];
    octets[0] = address >>> 24;
    octets[1] = address >>> 16;
    octets[2] = address >>> 8;
    octets[3] = address;
    return octets;
  }

  #touchesGap({ records, first, last }: Draft): boolean {
    const { coverage } = this.#context;
    return records.some(({ vantage }) => coverage.hasGap(vantage, first, last));
  }
}

function emptyRow(): FlatRow {
  return {
    uid: new Uint8Array(UID_LENGTH),
    communityId: new Uint8Array(COMMUNITY_ID_LENGTH),
    hasCommunityId: false,
    protocol: '',
    isV6: false,
    initiatorAddress: 0,
    initiatorPort: null,
    responderAddress: 0,
    responderPort: null,
    initiatorBasis: 'none',
    initiatorConfidence: 0.5,
    state: null,
    closedBy: null,
    connState: null,
    history: null,
    verdict: 'unknown',
    firstSeen: null,
    lastSeen: null,
    openedAt: null,
    openedBy: null,
    closedAfter: null,
    closedAt: null,
    durationMin: null,
    durationMax: null,
    initiatorPackets: null,
    initiatorBytes: null,
    responderPackets: null,
    responderBytes: null,
    initiatorFlags: null,
    responderFlags: null,
    windows: 0,
    records: 0,
    vantages: 0,
    place: { interfaceId: null, vpcId: null, subnetId: null, instanceId: null, accountId: null },
    startsMidstream: null,
    endsOpen: null,
    oneSided: false,
    hasGap: false,
    mayHideReuse: false,
    contradicted: false,
    path: null,
  };
}
