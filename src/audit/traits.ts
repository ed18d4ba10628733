/**
 * What the audit keeps of a connection: a few yes-or-no answers, packed as bits. They are asked of the
 * connection alone here; what only the whole input tells (who scans, how long an interval is) is laid on in
 * the end by {@link settle}. Both passes over an input, counting and `--finding`, ask the same questions.
 */
import { INITIATOR_BASES } from '../model/connection.ts';
import { isNothingButLate } from '../model/late-packets.ts';
import type { Outline } from '../model/outline.ts';
import { liesInOneInterval, lifetimeOf } from './lifetime.ts';
import { isProbe } from './probe.ts';
import { isSilentEnd } from './silence.ts';
import type { AuditThresholds } from './thresholds.ts';

export const TRAIT = {
  /**
   * It may speak against its initiator: that is observed, or inferred and sure enough, no records are missing, and there is
   * more of it than late packets.
   */
  counts: 1,
  /** No success: silence, a refusal, a rejection, or given up. */
  unanswered: 2,
  /** Of those: answered by RST. */
  refused: 4,
  /** Of those: its request was rejected by a security group or network ACL. */
  blocked: 8,
  /** The other side took it. */
  answered: 16,
  /** Answered, and not completed by the initiator. */
  halfOpen: 32,
  /** Short-lived and reset. */
  earlyReset: 64,
  /** A side ended it or a filter cut it off, as it happens after a silence. */
  cutOff: 128,
  /** The initiator sent the last FIN or RST. */
  closedByInitiator: 256,
  /** When it opened is known: its opening is in the log, or nothing of it is in another interval. */
  dated: 512,
  /** Certainly short-lived. */
  short: 1024,
  /** A scanner's attempt in vain: behind the scan, and behind nothing else. */
  scanning: 2048,
  /** Proven to have been silent for as long as AWS forgets connections after. */
  silent: 4096,
  /** No flags tell, and it was seen in one interval only: neither short nor long for certain. */
  oneInterval: 8192,
  /** Of those: no more than an attempt and its answer are. */
  probe: 16_384,
  /** In vain, or such a probe: what a scan is made of. */
  tried: 32_768,
  /** Dated by its interval alone: no flags tell. */
  vague: 65_536,
  /** Who opened such connections is ranked: short-lived, or seen in one interval only, and not just anybody's guess. */
  ranked: 131_072,
} as const;

/** SYN and RST, of the flags that AWS logs (tcp-flags: FIN 1, SYN 2, RST 4). */
const SYN_RST = 6;
/** SYN and its answer, SYN-ACK. */
const SYN_BIT = 2;

/** The answer to it was stopped: that is a finding of its own, and speaks against neither end. */
const isReplyRejected = ({ verdict }: Outline): boolean => verdict === 'reply-rejected';

const isBlocked = (connection: Outline): boolean =>
  connection.state === 'blocked' && !isReplyRejected(connection);

const isUnanswered = (connection: Outline): boolean => {
  const { state, verdict } = connection;
  if (state === 'attempted' || state === 'refused' || state === 'abandoned') return true;
  if (verdict === 'unanswered') return true;
  return isBlocked(connection);
};

const isAnswered = (connection: Outline): boolean => {
  const { state, oneSided } = connection;
  // Its replies were stopped, or nothing but late packets is there.
  if (state === null || state === 'blocked' || isNothingButLate(connection)) return false;
  return state === 'midstream' || state === 'flagless' ? !oneSided : true;
};

/** SYN, SYN-ACK, and from the initiator nothing more, or only the RST of a scanner's own system. */
const isHalfOpen = ({ state, initiator, responder }: Outline): boolean => {
  if (state !== 'established' && state !== 'reset') return false;
  const { packets, flags } = initiator;
  if (packets === null || flags === null || ((responder.flags ?? 0) & SYN_BIT) === 0) return false;
  return (packets <= 1 && flags === SYN_BIT) || (packets <= 2 && (flags & 7) === SYN_RST);
};

/** Below: ports that only services bind. What was rejected on its way from there may be an answer that came late. */
const FIRST_FREE_PORT = 1024;

const countsAgainst = (connection: Outline, { confidence }: AuditThresholds): boolean => {
  const { initiator, initiatorBasis, initiatorConfidence, hasGap } = connection;
  if (hasGap || isNothingButLate(connection)) return false;
  const { kind } = INITIATOR_BASES[initiatorBasis];
  if (kind === 'observed') return initiatorBasis !== 'simultaneous';
  return (
    kind === 'inferred' &&
    initiatorConfidence >= confidence &&
    !(initiator.port !== null && initiator.port < FIRST_FREE_PORT)
  );
};

