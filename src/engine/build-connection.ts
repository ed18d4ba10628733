/**
 * From the records of one connection to what they mean: initiator, outcome, times, verdict, vantages. It
 * decides nothing itself; it asks the rooms below and writes their answers into one Connection.
 */
import { hash } from 'node:crypto';
import type { Draft } from '../correlate/draft.ts';
import type { Direction, Key, KeyRecord } from '../correlate/key-records.ts';
import type { Observers } from '../correlate/observers.ts';
import type { Coverage } from '../lifecycle/coverage.ts';
import { historyOf } from '../lifecycle/history.ts';
import { findInitiator } from '../lifecycle/initiator.ts';
import { type Outcome, outcomeOf } from '../lifecycle/outcome.ts';
import type { EndKnowledge } from '../lifecycle/services.ts';
import { timesOf } from '../lifecycle/times.ts';
import { verdictOf } from '../lifecycle/verdict.ts';
import type { Connection, ConnectionState, Party, Side, Verdict } from '../model/connection.ts';
import { type Counts, summarizeVantages } from '../path/vantages.ts';
import { writeIPv4 } from '../record/address.ts';
import type { AddressBook } from '../record/address-book.ts';
import { hasPorts, PROTOCOL } from '../record/scan-lines.ts';
import { communityId } from './community-id.ts';

/** What all connections of a run share. */
export interface BuildContext {
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

const PROTOCOL_NAMES = new Map<number, string>(
  Object.entries(PROTOCOL).map(([name, number]) => [number, name]),
);

const textOf = (context: BuildContext, address: number, isV6: boolean): string =>
  isV6 ? context.addresses.text(address) : writeIPv4(address);

const bytesOf = (context: BuildContext, address: number, isV6: boolean): Uint8Array => {
  if (isV6) return context.addresses.bytes(address);
  return Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address);
};

const flagsOf = (records: readonly KeyRecord[], direction: Direction): number | null => {
  let all: number | null = null;
  for (const { flags, direction: sender } of records) {
    if (flags !== null && sender === direction) all = (all ?? 0) | flags;
  }
  return all;
};

/** Whether one side's first FIN lies wholly before the other's: only then is it known who closed first. */
const whoClosedFirst = (records: readonly KeyRecord[], initiator: Direction): Side | null => {
  const first: ({ start: number; end: number } | undefined)[] = [undefined, undefined];
  for (const { flags, direction, start, end } of records) {
    if (flags === null || (flags & 1) === 0 || start === null || end === null) continue;
    first[direction] ??= { start, end };
  }
  const mine = first[initiator];
  const theirs = first[1 - initiator];
  if (mine === undefined || theirs === undefined) return null;
  if (mine.end < theirs.start) return 'initiator';
  return theirs.end < mine.start ? 'responder' : null;
};

/** Who closed, by Zeek's word for the end: O and S2 the initiator, R and S3 the responder. */
const closerOf = (draft: Draft, initiator: Direction, outcome: Outcome): Side | null => {
  const mine = draft.ended(initiator);
  const theirs = draft.ended(initiator === 0 ? 1 : 0);
  if (mine === 'open' && theirs === 'open') return null;
  if (theirs === 'open') return 'initiator';
  if (mine === 'open') return 'responder';
  if (outcome.connState === 'RSTO') return 'initiator';
  if (outcome.connState === 'RSTR' || outcome.connState === 'REJ') return 'responder';
  return whoClosedFirst(draft.records, initiator);
};

interface Lifecycle {
  readonly state: ConnectionState | null;
  readonly connState: string | null;
  readonly closedBy: Side | null;
  readonly history: string | null;
  readonly startsMidstream: boolean | null;
  readonly endsOpen: boolean | null;
}

const EXCHANGE: Lifecycle = {
  state: null,
  connState: null,
  closedBy: null,
  history: null,
  startsMidstream: null,
  endsOpen: null,
};

const CLOSED_STATES: ReadonlySet<ConnectionState> = new Set(['closed', 'reset', 'refused', 'abandoned']);
const NEVER_OPEN: ReadonlySet<ConnectionState> = new Set([...CLOSED_STATES, 'attempted', 'blocked']);

/** The attempt died at a filter: nothing of the answer got through either. */
const isBlocked = (records: readonly KeyRecord[], initiator: Direction, verdict: Verdict): boolean =>
  (verdict === 'rejected' || verdict === 'reply-rejected') &&
  !records.some((record) => record.direction !== initiator && record.accept);

