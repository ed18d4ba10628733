/**
 * The one wording of how long a connection lasted. Its bounds are what the records prove, so a cell says what they prove and
 * no more: a bare number only where both bounds are equal. docs/model.md explains the forms; tables, bars, pictures, report,
 * `at`, `audit` and `explain` all take them from here.
 */
import type { Outline } from './outline.ts';
import { spellDuration, UNKNOWN } from './spell-values.ts';

/** How a form is told apart in a cell, written in a sentence, and explained. */
interface Form {
  /** Before the number in a cell, and before it in a sentence. */
  readonly sign: string;
  readonly says: string;
  readonly example: string;
  /** What a legend calls it where cells match; null needs no legend. */
  readonly legend: { readonly matches: RegExp; readonly calls: string } | null;
  readonly means: string;
}

/** In the order in which they are explained. */
export const LASTED_FORMS = {
  exact: { sign: '', says: '', example: '60 s', legend: null, means: 'so long: both bounds are equal' },
  atMost: {
    ...{ sign: '≤ ', says: 'at most ', example: '≤ 298 s' },
    legend: { matches: /^≤/, calls: '≤' },
    means: 'at most',
  },
  atLeast: {
    ...{ sign: '≥ ', says: 'at least ', example: '≥ 300 s' },
    legend: { matches: /^≥/, calls: '≥' },
    means: 'at least',
  },
  between: {
    ...{ sign: '', says: '', example: '240 to 360 s' },
    legend: { matches: / to /, calls: 'A to B' },
    means: 'between the two',
  },
  estimated: {
    ...{ sign: '~', says: 'about ', example: '~58 s …' },
    legend: { matches: /^~/, calls: '~' },
    means: 'estimated, opening to last record',
  },
  unknown: { sign: '', says: '', example: UNKNOWN, legend: null, means: 'the records prove nothing' },
} as const satisfies Record<string, Form>;

type FormName = keyof typeof LASTED_FORMS;

/** Behind what goes on: no close was seen up to the end of the log. */
export const STILL_OPEN = '…';

/** A form and the text of its number or numbers. */
interface Length {
  readonly form: FormName;
  readonly text: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What {@link spellDuration} leaves off is less than this. */
const gridOf = (seconds: number): number => (seconds < HOUR ? 1 : seconds < DAY ? MINUTE : HOUR);

/** A bound is rounded away from the other one, so that what is written is proven too. */
const roundUp = (seconds: number): string => {
  const grid = gridOf(seconds);
  return spellDuration(Math.ceil(seconds / grid) * grid);
};
const roundDown = (seconds: number): string => {
  const grid = gridOf(seconds);
  return spellDuration(Math.floor(seconds / grid) * grid);
};

/** The largest unit of which the upper bound has ten. */
const unitOf = (most: number): readonly [seconds: number, name: string] => {
  if (most < 10 * MINUTE) return [1, 's'];
  if (most < 10 * HOUR) return [MINUTE, 'min'];
  return most < 10 * DAY ? [HOUR, 'h'] : [DAY, 'd'];
};

const NOTHING: Length = { form: 'unknown', text: UNKNOWN };

const lengthOf = (least: number | null, most: number | null): Length => {
  const from = least === null || !(least > 0) ? 0 : least;
  if (most === null) return from === 0 ? NOTHING : { form: 'atLeast', text: roundDown(from) };
  // A record that ends before it begins can turn the bounds round.
  if (from > most || Number.isNaN(most)) return NOTHING;
  if (from === most) return { form: 'exact', text: spellDuration(most) };
  const [unit, name] = unitOf(most);
  const low = Math.floor(from / unit);
  return low === 0
    ? { form: 'atMost', text: roundUp(most) }
    : { form: 'between', text: `${low} to ${Math.ceil(most / unit)} ${name}` };
};

/** What tells how long a connection lasted. */
export type Lasted = Pick<Outline, 'durationMin' | 'durationMax' | 'endsOpen' | 'openedAt' | 'lastSeen'>;

const isStillOpen = ({ endsOpen, durationMax }: Lasted): boolean => endsOpen === true && durationMax === null;

/** What is proven; of an open one of which nothing is, how long its records go on behind its opening. */
const lengthOfLasted = (lasted: Lasted): Length => {
  const { durationMin, durationMax, openedAt, lastSeen } = lasted;
  const proven = lengthOf(durationMin, durationMax);
  const isEstimated =
    proven.form === 'unknown' &&
    isStillOpen(lasted) &&
    openedAt !== null &&
    lastSeen !== null &&
    lastSeen > openedAt;
  return isEstimated ? { form: 'estimated', text: spellDuration(lastSeen - openedAt) } : proven;
};

/**
 * Two bounds in seconds as a cell says them.
 * @example spellBounds(0, 298) // '≤ 298 s'
 * @example spellBounds(713, 835) // '11 to 14 min'
 */
export const spellBounds = (least: number | null, most: number | null): string => {
  const { form, text } = lengthOf(least, most);
  return `${LASTED_FORMS[form].sign}${text}`;
};

/**
 * The same in a sentence.
 * @example sayBounds(0, 298) // 'at most 298 s'
 */
export const sayBounds = (least: number | null, most: number | null): string => {
  const { form, text } = lengthOf(least, most);
  return form === 'unknown' ? 'for an unknown time' : `${LASTED_FORMS[form].says}${text}`;
};

/** How long a connection lasted as a cell says it: `≤ 298 s`, `≥ 300 s …`, `240 to 360 s`, `~58 s …`, or a dash. */
export const spellLasted = (lasted: Lasted): string => {
  const { form, text } = lengthOfLasted(lasted);
  const isOpen = isStillOpen(lasted);
  if (form === 'unknown') return isOpen ? STILL_OPEN : UNKNOWN;
  return `${LASTED_FORMS[form].sign}${text}${isOpen ? ` ${STILL_OPEN}` : ''}`;
};

/** The same in words, behind the name of a connection: `lasted at most 298 s`, `has lasted at least 300 s so far`. */
export const sayLasted = (lasted: Lasted): string => {
  const { form, text } = lengthOfLasted(lasted);
  const length = form === 'unknown' ? 'for an unknown time' : `${LASTED_FORMS[form].says}${text}`;
  return isStillOpen(lasted) ? `has lasted ${length} so far` : `lasted ${length}`;
};

/** What the signs of these cells mean, in one sentence that no line breaks behind a sign; empty where none needs it. */
export const explainLasted = (cells: readonly string[]): string => {
  const used = Object.values<Form>(LASTED_FORMS).flatMap(({ legend, means }) =>
    legend !== null && cells.some((cell) => legend.matches.test(cell))
      ? [`${legend.calls}\u00a0${means}`]
      : [],
  );
  return used.length === 0 ? '' : `lasted, as far as proven: ${used.join('; ')}`;
};
