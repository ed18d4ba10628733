/** Reads bytes as a source and gives all that a reader says of it, each record as people read it. */
import type { Columns } from '../../src/model/fields.ts';
import type { FlowRecord, Rejection } from '../../src/model/flow-record.ts';
import type { LearnedFrom } from '../../src/model/report.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { Interner } from '../../src/record/interner.ts';
import { readRecord } from '../../src/record/read-record.ts';
import { RecordReader } from '../../src/record/read-records.ts';

export interface WhatWasRead {
  readonly records: readonly FlowRecord[];
  /** Of each record, counted from 1. */
  readonly lineNumbers: readonly number[];
  readonly rejections: readonly Rejection[];
  readonly formats: readonly (readonly [names: string, learnedFrom: LearnedFrom])[];
  readonly headers: number;
  readonly comments: number;
}

const encoder = new TextEncoder();

/**
 * Reads the pieces of one source named `flow.log`, one push a piece.
 * @throws FormatError as the reader does
 */
export const readText = (pieces: readonly (string | Uint8Array)[], declared?: Columns): WhatWasRead => {
  const records: FlowRecord[] = [];
  const lineNumbers: number[] = [];
  const rejections: Rejection[] = [];
  const formats: [string, LearnedFrom][] = [];
  let headers = 0;
  let comments = 0;
  const reader = new RecordReader(
    'flow.log',
    { strings: new Interner(), addresses: new AddressBook() },
    {
      onBatch(batch) {
        for (let row = 0; row < batch.count; row++) {
          records.push(readRecord(batch, row));
          lineNumbers.push(batch.firstLineNumber + (batch.lineOffset[row] as number));
        }
      },
      onRejection: (rejection) => void rejections.push(rejection),
      onFormat: (columns, learnedFrom) => void formats.push([columns.names.join(' '), learnedFrom]),
      onHeader: () => void headers++,
      onComment: () => void comments++,
    },
    declared,
  );
  for (const piece of pieces) {
    // The reader may not keep what it was given: the caller's bytes are overwritten behind it.
    const bytes = typeof piece === 'string' ? encoder.encode(piece) : piece.slice();
    reader.push(bytes);
    bytes.fill(0);
  }
  reader.end();
  return { records, lineNumbers, rejections, formats, headers, comments };
};
