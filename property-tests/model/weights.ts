/**
 * The numbers of inference, which calibration sets and the model does not: read from the engine, so that a new
 * calibration is no disagreement. How they are used is written anew, in clues.ts, ports.ts and initiator.ts.
 */
import {
  LEAST_CONFIDENCE,
  MOST_CONFIDENCE,
  MOST_OF_STOPPED,
  CONFIDENCE as OBSERVED_CONFIDENCE,
} from '../../src/meaning/initiator.ts';
import { PORT_ODDS as ODDS_BY_RANK } from '../../src/meaning/ports.ts';

export { MANY_PEERS, ODDS as CLUE_ODDS } from '../../src/meaning/initiator.ts';
export { KNOWN_SERVICES as SERVICE_PORTS } from '../../src/meaning/ports.ts';

/** Others that an end talks with are counted to these. */
export const MOST_PEERS = 1000;

export const CONFIDENCE = {
  handshake: OBSERVED_CONFIDENCE.handshake,
  otherObserved: OBSERVED_CONFIDENCE.one,
  rejectedAnswer: OBSERVED_CONFIDENCE.rejectedAnswer,
  stoppedAlone: MOST_OF_STOPPED,
  unknown: OBSERVED_CONFIDENCE.coin,
  least: LEAST_CONFIDENCE,
  most: MOST_CONFIDENCE,
} as const;

const RANKS = ['wellKnown', 'service', 'registered', 'ephemeral'] as const;
export type PortRank = (typeof RANKS)[number];

/** Log odds that the end of the later rank opened. */
export const PORT_ODDS: Readonly<Record<PortRank, Readonly<Partial<Record<PortRank, number>>>>> =
  Object.fromEntries(
    RANKS.map((rank, i) => [
      rank,
      Object.fromEntries(
        RANKS.map((other, j) => [other, ODDS_BY_RANK[i]?.[j] ?? 0] as const).filter(([, odds]) => odds !== 0),
      ),
    ]),
  ) as Record<PortRank, Partial<Record<PortRank, number>>>;