const isCutOff = ({ state, verdict }: Outline): boolean =>
  state === 'reset' ||
  verdict === 'cut-off' ||
  (verdict === 'mixed' && (state === 'established' || state === 'half-closed' || state === 'midstream'));

/** Certainly short-lived: the most that it can have lasted is short. */
export const isShort = ({ durationMax }: Outline, { shortSeconds }: AuditThresholds): boolean =>
  durationMax !== null && durationMax <= shortSeconds;

/** What the format without flags leaves of a connection. */
const traitsWithoutFlags = (connection: Outline, { shortSeconds }: AuditThresholds): number => {
  const { initiator, responder, initiatorBasis, verdict, state } = connection;
  if (initiator.flags !== null || responder.flags !== null || !liesInOneInterval(connection)) return 0;
  if (state === 'blocked' || verdict === 'unanswered') return TRAIT.dated | TRAIT.vague;
  if (lifetimeOf(connection, shortSeconds) !== 'oneInterval') return 0;
  let traits: number = TRAIT.oneInterval | TRAIT.dated | TRAIT.vague;
  if (INITIATOR_BASES[initiatorBasis].kind !== 'unknown') traits |= TRAIT.ranked;
  if (isProbe(connection)) traits |= TRAIT.probe | TRAIT.tried;
  return traits;
};

/** The traits that a TCP connection has by itself. */
export const traitsOf = (connection: Outline, thresholds: AuditThresholds): number => {
  const { state } = connection;
  const short = isShort(connection, thresholds);
  let traits = state === 'flagless' || state === 'blocked' ? traitsWithoutFlags(connection, thresholds) : 0;
  if (countsAgainst(connection, thresholds)) traits |= TRAIT.counts;
  if (isUnanswered(connection)) traits |= TRAIT.unanswered | TRAIT.tried;
  else if ((traits & TRAIT.probe) === 0 && isAnswered(connection)) traits |= TRAIT.answered;
  if (state === 'refused') traits |= TRAIT.refused;
  if (isBlocked(connection)) traits |= TRAIT.blocked;
  const halfOpen = isHalfOpen(connection);
  if (halfOpen) traits |= TRAIT.halfOpen;
  if (state === 'reset' && short && !halfOpen) traits |= TRAIT.earlyReset;
  if (isCutOff(connection) && !halfOpen) traits |= TRAIT.cutOff;
  if (connection.closedBy === 'initiator') traits |= TRAIT.closedByInitiator;
  if (connection.openedAt !== null) traits |= TRAIT.dated;
  if (short) traits |= TRAIT.short | TRAIT.ranked;
  return traits;
};

/** What only the whole input tells. */
export interface Whole {
  readonly thresholds: AuditThresholds;
  /** The aggregation interval, in seconds. */
  readonly intervalSeconds: number;
  /** False where the input holds one direction only: then nothing in it proves that an answer was missing. */
  readonly answersAreLogged: boolean;
}

/** The span and the windows of a connection. */
export type Spanned = Pick<Outline, 'firstSeen' | 'lastSeen' | 'windows'>;

/**
 * The traits with what the whole input tells laid on.
 * @param spanned needed only of what was cut off
 */
export const settle = (traits: number, spanned: Spanned | null, whole: Whole): number => {
  let settled = traits;
  const proven = TRAIT.refused | TRAIT.blocked;
  if (!whole.answersAreLogged && (settled & proven) === 0)
    settled &= ~(TRAIT.unanswered | TRAIT.probe | TRAIT.tried);
  if (
    (settled & TRAIT.cutOff) !== 0 &&
    spanned !== null &&
    isSilentEnd(spanned, whole.intervalSeconds, whole.thresholds.silenceSeconds)
  ) {
    settled |= TRAIT.silent;
  }
  return settled;
};

/** Whether {@link settle} changes nothing of most: what the whole input tells concerns silence and what was cut off. */
export const staysAsItIs = (traits: number, { answersAreLogged }: Whole): boolean =>
  answersAreLogged && (traits & TRAIT.cutOff) === 0;

/** The traits of a scanner's connection: whatever it tried in vain, or may have, belongs to the scan. */
export const markScanning = (traits: number): number =>
  (traits & TRAIT.tried) === 0 ? traits : traits | TRAIT.scanning;
