/**
 * How long a connection was certainly silent at a stretch. A connection has no list of its intervals, but
 * their number and its span bound the longest silence from below: what the intervals cannot cover lies
 * between them, and the longest of the gaps is at least as long as their mean.
 */
import type { Outline } from '../model/outline.ts';
import { SLACK_SECONDS } from './aws-limits.ts';

/** Seconds that it was silent for at least, once; 0 where nothing is proven. */
export const longestSilence = (
  { firstSeen, lastSeen, windows }: Pick<Outline, 'firstSeen' | 'lastSeen' | 'windows'>,
  intervalSeconds: number,
): number => {
  if (firstSeen === null || lastSeen === null || windows < 2) return 0;
  const uncovered = lastSeen - firstSeen - windows * intervalSeconds;
  // The packet after the gap may have been on the wire up to the slack before its stamp.
  return Math.max(0, uncovered / (windows - 1) - SLACK_SECONDS);
};

export const isSilentEnd = (
  spanned: Pick<Outline, 'firstSeen' | 'lastSeen' | 'windows'>,
  intervalSeconds: number,
  silenceSeconds: number,
): boolean => longestSilence(spanned, intervalSeconds) >= silenceSeconds;
