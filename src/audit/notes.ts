/** What the connections of an audit cannot tell, in sentences. */
import { INTERVALS, SLACK_SECONDS } from './aws-limits.ts';
import type { LifetimeCounts } from './lifetime.ts';
import { spellCount } from './spell.ts';
import type { AuditThresholds } from './thresholds.ts';

interface Noted {
  readonly thresholds: AuditThresholds;
  readonly lifetimes: LifetimeCounts;
  readonly intervalSeconds: number;
  readonly answersAreLogged: boolean;
}

export const noteLimits = ({
  thresholds: { shortSeconds },
  lifetimes,
  intervalSeconds,
  answersAreLogged,
}: Noted): string[] => {
  const notes: string[] = [];
  const sum = Object.values(lifetimes).reduce((total, count) => total + count, 0);
  if (!answersAreLogged && sum > 0) {
    notes.push(
      'Nothing was seen in both directions and nothing was rejected: this looks like one half of a log, so that an answer that is missing is no evidence here.',
    );
  }
  const { undecided } = lifetimes;
  const flagless = lifetimes.flagless + lifetimes.oneInterval;
  if (undecided > 0) {
    const wider = intervalSeconds + SLACK_SECONDS;
    const advice =
      intervalSeconds === INTERVALS.long && shortSeconds < wider
        ? ` The log has intervals of ${INTERVALS.long} s: nothing within one is known to be shorter than ${wider} s.`
        : '';
    notes.push(
      `${spellCount(undecided, 'connection')} may have been shorter or longer than ${shortSeconds} s: their intervals do not tell.${advice}`,
    );
  }
  if (flagless > 0) {
    notes.push(
      `${spellCount(flagless, 'connection')} without tcp-flags: neither opening nor end is in the log. Add tcp-flags to the flow log format.`,
    );
  }
  return notes;
};
