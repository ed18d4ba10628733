/** What counts as short, as many, as regular: every threshold of the audit, with its default and the reason for it. */
import { OptionError } from '../model/errors.ts';

interface Threshold {
  readonly standard: number;
  readonly unit: 'seconds' | 'count' | 'share';
  /** What it decides, and why the default is what it is. */
  readonly means: string;
}

export const THRESHOLDS = {
  shortSeconds: {
    standard: 120,
    unit: 'seconds',
    means: "a short-lived connection lasted at most so long: an interval of 60 s and AWS's 60 s of slack",
  },
  confidence: {
    standard: 0.9,
    unit: 'share',
    means: 'an inferred initiator this sure is named in a finding; observed ones always are',
  },
  scanTargets: {
    standard: 20,
    unit: 'count',
    means: 'targets (address and port) that one initiator tried in vain: more than a person mistypes',
  },
  scanShare: {
    standard: 0.5,
    unit: 'share',
    means: 'of all targets of that initiator: who is mostly answered does not scan',
  },
  stormAttempts: {
    standard: 10,
    unit: 'count',
    means: 'attempts in vain of one initiator at one service within stormSeconds',
  },
  stormSeconds: { standard: 600, unit: 'seconds', means: 'in which they lie' },
  refusals: {
    standard: 3,
    unit: 'count',
    means: 'attempts that one service refused, while it never answered any',
  },
  halfOpens: {
    standard: 5,
    unit: 'count',
    means: 'answered attempts that one initiator never completed, or initiators that did so at one service',
  },
  resets: { standard: 5, unit: 'count', means: 'short-lived connections of one service that were reset' },
  resetShare: {
    standard: 0.2,
    unit: 'share',
    means: 'of its answered connections: a few clients of any service reset',
  },
  silences: {
    standard: 1,
    unit: 'count',
    means: 'connections of one initiator to one service that died after silenceSeconds: the bound is proven',
  },
  silenceSeconds: {
    standard: 350,
    unit: 'seconds',
    means: "the shortest of AWS's documented idle limits for TCP",
  },
  beaconOpenings: {
    standard: 10,
    unit: 'count',
    means: 'openings of one initiator to one service before their distances are looked at',
  },
  beaconSeconds: {
    standard: 120,
    unit: 'seconds',
    means: "the least interval: AWS's 60 s of slack at both ends blur shorter ones",
  },
  beaconJitter: {
    standard: 0.1,
    unit: 'share',
    means: 'how far the distances lie from their median (median absolute deviation), as a share of it',
  },
  portLimit: {
    standard: 55_000,
    unit: 'count',
    means: "connections at once from one address to one destination: AWS's limit for a NAT gateway",
  },
  portShare: {
    standard: 0.9,
    unit: 'share',
    means: 'of that limit, from where on it is a finding: what finds no port never gets into the log',
  },
} as const satisfies Record<string, Threshold>;

export type ThresholdName = keyof typeof THRESHOLDS;
/** Thresholds that differ from their defaults. */
export type AuditOptions = { readonly [Name in ThresholdName]?: number };
/** All of them. */
export type AuditThresholds = { readonly [Name in ThresholdName]: number };

const EXPECTED = {
  seconds: 'seconds, more than 0',
  count: 'a whole number of 1 or more',
  share: 'more than 0 and at most 1',
} as const satisfies Record<Threshold['unit'], string>;

const fits = (value: number, unit: Threshold['unit']): boolean => {
  if (!(Number.isFinite(value) && value > 0)) return false;
  return unit === 'seconds' || (unit === 'count' ? Number.isSafeInteger(value) : value <= 1);
};

/**
 * All thresholds.
 * @throws OptionError (option-invalid) for a value that cannot be
 */
export const completeThresholds = (options: AuditOptions = {}): AuditThresholds =>
  Object.fromEntries(
    (Object.entries(THRESHOLDS) as [ThresholdName, Threshold][]).map(([name, { standard, unit }]) => {
      const value = options[name] ?? standard;
      if (!fits(value, unit)) {
        throw new OptionError(
          'option-invalid',
          `The threshold ${name} is ${value}; expected ${EXPECTED[unit]}.`,
        );
      }
      return [name, value];
    }),
  ) as AuditThresholds;
