/** The rows of the bench: medians of both sides, their ratio, the floor and the aim. It measures and prints nothing. */

/** One comparison. Values are seconds, megabytes or records a second, one a run. */
export interface BenchRow {
  readonly measure: string;
  readonly unit: string;
  readonly ours: readonly number[];
  /** The other side, where there is one; the result is then a ratio. */
  readonly theirs?: readonly number[];
  /** `theirs/ours` says how many times faster we are, `ours/theirs` how many times as much we take. */
  readonly ratio?: 'theirs/ours' | 'ours/theirs';
  readonly floor?: number;
  readonly aim?: number;
  readonly better?: 'more' | 'less';
}

/** The middle value, or the mean of the two middle ones. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

/** What is held against floor and aim: the ratio of the medians, or our median where there is nobody to compare with. */
export const resultOf = (row: BenchRow): number => {
  const ours = median(row.ours);
  if (row.theirs === undefined) return ours;
  const theirs = median(row.theirs);
  return row.ratio === 'theirs/ours' ? theirs / ours : ours / theirs;
};

const reaches = (row: BenchRow, limit: number): boolean =>
  row.better === 'less' ? resultOf(row) <= limit : resultOf(row) >= limit;

/** How a row did; rows without a floor are there for orientation. */
export const judge = (row: BenchRow): 'aim reached' | 'floor holds' | 'FAILS' | '' => {
  const { floor, aim = floor } = row;
  if (floor === undefined || aim === undefined) return '';
  if (reaches(row, aim)) return 'aim reached';
  return reaches(row, floor) ? 'floor holds' : 'FAILS';
};

const shown = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en-GB') : value.toPrecision(3);

const HEAD = ['measure', 'unit', 'conntrail', 'other', 'ratio', 'floor', 'aim', 'result'];

const cellsOf = (row: BenchRow): string[] => [
  row.measure,
  row.unit,
  shown(median(row.ours)),
  row.theirs === undefined ? '' : shown(median(row.theirs)),
  row.ratio === undefined ? '' : `${resultOf(row).toFixed(2)}×`,
  row.floor === undefined ? '' : shown(row.floor),
  row.aim === undefined ? '' : shown(row.aim),
  judge(row),
];

/** The table as Markdown. */
export const toMarkdown = (rows: readonly BenchRow[]): string =>
  [HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The table for a terminal. */
export const toText = (rows: readonly BenchRow[]): string => {
  const table = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...table.map((cells) => (cells[column] ?? '').length)));
  return table
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
