/** What is counted under one condition, and how two counts become one. Nothing here knows how to count. */
import type { InitiatorBasis } from '../../src/model/connection.ts';
import type { Kind } from '../network/kinds.ts';

/** Right, wrong, or nobody was named. */
export interface Naming {
  right: number;
  wrong: number;
  unknown: number;
}

/** Connections reported with a confidence from `from` up to the next band. */
export interface Band {
  readonly from: number;
  cases: number;
  right: number;
  /** Sum of the reported confidences. */
  reported: number;
}

/** Lower ends of the calibration bands. */
export const BAND_STARTS = [0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.995, 1] as const;

export interface Scores {
  /** Rebuilt TCP connections by the basis that named their opener. */
  readonly bases: Map<InitiatorBasis, Naming>;
  /** Rebuilt TCP connections without observed evidence: by kind of traffic, what inference and the port rule made of them. */
  readonly inferred: Map<Kind, Naming>;
  readonly byPort: Map<Kind, Naming>;
  /** The same for exchanges of other protocols. */
  readonly exchanges: Map<Kind, Naming>;
  readonly bands: Band[];
  /** The same by kind of traffic. */
  readonly bandsByKind: Map<Kind, Band[]>;
  /** True TCP connections of which at least one record was written. */
  visible: number;
  /** Of these, those that cannot be told from a neighbour on the same ports, or share its record. */
  entangled: number;
  whole: number;
  split: number;
  merged: number;
  /** As many as there were, but with each other's records. */
  confused: number;
  /** Rebuilt whole, and a state can be demanded. */
  states: number;
  statesWrong: number;
  /** Bounds that could be checked against the truth, and those that do not hold it. */
  bounds: number;
  boundsWrong: number;
  /** With flags: rebuilt whole, so they hide nothing, and those of them that bear the reuse sign. */
  ordinary: number;
  ordinarySigned: number;
  /** With flags: several true connections in one record, those that are signed; and the same of those that leave evidence. */
  hidden: number;
  hiddenSigned: number;
  evident: number;
  evidentSigned: number;
  /** A few of each kind of mistake, for whoever looks for the cause. */
  readonly examples: Map<string, string[]>;
}

/** Every band, without a case. */
export const noBands = (): Band[] => BAND_STARTS.map((from) => ({ from, cases: 0, right: 0, reported: 0 }));

/** Counts an opener that was named with a confidence; below the lowest band nobody is named. */
export const countInBands = (bands: readonly Band[], confidence: number, isRight: boolean): void => {
  const band = bands.findLast(({ from }) => confidence >= from);
  if (band === undefined) return;
  band.cases += 1;
  band.right += isRight ? 1 : 0;
  band.reported += confidence;
};

/** The same for all traffic and for the kind it is of. */
export const countClaim = (scores: Scores, kind: Kind, confidence: number, isRight: boolean): void => {
  const ofKind = scores.bandsByKind.get(kind) ?? noBands();
  scores.bandsByKind.set(kind, ofKind);
  for (const bands of [scores.bands, ofKind]) countInBands(bands, confidence, isRight);
};

/** Bands of the same starts together. */
export const sumBands = (all: readonly (readonly Band[])[]): Band[] => {
  const total = noBands();
  for (const bands of all) addBands(total, bands);
  return total;
};

const addBands = (to: readonly Band[], from: readonly Band[]): void => {
  for (const [i, band] of to.entries()) {
    band.cases += from[i]?.cases ?? 0;
    band.right += from[i]?.right ?? 0;
    band.reported += from[i]?.reported ?? 0;
  }
};

export const noScores = (): Scores => ({
  bases: new Map(),
  inferred: new Map(),
  byPort: new Map(),
  exchanges: new Map(),
  bands: noBands(),
  bandsByKind: new Map(),
  visible: 0,
  entangled: 0,
  whole: 0,
  split: 0,
  merged: 0,
  confused: 0,
  states: 0,
  statesWrong: 0,
  bounds: 0,
  boundsWrong: 0,
  ordinary: 0,
  ordinarySigned: 0,
  hidden: 0,
  hiddenSigned: 0,
  evident: 0,
  evidentSigned: 0,
  examples: new Map(),
});

/** The entry of a name, made when it is missing. */
export const namingOf = <K>(map: Map<K, Naming>, name: K): Naming => {
  const known = map.get(name);
  if (known !== undefined) return known;
  const fresh: Naming = { right: 0, wrong: 0, unknown: 0 };
  map.set(name, fresh);
  return fresh;
};

/** Adds the counts of one map to another's. */
export const addNamings = <K>(to: Map<K, Naming>, from: ReadonlyMap<K, Naming>): void => {
  for (const [name, { right, wrong, unknown }] of from) {
    const naming = namingOf(to, name);
    naming.right += right;
    naming.wrong += wrong;
    naming.unknown += unknown;
  }
};

const COUNTS = [
  'visible',
  'entangled',
  'whole',
  'split',
  'merged',
  'confused',
  'states',
  'statesWrong',
  'bounds',
  'boundsWrong',
  'ordinary',
  'ordinarySigned',
  'hidden',
  'hiddenSigned',
  'evident',
  'evidentSigned',
] as const;

/** All scores together. */
export const sumScores = (all: readonly Scores[]): Scores => {
  const total = noScores();
  for (const scores of all) {
    addNamings(total.bases, scores.bases);
    addNamings(total.inferred, scores.inferred);
    addNamings(total.byPort, scores.byPort);
    addNamings(total.exchanges, scores.exchanges);
    addBands(total.bands, scores.bands);
    for (const [kind, bands] of scores.bandsByKind)
      total.bandsByKind.set(kind, sumBands([bands, total.bandsByKind.get(kind) ?? []]));
    for (const name of COUNTS) total[name] += scores[name];
  }
  return total;
};

/** All kinds or bases of a map together. */
export const sumNamings = (namings: Iterable<Naming>): Naming => {
  const total: Naming = { right: 0, wrong: 0, unknown: 0 };
  for (const { right, wrong, unknown } of namings) {
    total.right += right;
    total.wrong += wrong;
    total.unknown += unknown;
  }
  return total;
};
