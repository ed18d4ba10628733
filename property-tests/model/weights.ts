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
import { PORT_ODDS as ODDS_BY_RANK, rankOf } from '../../src/meaning/ports.ts';

export { CONFIDENCE_STEPS, MANY_PEERS, ODDS as CLUE_ODDS, PORTS_AGREE } from '../../src/meaning/initiator.ts';
/** Which kind each port is: a table of its own, which registries and custom settle. */
export const rankOfPort = (port: number): PortRank => RANKS[rankOf(port)] as PortRank;

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

const RANKS = [
  'wellKnown',
  'reservedService',
  'service',
  'registered',
  'unassigned',
  'aboveLinux',
  'reserved',
  'ephemeral',
] as const;
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
