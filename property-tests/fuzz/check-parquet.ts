/**
 * Bytes as a Parquet file: as many rows as its footer says, each a line or an event, or an error of ours; the same each time and
 * whatever the bytes are read in, and nobody takes it for a flow log that does not open.
 */
import assert from 'node:assert/strict';
import { ocsfReading } from '../../src/input/containers/ocsf.ts';
import { readLayout } from '../../src/input/parquet/layout.ts';
import { isFlowLog, ParquetLog } from '../../src/input/parquet/parquet-log.ts';
import { type Whole, wholeOf } from '../../src/input/parquet/whole.ts';
import { checkError } from './expected-error.ts';

const ERRORS = ['input-corrupt', 'input-unsupported'] as const;
const LINE_FEED = 10;

interface Rows {
  readonly text: string;
  readonly count: number;
  /** What it ended in; null at its end. */
  readonly code: string | null;
}

const readRows = async (whole: Whole): Promise<Rows> => {
  let text = '';
  let count = 0;
  try {
    const log = await ParquetLog.open('fuzz', whole);
    for await (const lines of log.lines()) {
      text += Buffer.from(lines).toString('latin1');
      for (const byte of lines) if (byte === LINE_FEED) count++;
    }
    for await (const group of log.events()) {
      for (const event of group) {
        const reading = ocsfReading(event);
        text += JSON.stringify('values' in reading ? [...reading.values] : reading.otherClass);
        count++;
      }
    }
    return { text, count, code: null };
  } catch (error) {
    checkError(error, ERRORS);
    return { text, count, code: (error as { code: string }).code };
  }
};

/** Each part is a copy of its own, which is what a file gives. */
const copying = (bytes: Uint8Array): Whole => ({
  size: bytes.length,
  read: async (from, to) => bytes.slice(from, to),
});

export const checkParquet = async (bytes: Uint8Array): Promise<void> => {
  const rows = await readRows(wholeOf(bytes));
  assert.deepEqual(await readRows(copying(bytes)), rows);
  if (rows.code === null) {
    const { groups } = await readLayout(wholeOf(bytes));
    assert.equal(
      rows.count,
      groups.reduce((sum, group) => sum + group.rows, 0),
      'rows and those that the footer says',
    );
  }
  const isTaken = await isFlowLog(wholeOf(bytes));
  if (!isTaken)
    assert.ok(rows.code === 'input-unsupported' && rows.count === 0, 'rows of what is no flow log');
};
