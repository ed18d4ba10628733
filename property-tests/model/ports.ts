/** What two port numbers say about who opened: the weakest clue. An FTP server opens its data connections from 20. */
import type { End } from './ends.ts';
import { CLUE_ODDS, PORT_ODDS, rankOfPort } from './weights.ts';

/** Well-known, or a known service. */
export const isServicePort = (port: number): boolean =>
  ['wellKnown', 'reservedService', 'service'].includes(rankOfPort(port));

/** RFC 959 §3.2. */
export const FTP_DATA = 20;

/**
 * The end with the less known port opened, with the odds of both ranks; undefined where they say nothing.
 * @param isTalk more than a probe was seen: then port 20 is that of an FTP server, which opened
 */
export const portClue = (
  low: number,
  high: number,
  isTalk: boolean,
): { opener: End; odds: number } | undefined => {
  if ((low === FTP_DATA) !== (high === FTP_DATA) && isTalk) {
    const clue = portClue(low, high, false);
    const server: End = low === FTP_DATA ? 'low' : 'high';
    return clue === undefined || clue.opener === server ? clue : { opener: server, odds: CLUE_ODDS.ftpData };
  }
  const lowServes = PORT_ODDS[rankOfPort(low)][rankOfPort(high)];
  if (lowServes !== undefined) return { opener: 'high', odds: lowServes };
  const highServes = PORT_ODDS[rankOfPort(high)][rankOfPort(low)];
  return highServes === undefined ? undefined : { opener: 'low', odds: highServes };
};
