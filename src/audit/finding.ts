/** What a rule of the audit finds: what it is, who takes part, on what evidence, and which connections are behind it. */
import { BLOCKAGE_KINDS, type Blockage, type BlockageKind } from '../blocked/blockages.ts';
import type { Claims } from './claims.ts';
import type { Ledger } from './ledger.ts';
import type { Line, PairGroups, PairNumber, Pairs } from './pairs.ts';
import type { AuditThresholds } from './thresholds.ts';
import { TRAIT, type Whole } from './traits.ts';

/** What was stopped at an interface, or lost at an attachment, and is a finding as it stands: with what to change, as `blocked` has it. */
export const STOPPED_KINDS = ['reply-rejected', 'cut-off', 'lost'] as const satisfies readonly BlockageKind[];

export const FINDING_KINDS = {
  'reply-rejected': BLOCKAGE_KINDS['reply-rejected'],
  'cut-off': BLOCKAGE_KINDS['cut-off'],
  lost: BLOCKAGE_KINDS.lost,
  scan: 'one initiator tried many targets, in vain as far as the log tells',
  'retry-storm': 'the same attempt again and again, without success',
  refused: 'a service that refused every attempt and answered none',
  'half-open': 'attempts that were answered and never completed',
  'early-reset': 'connections that were reset soon after opening',
  'silent-end': 'connections that died after a silence: these clients need keepalive',
  beacon: 'connections opened at regular distances',
  'port-exhaustion': 'ports towards one destination are running out',
} as const;
export type FindingKind = keyof typeof FINDING_KINDS;

/** Kinds of findings that are made of traits; the others are what was stopped. */
export type TraitKind = Exclude<FindingKind, (typeof STOPPED_KINDS)[number]>;

/** What all connections behind a finding of a kind have in common. */
export const KIND_TRAITS: Readonly<Record<TraitKind, number>> = {
  scan: TRAIT.counts | TRAIT.tried,
  'retry-storm': TRAIT.counts | TRAIT.unanswered,
  refused: TRAIT.counts | TRAIT.refused,
  'half-open': TRAIT.counts | TRAIT.halfOpen,
  'early-reset': TRAIT.earlyReset,
  'silent-end': TRAIT.counts | TRAIT.silent,
  beacon: TRAIT.counts | TRAIT.dated,
  'port-exhaustion': TRAIT.counts,
};

/** Which connections: those of a kind, by whom and to what. */
export interface Selection {
  readonly kind: FindingKind;
  /** Null where it is many. */
  readonly initiator: string | null;
  /** Null where it is many, like its port. */
  readonly responder: string | null;
  readonly port: number | null;
  /** Unix seconds: only those that were open then; null for all. */
  readonly openAt: number | null;
}

/** A selection by traits. */
export interface TraitSelection extends Selection {
  readonly kind: TraitKind;
}

/** A connection, as far as a selection asks about it. */
export interface Asked {
  readonly initiator: string;
  readonly responder: string;
  readonly port: number | null;
  readonly traits: number;
  readonly opened: number | null;
  readonly ended: number | null;
}

/** Whether a connection is behind a finding; the one place that decides it, for counting and for showing. */
export const selects = (selection: TraitSelection, asked: Asked): boolean =>
  selectsTraits(selection.kind, asked.traits) &&
  selectsParties(selection, asked) &&
  wasOpenAt(selection.openAt, asked.opened, asked.ended);

/** What a scanner tried in vain is behind its scan alone. */
const excludedOf = (kind: TraitKind): number => (kind === 'scan' ? 0 : TRAIT.scanning);

const selectsTraits = (kind: TraitKind, traits: number): boolean => {
  const needed = KIND_TRAITS[kind];
  return (traits & needed) === needed && (traits & excludedOf(kind)) === 0;
};

const selectsParties = (
  { initiator, responder, port }: Selection,
  asked: Pick<Asked, 'initiator' | 'responder' | 'port'>,
): boolean =>
  (initiator === null || asked.initiator === initiator) &&
  (responder === null || (asked.responder === responder && asked.port === port));

