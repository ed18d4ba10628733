/** From bulk to one readable record, for explanations, errors and tests: the line is parsed again. */
import type { FlowRecord } from '../model/flow-record.ts';
import type { RecordBatch } from '../model/record-batch.ts';
import { isRejection, parseLine } from './parse-line.ts';

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** Record `row` of a batch, every field of its format included. */
export const readRecord = (batch: RecordBatch, row: number): FlowRecord => {
  if (row < 0 || row >= batch.count) throw new RangeError(`The batch has no row ${row}.`);
  const line = decoder.decode(batch.text.subarray(batch.lineFrom[row], batch.lineTo[row]));
  const read = parseLine(line, batch.columns);
  if (isRejection(read)) throw new Error(`Row ${row} of the batch is not a record: ${read.reason}`);
  return read;
};
