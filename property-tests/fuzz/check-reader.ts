/**
 * Bytes as one source: it does not matter where they are cut or whether the kernel helps, and every line is a record, a
 * rejection, a header or a comment.
 */
import assert from 'node:assert/strict';
import { parseColumns } from '../../src/record/columns.ts';
import { type Observed, observeReading } from '../../test/record/observe-reading.ts';
import { scanKernel } from './kernels.ts';

const LINE_FEED = 10;
/** Longer sources are not read byte by byte. */
const MOST_BYTE_BY_BYTE = 2048;
/** Prime, so that cuts drift over the lines. */
const PIECE_LENGTHS = [61, 4099, 65_537] as const;

const DECLARED = [undefined, parseColumns('srcaddr dstaddr srcport dstport protocol tcp-flags')];

const cut = (bytes: Uint8Array, length: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) =>
    bytes.slice(i * length, (i + 1) * length),
  );

const isError = (aside: unknown): boolean => typeof aside === 'string' && /^\w*Error\b/.test(aside);

/** What two readings of the same bytes must have in common: where one ends in an error, the last batch may be missing. */
const checkSame = (found: Observed, expected: Observed): void => {
  if (!expected.asides.some(isError)) {
    assert.deepEqual(found, expected);
    return;
  }
  const length = Math.min(found.rows.length, expected.rows.length);
  assert.deepEqual(found.rows.slice(0, length), expected.rows.slice(0, length));
  assert.deepEqual(found.asides, expected.asides);
  assert.deepEqual(found.strings, expected.strings);
};

/** Lines as POSIX counts them, and one more that no line feed ends. */
const countLines = (bytes: Uint8Array): number => {
  let count = bytes.length > 0 && bytes.at(-1) !== LINE_FEED ? 1 : 0;
  for (const byte of bytes) if (byte === LINE_FEED) count++;
  return count;
};

const checkPlaces = ({ rows, asides }: Observed, bytes: Uint8Array): void => {
  const error = asides.find(isError);
  if (error !== undefined) {
    assert.match(String(error), /^FormatError: /);
    return;
  }
  const records = rows.filter((row) => typeof row !== 'string').length;
  assert.equal(records + asides.length, countLines(bytes), 'lines that are in no place or in two');
};

export const checkReader = (bytes: Uint8Array): void => {
  const lengths = bytes.length <= MOST_BYTE_BY_BYTE ? [1, ...PIECE_LENGTHS] : PIECE_LENGTHS;
  const cuts = lengths.filter((length) => length < bytes.length).map((length) => cut(bytes, length));
  for (const declared of DECLARED) {
    const whole = observeReading([[bytes]], null, declared);
    checkPlaces(whole, bytes);
    for (const pieces of [[bytes], ...cuts]) {
      checkSame(observeReading([pieces], scanKernel(), declared), whole);
      if (pieces.length > 1) checkSame(observeReading([pieces], null, declared), whole);
    }
  }
};
