/** What two port numbers say about who opened: the weakest clue. An FTP server opens its data connections from 20. */
import type { End } from './ends.ts';
import { PORT_ODDS, type PortRank, SERVICE_PORTS } from './weights.ts';

/** Linux takes ephemeral ports from 32768 on, Windows and IANA from 49152. */
const rankOf = (port: number): PortRank => {
  if (port < 1024) return 'wellKnown';
  if (SERVICE_PORTS.has(port)) return 'service';
  return port < 32768 ? 'registered' : 'ephemeral';
};

/** Well-known, or a known service. */
export const isServicePort = (port: number): boolean => ['wellKnown', 'service'].includes(rankOf(port));

/** RFC 959 §3.2. */
const FTP_DATA = 20;

const isFtpData = (service: number, client: number): boolean =>
  service === FTP_DATA && rankOf(client) !== 'wellKnown';

/** The end with the less known port opened, with the odds of both ranks; undefined for equal ranks. */
export const portClue = (low: number, high: number): { opener: End; odds: number } | undefined => {
  const lowServes = PORT_ODDS[rankOf(low)][rankOf(high)];
  if (lowServes !== undefined) return { opener: isFtpData(low, high) ? 'low' : 'high', odds: lowServes };
  const highServes = PORT_ODDS[rankOf(high)][rankOf(low)];
  if (highServes !== undefined) return { opener: isFtpData(high, low) ? 'high' : 'low', odds: highServes };
  return undefined;
};
