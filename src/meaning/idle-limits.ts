/**
 * How long a key may be silent before its next record starts a new connection: one line a situation, in
 * seconds, each with its source. Time is kept out of the table of states.
 */
export const IDLE_LIMITS = {
  /** An unanswered attempt: Linux gives up after 127 s (tcp_syn_retries 6), others sooner; rounded up. */
  attemptSeconds: 180,
  /**
   * An open connection: longer than the 350 s after which AWS's gateways and load balancers forget it, so
   * that a keepalive every few minutes holds it together; shorter than the 5 days for which security groups
   * track it, in which a port is reused for sure. An option.
   */
  openSeconds: 3600,
  /** A closed one keeps its stragglers: 2 × MSL of 60 s, as Linux and most others time TIME-WAIT (RFC 9293 §3.4.2). */
  lingerSeconds: 120,
  /**
   * What looks closed within one interval that has room for two connections may be the first of them: the second goes on in the
   * next interval, and intervals last 600 s at most ("Flow log records", maximum aggregation interval).
   */
  reuseSeconds: 600,
  /** Other protocols: security groups forget a UDP stream after 180 s (EC2 User Guide, connection tracking). */
  exchangeSeconds: 180,
} as const;

/** A silence that ends nothing, whatever state a connection is in: an option cannot make it shorter. */
export const SHORTEST_LIMIT_SECONDS = Math.min(...Object.values(IDLE_LIMITS));

/** AWS may stamp a packet this much later than it was on the wire ("Flow log records", start and end). */
export const SLACK_SECONDS = 60;
