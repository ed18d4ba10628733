/**
 * Whether confidence claims more than was measured. A claim may lie above the share that was right by three points and by two
 * standard errors of that share, in every band that has enough cases to tell.
 */
import type { Band } from './scores.ts';

/** A band with fewer cases tells nothing. */
export const LEAST_CASES = 500;
export const TOLERATED_POINTS = 3;
const TOLERATED = TOLERATED_POINTS / 100;
const STANDARD_ERRORS = 2;

/** What a band claims and what is right of it; shares of 1. */
export interface Claim {
  /** Where the band begins. */
  readonly from: number;
  readonly cases: number;
  /** Mean of the reported confidences. */
  readonly claimed: number;
  readonly measured: number;
  /** Two standard errors of the measured share. */
  readonly doubt: number;
}

/** What a band claims. */
export const claimOf = ({ from, cases, right, reported }: Band): Claim => {
  const measured = right / cases;
  const error = Math.sqrt((measured * (1 - measured)) / cases);
  return { from, cases, claimed: reported / cases, measured, doubt: STANDARD_ERRORS * error };
};

/** The claims of the bands that have enough cases. */
export const claimsOf = (bands: readonly Band[], leastCases: number = LEAST_CASES): readonly Claim[] =>
  bands.filter(({ cases }) => cases >= leastCases).map(claimOf);

/** All named openers as one claim; null where nobody was named. */
export const wholeClaim = (bands: readonly Band[]): Claim | null => {
  const sum = (of: (band: Band) => number): number => bands.reduce((total, band) => total + of(band), 0);
  const [first] = bands;
  const cases = sum((band) => band.cases);
  if (first === undefined || cases === 0) return null;
  return claimOf({
    from: first.from,
    cases,
    right: sum((band) => band.right),
    reported: sum((band) => band.reported),
  });
};

/** By how much a claim may be above the measured share. */
export const allowance = ({ doubt }: Claim): number => TOLERATED + doubt;

/** The highest that a claim of such cases may be. */
export const highestOf = (claim: Claim): number => claim.measured + allowance(claim);

/** By how much a claim is higher than it may be; negative where it may be. */
export const excess = (claim: Claim): number => claim.claimed - highestOf(claim);

export const isTooHigh = (claim: Claim): boolean => excess(claim) > 0;

/** The bands that claim too much. */
export const tooHigh = (bands: readonly Band[]): readonly Claim[] => claimsOf(bands).filter(isTooHigh);
