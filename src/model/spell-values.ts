/**
 * Values as pages and pictures spell them: sizes, durations, moments (UTC), endpoints and counts. Whatever comes
 * from a log is made visible before it is shown; what the records do not say is a dash, never zero.
 */
import { escapeControls } from './escape.ts';
import { besideAddress, type NameOf } from './name-of.ts';

export const UNKNOWN = '–';

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** Bytes in decimal units, three significant digits. */
export const spellSize = (bytes: number | null): string => {
  if (bytes === null || Number.isNaN(bytes)) return UNKNOWN;
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  for (const unit of UNITS) {
    value /= 1000;
    const digits = value.toPrecision(3);
    if (Number(digits) < 1000) return `${digits} ${unit}`;
  }
  return `${value.toPrecision(3)} EB`;
};

/** A whole number below 100 as two digits. */
export const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/**
 * Seconds: exact while they are few, two units when they are many. How long a connection lasted is said by lasted.ts.
 * @example spellDuration(238) // '238 s'
 * @example spellDuration(4210) // '1 h 10 min'
 */
export const spellDuration = (seconds: number): string => {
  const whole = Math.round(seconds);
  if (whole < 600) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${two(Math.floor((whole % 86_400) / 3600))} h`;
};

/** Seconds that are a whole number of some unit, in the largest that fits: ends of classes. */
export const spellStep = (seconds: number): string => {
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
};

/** The first second that ISO 8601 would need five digits of year for. */
const YEAR_10000 = 253_402_300_800;

/** Unix seconds as a date and time in UTC; what no calendar shows stays a number. */
export const spellMoment = (seconds: number | null): string => {
  if (seconds === null || Number.isNaN(seconds)) return UNKNOWN;
  if (!(seconds >= 0 && seconds < YEAR_10000)) return `${seconds} s`;
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
};

/** An address and its port, and its name where it has one: `10.2.3.4:5432 (db-1)`. */
export const spellEndpoint = (address: string, port: number | null, names?: NameOf): string => {
  const visible = escapeControls(address);
  const name = besideAddress(address, names);
  if (port === null) return visible + name;
  return `${visible.includes(':') ? `[${visible}]` : visible}:${port}${name}`;
};

/** A whole number with thousands apart. */
export const spellCount = (count: number): string => count.toLocaleString('en-US');

/** A count and what is counted. */
export const spellCounted = (count: number, noun: string): string =>
  `${spellCount(count)} ${noun}${count === 1 ? '' : 's'}`;

/** A share; below all of it, it never reads as all. */
export const spellShare = (part: number, whole: number): string => {
  if (whole === 0) return UNKNOWN;
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 0.1) return '< 0.1 %';
  if (part < whole && percent > 99.9) return '> 99.9 %';
  return `${percent < 10 && part > 0 ? percent.toFixed(1) : Math.round(percent)} %`;
};
