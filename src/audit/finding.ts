/** What a rule of the audit finds: what it is, who takes part, on what evidence, and which connections are behind it. */
import type { PairGroup } from './group.ts';
import type { Ledger, Line, Pair } from './ledger.ts';
import type { AuditThresholds } from './thresholds.ts';
import { TRAIT, type Whole } from './traits.ts';

export const FINDING_KINDS = {
  scan: 'one initiator tried many targets in vain',
  'retry-storm': 'the same attempt again and again, without success',
  refused: 'a service that refused every attempt and answered none',
  'half-open': 'attempts that were answered and never completed',
  'early-reset': 'connections that were reset soon after opening',
  'silent-end': 'connections that died after a silence: these clients need keepalive',
  beacon: 'connections opened at regular distances',
  'port-exhaustion': 'ports towards one destination are running out',
} as const;
export type FindingKind = keyof typeof FINDING_KINDS;

/** What all connections behind a finding of a kind have in common. */
export const KIND_TRAITS: Readonly<Record<FindingKind, number>> = {
  scan: TRAIT.counts | TRAIT.unanswered,
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

/** A connection, as far as a selection asks about it. */
export interface Asked extends Pick<Pair, 'initiator' | 'responder' | 'port'> {
  readonly traits: number;
  readonly opened: number | null;
  readonly ended: number | null;
}

/** Whether a connection is behind a finding; the one place that decides it, for counting and for showing. */
export const selects = (selection: Selection, asked: Asked): boolean => {
  const { kind, initiator, responder, port, openAt } = selection;
  const needed = KIND_TRAITS[kind];
  if ((asked.traits & needed) !== needed) return false;
  if (kind !== 'scan' && (asked.traits & TRAIT.scanning) !== 0) return false;
  if (initiator !== null && asked.initiator !== initiator) return false;
  if (responder !== null && (asked.responder !== responder || asked.port !== port)) return false;
  if (openAt === null) return true;
  return asked.opened !== null && asked.ended !== null && asked.opened <= openAt && asked.ended >= openAt;
};

export interface Finding extends Selection {
  /** From 1, in the order of the result. */
  readonly number: number;
  /** What it is, in a sentence. */
  readonly says: string;
  /** The evidence, in a sentence or two; addresses in it are as the log has them. */
  readonly evidence: string;
  /** Connections behind it, opened and not records; one connection may be behind several findings. */
  readonly count: number;
  /** When they were opened, Unix seconds; null without times. */
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  /** Their uids by opening, the first {@link MOST_UIDS}. */
  readonly uids: readonly string[];
}

/** Uids that a finding carries. */
export const MOST_UIDS = 1000;

/** What a rule hands back. */
export interface Found {
  readonly selection: Selection;
  /** Where its connections are: what else there is does not match the selection. */
  readonly pairs: readonly Pair[];
  readonly evidence: string;
}

/** What a rule is given. */
export interface Case {
  readonly ledger: Ledger;
  readonly pairs: readonly Pair[];
  readonly byInitiator: readonly PairGroup[];
  readonly byService: readonly PairGroup[];
  readonly thresholds: AuditThresholds;
  readonly whole: Whole;
}

export type Rule = (given: Case) => Iterable<Found>;

/** Whether some of its connections have these traits: false is certain, and quick. */
export const mayHold = ({ anyTraits }: Pair, traits: number): boolean => (anyTraits & traits) === traits;

/** Whether one of its connections has all these traits. */
export const holds = (ledger: Ledger, pair: Pair, traits: number): boolean => {
  if (!mayHold(pair, traits)) return false;
  for (const line of pair.lines) if ((ledger.traits(line) & traits) === traits) return true;
  return false;
};

/** The lines behind a selection, of these pairs. */
export const linesOf = (ledger: Ledger, pairs: Iterable<Pair>, selection: Selection): Line[] => {
  const lines: Line[] = [];
  const needed = KIND_TRAITS[selection.kind];
  for (const pair of pairs) {
    if (!mayHold(pair, needed)) continue;
    const { initiator, responder, port } = pair;
    for (const line of pair.lines) {
      if ((ledger.traits(line) & needed) !== needed) continue;
      const asked = {
        initiator,
        responder,
        port,
        traits: ledger.traits(line),
        opened: ledger.opened(line),
        ended: ledger.ended(line),
      };
      if (selects(selection, asked)) lines.push(line);
    }
  }
  return lines;
};

/** All connections of one pair, of one kind. */
export const selectPair = (kind: FindingKind, { initiator, responder, port }: Pair): Selection => ({
  kind,
  initiator,
  responder,
  port,
  openAt: null,
});

/** All connections of one initiator, of one kind. */
export const selectInitiator = (kind: FindingKind, { initiator }: Pair): Selection => ({
  kind,
  initiator,
  responder: null,
  port: null,
  openAt: null,
});

/** All connections to one service, of one kind. */
export const selectService = (kind: FindingKind, { responder, port }: Pair): Selection => ({
  kind,
  initiator: null,
  responder,
  port,
  openAt: null,
});
