/** How the pages of accuracy print tables and numbers. */
import { BAND_STARTS, type Naming } from './scores.ts';

/** A Markdown table, its columns padded so that the text reads as one too. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length), 3));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const [head = [], ...body] = rows;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...body.map(line)].join('\n');
};

/** Thousands apart. */
export const whole = (value: number): string => value.toLocaleString('en-US').replaceAll(',', ' ');

/** Two decimals of a percentage, or a dash where there was nothing to count. */
export const share = (part: number, of: number): string => (of === 0 ? '-' : ((part / of) * 100).toFixed(2));

/** All cases. */
export const total = ({ right, wrong, unknown }: Naming): number => right + wrong + unknown;

/** What a band is called, by its place. */
export const bandName = (place: number): string => {
  const from = BAND_STARTS[place] ?? 0;
  const next = BAND_STARTS[place + 1];
  return next === undefined ? 'exactly 1' : `${from} to ${next}`;
};

/** How many there were, how many were right, wrong and unknown, and what share of the named was right. */
export const namingCells = (naming: Naming): string[] => {
  const { right, wrong, unknown } = naming;
  return [whole(total(naming)), whole(right), whole(wrong), whole(unknown), share(right, right + wrong)];
};
