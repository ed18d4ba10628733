/** Seconds for people: exact while they are few, two units when they are many. */
import { two } from '../model/spell-values.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A number of seconds.
 * @example formatDuration(238) // '238 s'
 * @example formatDuration(4210) // '1 h 10 min'
 */
export const formatDuration = (seconds: number): string => {
  const whole = Math.round(seconds);
  if (whole < 10 * MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${two(whole % MINUTE)} s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${two(Math.floor((whole % HOUR) / MINUTE))} min`;
  return `${Math.floor(whole / DAY)} d ${two(Math.floor((whole % DAY) / HOUR))} h`;
};
