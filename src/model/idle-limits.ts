/**
 * How long a key may be silent before its next record starts a new connection: one line a situation, in
 * seconds, each with its source. Time is kept out of the table of states.
 */
export const IDLE_LIMITS = {
  /** An unanswered attempt: Linux gives up after 127 s (tcp_syn_retries 6), others sooner; rounded up. */
  attemptSeconds: 180,
  /**
   * An open connection of which the format shows flags: as long as security groups track it (EC2 User Guide, connection
   * tracking: 432,000 s). Linux sends its first keepalive after 7,200 s of silence, and a port is not used again without a
   * SYN, which divides. An option sets this and the next.
   */
  openSeconds: 432_000,
  /**
   * Without flags silence is the only divider: longer than the 350 s after which AWS's gateways and load balancers forget a
   * connection, so that a keepalive every few minutes holds it together; shorter than the time in which a port is used again for sure.
   */
  flaglessSeconds: 3600,
  /** A closed one keeps its stragglers: 2 × MSL of 60 s, as Linux and most others time TIME-WAIT (RFC 9293 §3.4.2). */
  lingerSeconds: 120,
  /**
   * What looks closed within one interval that has room for two connections may be the first of them: the second goes on in the
   * next interval. Intervals last 600 s at most ("Flow log records", maximum aggregation interval), and from a packet at the
   * beginning of one to a packet at the end of the next are two of them.
   */
  wholeSeconds: 1200,
  /** Other protocols: security groups forget a UDP stream after 180 s (EC2 User Guide, connection tracking). */
  exchangeSeconds: 180,
} as const;

/** A silence that ends nothing, whatever state a connection is in: an option cannot make it shorter. */
export const SHORTEST_LIMIT_SECONDS = Math.min(...Object.values(IDLE_LIMITS));

/** The limits by the number that the rules have for the silence that each ends (SILENT_OPEN in rules/layout.ts). */
export const SILENCES = [
  'exchangeSeconds',
  'attemptSeconds',
  'lingerSeconds',
  'wholeSeconds',
  'flaglessSeconds',
  'openSeconds',
] as const satisfies readonly (keyof typeof IDLE_LIMITS)[];

/** What a run may be set to. */
export interface IdleOption {
  /** Seconds that an open connection may be silent, with flags or without. */
  readonly idleSeconds?: number | undefined;
}

/** The limits of a run. */
export const limitsFor = ({
  idleSeconds,
}: IdleOption): { readonly [Name in keyof typeof IDLE_LIMITS]: number } =>
  idleSeconds === undefined
    ? IDLE_LIMITS
    : { ...IDLE_LIMITS, openSeconds: idleSeconds, flaglessSeconds: idleSeconds };

/** AWS may stamp a packet this much later than it was on the wire ("Flow log records", start and end). */
export const SLACK_SECONDS = 60;
