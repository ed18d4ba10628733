/** A column that is read of each row group. */
import { escapeControls } from '../../model/escape.ts';
import { ColumnReader, type Room } from './column-reader.ts';
import { ParquetFault } from './fault.ts';
import type { Chunk, LeafColumn } from './layout.ts';
import type { Spell } from './spell-values.ts';

export interface Field {
  readonly column: LeafColumn;
  /** Its place among all columns. */
  readonly place: number;
  readonly spell: Spell;
}

/** The values of a column in a row group as they are in the file. */
export interface Packed {
  readonly chunk: Chunk;
  readonly bytes: Uint8Array;
}

export const readerOf = ({ column, spell }: Field, { chunk, bytes }: Packed, room: Room): ColumnReader =>
  new ColumnReader(column, chunk.codec, spell, bytes, chunk.values, room);

/** Does something with a column; what is wrong with it is said with its name. */
export const inColumn = <T>({ column }: Pick<Field, 'column'>, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ParquetFault)) throw error;
    const name = escapeControls(column.path.join('.').slice(0, 60));
    throw new ParquetFault(`has a page of the column "${name}" that ${error.message}`, error.code);
  }
};
