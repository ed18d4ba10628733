/** Everything a reader says of a source, in a form that compares: one object a row, every column of the batch in it. */
import type { Columns } from '../../src/model/fields.ts';
import { HAS_LOSSES, IS_V6, type RecordBatch } from '../../src/model/record-batch.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { Interner } from '../../src/record/interner.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { ScanKernel } from '../../src/record/kernel/scan-kernel.ts';
import { RecordReader } from '../../src/record/read-records.ts';

const text = new TextDecoder('utf-8', { ignoreBOM: true });

/** A row as its columns have it, its line and its number in the source. */
const rowOf = (batch: RecordBatch, row: number): Record<string, unknown> => {
  const columns = Object.entries(batch)
    .filter(([name, column]) => ArrayBuffer.isView(column) && name !== 'text')
    .filter(([name]) => !name.startsWith('line'))
    .map(([name, column]) => [name, (column as Uint32Array)[row]]);
  return {
    ...Object.fromEntries(columns),
    names: batch.columns.names.join(' '),
    line: text.decode(batch.text.subarray(batch.lineFrom[row], batch.lineTo[row])),
    lineNumber: batch.firstLineNumber + (batch.lineOffset[row] as number),
  };
};

export interface Observed {
  /** Rows, and the formats between them. */
  readonly rows: readonly unknown[];
  /** Rejections, headers, comments and errors: told when they are met, so not in one order with the rows. */
  readonly asides: readonly unknown[];
  /** The texts of all ids, in the order they were given out. */
  readonly strings: readonly string[];
}

/** What several sources of one run, each cut into pieces, give with or without the kernel. */
export const observeReading = (
  sources: readonly Iterable<Uint8Array>[],
  module: KernelModule | null,
  declared?: Columns,
): Observed => {
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const kernel = module === null ? null : new ScanKernel(module, dictionaries);
  const rows: unknown[] = [];
  const asides: unknown[] = [];
  const events = {
    onBatch(batch: RecordBatch) {
      for (let row = 0; row < batch.count; row++) {
        const families = batch.families[row] as number;
        const v6 = ([id, bit]: readonly [number | undefined, number]): string[] =>
          (families & bit) === 0 ? [] : [dictionaries.addresses.text(id as number)];
        const written = (
          [
            [batch.srcAddr[row], IS_V6.src],
            [batch.dstAddr[row], IS_V6.dst],
            [batch.fromAddr[row], IS_V6.from],
            [batch.toAddr[row], IS_V6.to],
          ] as const
        ).flatMap(v6);
        // Of rows without losses it is nobody's business what stands in their column.
        const losses = v6([batch.losses[row], HAS_LOSSES]);
        rows.push({ ...rowOf(batch, row), losses, written });
      }
    },
    onRejection: (rejection: unknown) => void asides.push(rejection),
    onFormat: (columns: Columns, from: string) => void rows.push(`${from} ${columns.names.join(' ')}`),
    onHeader: () => void asides.push('header'),
    onComment: () => void asides.push('comment'),
  };
  for (const [i, pieces] of sources.entries()) {
    const reader = new RecordReader(`source ${i}`, dictionaries, events, declared, kernel);
    try {
      for (const piece of pieces) reader.push(piece);
      reader.end();
    } catch (error) {
      asides.push(String(error));
    }
  }
  return {
    rows,
    asides,
    strings: Array.from({ length: dictionaries.strings.size }, (_, id) => dictionaries.strings.text(id)),
  };
};
