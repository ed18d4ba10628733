/**
 * How far the times of records move the watermark. One record may be wrong, by a damaged digit even by a century, and
 * whatever it moved could not be moved back: so a single record moves the newest time by a bounded step only, and a jump
 * beyond that is believed when three records in a row show it.
 */

/** What a time beyond the step is kept by until others show it: the record, so that one that comes twice counts once. */
export interface Claim {
  readonly time: number;
  readonly line: string;
}

export interface Clock {
  /** The newest time that is believed, in Unix seconds; null before two records with times. */
  readonly newest: number | null;
  /** Times beyond it that are not believed yet, the earliest first: of the last records, two at most. */
  readonly claims: readonly Claim[];
}

/**
 * What one record may move the newest time by, in Unix seconds, where less lateness is allowed. An honest stream steps
 * so far: an interval of ten minutes and AWS's delivery, which takes five ("Flow log records", aggregation interval).
 */
export const LEAST_STEP_SECONDS = 900;

/** Different records in a row that must lie beyond the step before it is believed that time has come so far. */
const JUMP_RECORDS = 3;
/** In the beginning there is nothing to be far from: the earlier of two is believed. */
const FIRST_RECORDS = 2;

/**
 * The step for an allowed lateness. A wrong record within it brings the watermark to the newest time before at most, so
 * that no record of the present is late for it.
 */
export const stepFor = (latenessSeconds: number): number => Math.max(latenessSeconds, LEAST_STEP_SECONDS);

/** The time that a record shows: the later of its two. Null when it has none. */
export const timeOf = ({ start, end }: { start: number | null; end: number | null }): number | null =>
  start === null && end === null ? null : Math.max(start ?? 0, end ?? 0);

/** The clock after a record of a time. @param lineOf the record's line, asked for only where it is kept */
export const advance = (clock: Clock, time: number, stepSeconds: number, lineOf: () => string): Clock => {
  const { newest } = clock;
  if (newest !== null && time <= newest + stepSeconds) {
    return clock.claims.length === 0 && time <= newest
      ? clock
      : { newest: Math.max(newest, time), claims: [] };
  }
  const line = lineOf();
  if (clock.claims.some((claim) => claim.line === line)) return clock;
  const claims = [...clock.claims, { time, line }].sort((a, b) => a.time - b.time);
  if (claims.length < (newest === null ? FIRST_RECORDS : JUMP_RECORDS)) return { newest, claims };
  return settle(claims, stepSeconds);
};

/** Believes the earliest, and whatever follows it by steps. */
const settle = (claims: readonly Claim[], stepSeconds: number): Clock => {
  let newest = (claims[0] as Claim).time;
  const left = claims.filter(({ time }) => {
    if (time > newest + stepSeconds) return true;
    newest = time;
    return false;
  });
  return { newest, claims: left };
};
