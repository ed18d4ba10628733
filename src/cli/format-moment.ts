/** Unix seconds as UTC dates and times. Logs can hold any number: what no calendar shows stays a number. */
import { two } from '../model/spell-values.ts';
import { UNKNOWN } from './format-size.ts';

/** The first second that ISO 8601 would need five digits of year for. */
const YEAR_10000 = 253402300800;

/** The day and the second of it, or the bare number of seconds for one that is no date of ours. */
export interface Moment {
  readonly date: string;
  readonly time: string;
}

const DAY = 86_400;

/** The day asked for last: rows come in the order of time. */
let lastDay = -1;
let lastDate = '';

/** The date of a day, counted from 1970-01-01. */
const dateOf = (day: number): string => {
  if (day !== lastDay) {
    lastDay = day;
    lastDate = new Date(day * DAY * 1000).toISOString().slice(0, 10);
  }
  return lastDate;
};

/** A moment in UTC, split for tables. */
export const splitMoment = (seconds: number): Moment => {
  if (!(seconds >= 0 && seconds < YEAR_10000)) return { date: '', time: `${seconds} s` };
  const whole = Math.floor(seconds);
  const ofDay = whole % DAY;
  return {
    date: dateOf((whole - ofDay) / DAY),
    time: `${two(Math.floor(ofDay / 3600))}:${two(Math.floor(ofDay / 60) % 60)}:${two(ofDay % 60)}`,
  };
};

/**
 * A moment in UTC, or a dash for null.
 * @example formatMoment(1566848875) // '2019-08-26 19:47:55'
 */
export const formatMoment = (seconds: number | null): string => {
  if (seconds === null) return UNKNOWN;
  const { date, time } = splitMoment(seconds);
  return date === '' ? time : `${date} ${time}`;
};

/** From one moment to another, the day once where it is the same; one moment alone where both are. */
export const formatSpan = (first: number, last: number): string => {
  if (first === last) return `${formatMoment(first)} UTC`;
  const [from, to] = [splitMoment(first), splitMoment(last)];
  return `${formatMoment(first)} to ${from.date === to.date ? to.time : formatMoment(last)} UTC`;
};

/** The same of what may carry no times. */
export const describeSpan = (first: number | null, last: number | null): string =>
  first === null || last === null ? 'no times' : formatSpan(first, last);
