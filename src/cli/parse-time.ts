/**
 * What people type as a moment → Unix seconds: a date (its first second), a date and time, or Unix seconds.
 * Without an offset it is UTC, as flow logs are; the machine's own time zone never matters.
 */
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';

/** Offsets are hours to 23 and minutes to 59 (RFC 3339 §5.6, time-numoffset), with or without the colon (ISO 8601). */
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?$/i;
/** Eleven digits of seconds reach beyond the year 5000; thirteen are milliseconds. */
const UNIX = /^\d{1,11}$/;

const offsetSeconds = (zone: string | undefined): number => {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
};

const readIso = (text: string): number | undefined => {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC takes 30 February for 2 March, and the year 50 for 1950.
  const same = new Date(milliseconds).toISOString();
  const typed = [month, day, hour, minute, second].map((part) => String(part).padStart(2, '0'));
  const [mm, dd, hh, mi, ss] = typed;
  if (!same.startsWith(`${match[1]}-${mm}-${dd}T${hh}:${mi}:${ss}`)) return undefined;
  return milliseconds / 1000 - offsetSeconds(match[7]);
};

/**
 * A moment in Unix seconds.
 * @param option the option's name, for the message
 * @throws OptionError
 */
export const parseTime = (text: string, option: string): number => {
  const trimmed = text.trim();
  const seconds = UNIX.test(trimmed) ? Number(trimmed) : readIso(trimmed);
  if (seconds === undefined) {
    throw new OptionError(
      'option-invalid',
      `${option} is "${escapeControls(text)}"; expected a date (2019-08-26), a date and time in UTC (2019-08-26T19:47:55) or Unix seconds.`,
    );
  }
  return seconds;
};
