/** Counts over time as a table: a line a moment, and a bar as long as what was open then. */
import { expect, test } from 'vitest';
import { countLines } from '../../src/cli/at-text.ts';

const plain = (text: string): string => text;
const DAY = 1_700_006_400; // 2023-11-15 00:00:00 UTC

test('there are none where no moment lies within the records', () => {
  expect([...countLines([], { width: 80, paint: plain })]).toEqual(['No moment lies within the records.']);
});

test('a bar is as long as what was open, of the most, and a day has a line of its own', () => {
  // Time and numbers take 8 + 6 + 8 + 8 and four gaps of 2: 20 of 58 columns are for bars, 5 for each that was open.
  const counts = [
    { time: DAY - 60, surely: 1, possibly: 2, attempts: 3 },
    { time: DAY, surely: 4, possibly: 0, attempts: 0 },
    { time: DAY + 60, surely: 0, possibly: 0, attempts: 12 },
  ];
  expect([...countLines(counts, { width: 58, paint: plain })]).toEqual([
    'time      surely  possibly  attempts',
    '2023-11-14 UTC',
    '23:59:00       1         2         3  █████░░░░░░░░░░',
    '2023-11-15 UTC',
    '00:00:00       4         0         0  ████████████████████',
    '00:01:00       0         0        12',
    '',
    '█ surely open  ░ possibly  attempts were not opened and are in no bar',
  ]);
});

test('a bar has ten columns at least and a hundred at most, and large numbers have room', () => {
  const widths = [10, 1000].map((width) => {
    const counts = [{ time: DAY, surely: 12_345_678, possibly: 0, attempts: 0 }];
    const [, , line = ''] = [...countLines(counts, { width, paint: plain })];
    expect(line).toMatch(/^00:00:00 {2}12,345,678 {9}0 {9}0 {2}█+$/);
    return line.match(/█/g)?.length;
  });
  expect(widths).toEqual([10, 100]);
});

test('what is sure has a colour, titles and days are bold, and the key is dim', () => {
  const paint = (text: string, style: string | undefined): string =>
    text === '' ? '' : `<${style}>${text}</>`;
  const counts = [{ time: DAY, surely: 1, possibly: 1, attempts: 0 }];
  const [titles, day, line, , key] = [...countLines(counts, { width: 58, paint })];
  expect([titles, day, key].map((each) => each?.slice(0, 6))).toEqual(['<bold>', '<bold>', '<dim>█']);
  expect(line).toContain(`<cyan>${'█'.repeat(10)}</>${'░'.repeat(10)}`);
});
