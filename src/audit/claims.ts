/** How sure it is who opened some connections: how many initiators were inferred, and how much is claimed of those. */
import { mean } from 'd3-array';
import type { Ledger } from './ledger.ts';
import type { Line } from './pairs.ts';
import { spellNumber } from './spell.ts';

/** Thousandths: finer than it is known. */
const PARTS = 1000;

export interface Claims {
  /** Connections whose initiator is inferred. */
  readonly inferred: number;
  /** The average of what is claimed of those, 0.6 to 0.99; null where none is, or it is not known. */
  readonly confidence: number | null;
}

export const claimsOf = (ledger: Ledger, lines: Iterable<Line>): Claims => {
  const claimed = Array.from(lines, (line) => ledger.claimed(line)).filter((claim) => claim !== null);
  const average = mean(claimed);
  const confidence = average === undefined ? null : Math.round(average * PARTS) / PARTS;
  return { inferred: claimed.length, confidence };
};

/** Hundredths, never more than is claimed. */
export const spellConfidence = (confidence: number): string =>
  (Math.floor(Math.round(confidence * PARTS) / 10) / 100).toFixed(2);

/**
 * That it is inferred who opened some of so many, in a sentence; empty where none is.
 * @example sayClaims({ inferred: 3, confidence: 0.982 }, 3) // 'Who opened is inferred, claimed at 0.98 on average.'
 */
export const sayClaims = ({ inferred, confidence }: Claims, count: number): string => {
  if (inferred === 0 || confidence === null) return '';
  const which = inferred === count ? '' : ` of ${spellNumber(inferred)} of them`;
  return `Who opened is inferred${which}, claimed at ${spellConfidence(confidence)} on average.`;
};
