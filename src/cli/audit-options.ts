/** The options of `audit`, checked and turned into thresholds. Each message names the option and what was expected. */
import { type AuditOptions, THRESHOLDS, type ThresholdName } from '../audit/thresholds.ts';
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { type CommonFlags, oneOf } from './options.ts';
import { parseDuration } from './parse-duration.ts';

export interface AuditFlags extends CommonFlags {
  readonly short?: string;
  readonly scanTargets?: string;
  readonly retryCount?: string;
  readonly silence?: string;
  readonly beaconOpens?: string;
  readonly portLimit?: string;
  readonly threshold?: readonly string[];
  readonly finding?: string;
  readonly top?: string;
}

/** Openers, and findings of each kind, that a table shows. */
const DEFAULT_TOP = 10;

/** A whole number of 1 or more. */
export const parseCount = (text: string, option: string): number => {
  const count = /^\d{1,9}$/.test(text.trim()) ? Number(text) : 0;
  if (count < 1) {
    throw new OptionError(
      'option-invalid',
      `${option} is "${escapeControls(text)}"; expected a whole number of 1 or more.`,
    );
  }
  return count;
};

const parseShare = (text: string, option: string): number => {
  const [, digits, percent] = /^(\d{1,9}(?:\.\d+)?)\s*(%?)$/.exec(text.trim()) ?? [];
  const share = Number(digits) / (percent === '%' ? 100 : 1);
  if (!(share > 0 && share <= 1)) {
    throw new OptionError(
      'option-invalid',
      `${option} is "${escapeControls(text)}"; expected a share such as 0.1 or 10%, more than 0 and at most 1.`,
    );
  }
  return share;
};

const PARSERS = { seconds: parseDuration, count: parseCount, share: parseShare } as const;

const parseThreshold = (name: ThresholdName, text: string, option: string): number =>
  PARSERS[THRESHOLDS[name].unit](text, option);

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The names that --threshold takes. */
export const THRESHOLD_WORDS: ReadonlyMap<string, ThresholdName> = new Map(
  (Object.keys(THRESHOLDS) as ThresholdName[]).map((name) => [kebab(name), name]),
);

/** Options of their own, for what is asked for most. */
const OWN_OPTIONS = {
  short: 'shortSeconds',
  scanTargets: 'scanTargets',
  retryCount: 'stormAttempts',
  silence: 'silenceSeconds',
  beaconOpens: 'beaconOpenings',
  portLimit: 'portLimit',
} as const satisfies Partial<Record<keyof AuditFlags, ThresholdName>>;

const namedThreshold = (text: string): readonly [ThresholdName, number] => {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new OptionError(
      'option-invalid',
      `--threshold is "${escapeControls(text)}"; expected a name and a value such as scan-share=0.5.`,
    );
  }
  const word = oneOf(text.slice(0, at).trim(), [...THRESHOLD_WORDS.keys()], '--threshold');
  const name = THRESHOLD_WORDS.get(word) as ThresholdName;
  return [name, parseThreshold(name, text.slice(at + 1), `--threshold ${word}`)];
};

/** The thresholds that were given. */
export const auditOptions = (flags: AuditFlags): AuditOptions => {
  const given = new Map<ThresholdName, number>();
  for (const [flag, name] of Object.entries(OWN_OPTIONS)) {
    const text = flags[flag as keyof typeof OWN_OPTIONS];
    if (text !== undefined) given.set(name, parseThreshold(name, text, `--${kebab(flag)}`));
  }
  for (const text of flags.threshold ?? []) given.set(...namedThreshold(text));
  return Object.fromEntries(given);
};

export const auditTop = ({ top }: AuditFlags): number =>
  top === undefined ? DEFAULT_TOP : parseCount(top, '--top');