const lifecycleOf = (draft: Draft, initiator: Direction, verdict: Verdict, isV6: boolean): Lifecycle => {
  const responder: Direction = initiator === 0 ? 1 : 0;
  const blocked = isBlocked(draft.records, initiator, verdict);
  const answered = draft.records.some((record) => record.direction === responder);
  const history = historyOf(draft.records, initiator, isV6);
  if (!draft.hasFlags) {
    const carried = draft.records.some((record) => record.flagsColumn);
    if (blocked) {
      return { ...EXCHANGE, state: 'blocked', connState: answered ? 'REJ' : 'S0', history, endsOpen: false };
    }
    // A dash in every tcp-flags is a format with flags that says nothing: mid-stream, not flagless.
    return { ...EXCHANGE, state: carried ? 'midstream' : 'flagless', connState: 'OTH', history };
  }
  const outcome = outcomeOf(
    { began: draft.began(initiator), ended: draft.ended(initiator) },
    { began: draft.began(responder), ended: draft.ended(responder) },
  );
  const startsMidstream = outcome.opening === 'midstream';
  if (blocked && draft.began(initiator) === 'syn') {
    const connState = answered ? 'REJ' : 'S0';
    return { state: 'blocked', connState, closedBy: null, history, startsMidstream, endsOpen: false };
  }
  return {
    state: outcome.state,
    connState: outcome.connState,
    closedBy: closerOf(draft, initiator, outcome),
    history,
    startsMidstream,
    endsOpen: !NEVER_OPEN.has(outcome.state) && !draft.isOver,
  };
};

const uidOf = (built: Built, low: string, high: string, opening: number | null): string => {
  const { key, scopeName, ordinal } = built;
  const text = `${key.protocol} ${low} ${key.ports[0]} ${high} ${key.ports[1]} ${scopeName} ${opening ?? '-'} ${ordinal}`;
  return `C${hash('sha1', text, 'base64url').slice(0, 17)}`;
};

/** Which seconds name the opening in the uid: the opening itself, else the first record. */
export const openingOf = (draft: Draft): number | null => draft.openingFrom ?? draft.first;

/** Says what one draft means. */
export const buildConnection = (built: Built, context: BuildContext): Connection => {
  const { key, draft } = built;
  const { records } = draft;
  const isTcp = key.protocol === PROTOCOL.tcp;
  const ported = hasPorts(key.protocol);
  let coveredFrom: number | null = null;
  let hasGap = false;
  let lastVantage = -1;
  for (const { vantage } of records) {
    if (vantage === lastVantage) continue;
    lastVantage = vantage;
    const covered = context.coverage.coveredFrom(vantage);
    if (covered !== null && (coveredFrom === null || covered > coveredFrom)) coveredFrom = covered;
    hasGap ||= context.coverage.hasGap(vantage, draft.first, draft.last);
  }
  const finding = findInitiator({
    records,
    isTcp,
    ports: ported ? key.ports : null,
    ends: built.ends,
    coveredFrom,
    observedOnly: context.observedOnly,
  });
  const initiator = finding.direction;
  const responder: Direction = initiator === 0 ? 1 : 0;
  const verdict = verdictOf(
    draft.noise.includes(true) ? records.filter((_, i) => draft.noise[i] !== true) : records,
    initiator,
  );
  const life = isTcp ? lifecycleOf(draft, initiator, verdict, key.isV6) : EXCHANGE;
  const times = timesOf(records, isTcp, life.state !== null && CLOSED_STATES.has(life.state) && !hasGap);
  const views = summarizeVantages(records, initiator, {
    observers: context.observers,
    ownAddress: (vantage) => context.coverage.ownAddress(vantage),
    addressText: (address, isV6) => textOf(context, address, isV6),
    addresses: key.addresses,
  });
  const texts = [
    textOf(context, key.addresses[0], key.isV6),
    textOf(context, key.addresses[1], key.isV6),
  ] as const;
  const party = (end: Direction, counts: Counts): Party => ({
    address: texts[end],
    port: ported ? key.ports[end] : null,
    packets: counts.packets,
    bytes: counts.bytes,
    flags: isTcp ? flagsOf(records, end) : null,
  });
  return {
    uid: uidOf(built, texts[0], texts[1], openingOf(draft)),
    communityId: communityId(
      key.protocol,
      bytesOf(context, key.addresses[0], key.isV6),
      key.ports[0],
      bytesOf(context, key.addresses[1], key.isV6),
      key.ports[1],
    ),
    protocol: PROTOCOL_NAMES.get(key.protocol) ?? String(key.protocol),
    initiator: party(initiator, views.initiator),
    responder: party(responder, views.responder),
    initiatorBasis: finding.basis,
    initiatorConfidence: finding.confidence,
    state: life.state,
    closedBy: life.closedBy,
    connState: life.connState,
    history: life.history,
    verdict,
    firstSeen: times.firstSeen,
    lastSeen: times.lastSeen,
    openedAt: times.openedAt,
    openedBy: times.openedBy,
    closedAfter: times.closedAfter,
    closedAt: times.closedAt,
    durationMin: times.durationMin,
    durationMax: times.durationMax,
    windows: views.windows,
    records: records.length,
    vantages: views.vantages,
    startsMidstream: life.startsMidstream,
    endsOpen: life.endsOpen,
    oneSided: !records.some((record) => record.direction !== (records[0] as KeyRecord).direction),
    hasGap,
    mayHideReuse: draft.mayHideReuse,
    contradicted: draft.contradicted,
    path: views.path,
  };
};