const wasOpenAt = (openAt: number | null, opened: number | null, ended: number | null): boolean =>
  openAt === null || (opened !== null && ended !== null && opened <= openAt && ended >= openAt);

export interface Finding extends Selection, Claims {
  /** From 1, in the order of the result. */
  readonly number: number;
  /** What it is, in a sentence. */
  readonly says: string;
  /** The evidence, in a sentence or two; addresses in it are as the log has them. */
  readonly evidence: string;
  /** What to change or to look at, in the words of the AWS console; null where the audit has none. */
  readonly advice: string | null;
  /** Connections behind it, not records; one connection may be behind several findings. */
  readonly count: number;
  /** When the first and the last of them began, of what was stopped the first and the last record; Unix seconds, null without times. */
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  /** Their uids by opening, the first {@link MOST_UIDS}; of what was stopped ten. */
  readonly uids: readonly string[];
  /** What was stopped, and where; null for findings that are made of traits. */
  readonly blockage: Blockage | null;
}

/** Before all findings are put in order. */
export type Unnumbered = Omit<Finding, 'number'>;

/** Uids that a finding carries. */
export const MOST_UIDS = 1000;

/** What a rule hands back. */
export interface Found {
  readonly selection: TraitSelection;
  /** Its connections. */
  readonly lines: Line[];
  readonly evidence: string;
}

/** What a rule is given. */
export interface Case {
  readonly ledger: Ledger;
  readonly pairs: Pairs;
  readonly thresholds: AuditThresholds;
  readonly whole: Whole;
}

export type Rule = (given: Case) => Iterable<Found>;

/** The lines behind a selection, of pairs that it is about. */
export const linesOf = (
  { ledger, pairs }: Pick<Case, 'ledger' | 'pairs'>,
  among: Iterable<PairNumber>,
  { kind, openAt }: Pick<TraitSelection, 'kind' | 'openAt'>,
): Line[] => {
  const lines: Line[] = [];
  for (const pair of among) pairs.collect(pair, KIND_TRAITS[kind], excludedOf(kind), lines);
  return openAt === null
    ? lines
    : lines.filter((line) => wasOpenAt(openAt, ledger.opened(line), ledger.ended(line)));
};

/** Groups that may have so many lines of a kind. */
export function* groupsWith(
  pairs: Pairs,
  groups: PairGroups,
  kind: TraitKind,
  least: number,
): Generator<Int32Array> {
  const traits = KIND_TRAITS[kind];
  for (const group of groups.withAtLeast(least, traits)) {
    let most = 0;
    for (let i = 0; i < group.length && most < least; i++) {
      const pair = group[i] as PairNumber;
      if (pairs.mayHold(pair, traits)) most += pairs.count(pair);
    }
    if (most >= least) yield group;
  }
}

const partiesOf = (pairs: Pairs, pair: PairNumber): Pick<Asked, 'initiator' | 'responder' | 'port'> => ({
  initiator: pairs.initiator(pair),
  responder: pairs.responder(pair),
  port: pairs.port(pair),
});

/** All connections of one pair, of one kind. */
export const selectPair = (kind: TraitKind, pairs: Pairs, pair: PairNumber): TraitSelection => ({
  kind,
  ...partiesOf(pairs, pair),
  openAt: null,
});

/** All connections of one initiator, of one kind. */
export const selectInitiator = (kind: TraitKind, pairs: Pairs, group: Int32Array): TraitSelection => ({
  kind,
  initiator: pairs.initiator(group[0] as PairNumber),
  responder: null,
  port: null,
  openAt: null,
});

/** All connections to one service, of one kind. */
export const selectService = (kind: TraitKind, pairs: Pairs, group: Int32Array): TraitSelection => ({
  kind,
  ...partiesOf(pairs, group[0] as PairNumber),
  initiator: null,
  openAt: null,
});
