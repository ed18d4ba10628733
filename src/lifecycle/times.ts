/**
 * When it opened, when it closed and how long it lasted, as bounds that hold whatever AWS's clock did: a
 * packet stamped t was on the wire in t-60 … t ("Flow log records", start and end). Times that the records
 * do not carry are null, and so is an upper bound that they cannot give.
 */
import { isClosing, isOpening } from '../correlate/draft.ts';
import type { KeyRecord } from '../correlate/key-records.ts';
import { SLACK_SECONDS } from '../tcp/idle-limits.ts';

export interface Times {
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  /** The first SYN or SYN-ACK lies in openedAt-60 … openedBy. */
  readonly openedAt: number | null;
  readonly openedBy: number | null;
  /** The last FIN or RST lies in closedAfter-60 … closedAt. */
  readonly closedAfter: number | null;
  readonly closedAt: number | null;
  readonly durationMin: number | null;
  readonly durationMax: number | null;
}

const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
const most = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

/** From the opening to the close; null when one is not in the log, or the close is logged before the opening. */
const longestDuration = (openedAt: number | null, closedAt: number | null): number | null => {
  if (openedAt === null || closedAt === null) return null;
  const longest = closedAt - openedAt + SLACK_SECONDS;
  return longest < 0 ? null : longest;
};

/**
 * @param isBounded the log shows the opening and the end and no SKIPDATA between: only then is there a longest duration
 */
export const timesOf = (records: readonly KeyRecord[], isTcp: boolean, isBounded: boolean): Times => {
  let firstSeen: number | null = null;
  let firstEnd: number | null = null;
  let lastStart: number | null = null;
  let lastSeen: number | null = null;
  let openedAt: number | null = null;
  let openedBy: number | null = null;
  let closedAfter: number | null = null;
  let closedAt: number | null = null;
  for (const record of records) {
    firstSeen = least(firstSeen, record.start);
    firstEnd = least(firstEnd, record.end);
    lastStart = most(lastStart, record.start);
    lastSeen = most(lastSeen, record.end);
    if (isTcp && isOpening(record)) {
      openedAt = least(openedAt, record.start);
      openedBy = least(openedBy, record.end);
    }
    if (isTcp && isClosing(record)) {
      closedAfter = most(closedAfter, record.start);
      closedAt = most(closedAt, record.end);
    }
  }
  const earliest = openedBy ?? firstEnd;
  const latest = closedAfter ?? lastStart;
  return {
    firstSeen,
    lastSeen,
    openedAt,
    openedBy,
    closedAfter,
    closedAt,
    durationMin: earliest === null || latest === null ? null : Math.max(0, latest - SLACK_SECONDS - earliest),
    durationMax: isBounded ? longestDuration(openedAt, closedAt) : null,
  };
};
