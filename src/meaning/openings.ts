/** What the flags of one interval say about where a connection begins. */
import { hasPlainSyn, hasRst, hasSynAck } from '../model/tcp-flags.ts';

/** Openings come first among records of equal times. */
export const openingRank = (flags: number | null): number => {
  if (flags === null) return 2;
  if (hasPlainSyn(flags)) return 0;
  return hasSynAck(flags) ? 1 : 2;
};

/** Two whole connections need at least twice the packets of one: SYN, ACK, FIN; SYN-ACK, FIN; with RST fewer. */
const FEWEST_OF_TWO = { opener: { fin: 6, rst: 4 }, answerer: { fin: 4, rst: 2 } } as const;

/** Whether one interval with an opening and a close holds packets enough for two connections. */
export const mayHoldTwo = (flags: number, packets: number | null): boolean => {
  const least = FEWEST_OF_TWO[hasSynAck(flags) ? 'answerer' : 'opener'][hasRst(flags) ? 'rst' : 'fin'];
  return packets === null || packets >= least;
};
