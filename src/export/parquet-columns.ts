/**
 * What columns hold in Parquet: the types that DuckDB, Athena and pandas know, chosen so that no value of the flat row is lost.
 * A column may be null where the flat row's may.
 */
import type { Connection } from '../model/connection.ts';
import type { ConnectionOutline } from '../model/outline.ts';
import type { RowChoice } from './chosen-rows.ts';
import { type Cell, COLUMNS, type Column, type WideColumnName } from './row.ts';
import { ABOUT } from './row-schema.ts';

/** `count` is INT64, `small` INT32, `real` DOUBLE, `time` TIMESTAMP of milliseconds in UTC, of cells in seconds. */
export type ParquetKind = 'text' | 'boolean' | 'count' | 'small' | 'real' | 'time';

/** One column of rows of any kind. */
export interface ParquetColumn<R> {
  readonly name: string;
  readonly kind: ParquetKind;
  readonly isNeverNull?: boolean;
  readonly read: (row: R) => Cell;
}

/** Numbers that are neither counts nor times. */
const NARROWER: Readonly<Partial<Record<WideColumnName, ParquetKind>>> = {
  initiator_port: 'small',
  responder_port: 'small',
  initiator_confidence: 'real',
  initiator_flags: 'small',
  responder_flags: 'small',
};

const KINDS = { word: 'text', text: 'text', number: 'count', boolean: 'boolean' } as const;

/** What columns of the flat row are read of: of an outline where that tells them (isToldByOutlines). */
export type ParquetTold = Connection | ConnectionOutline;

const parquetColumn = ({ name, kind, isTime, read }: Column): ParquetColumn<ParquetTold> => ({
  name,
  kind: isTime === true ? 'time' : (NARROWER[name as WideColumnName] ?? KINDS[kind]),
  // A column beside those of the flat row says nothing of null.
  isNeverNull: ABOUT[name as WideColumnName]?.length === 1,
  read: read as (told: ParquetTold) => Cell,
});

/** The columns of rows: all, or those that were chosen. */
export const parquetColumns = ({ columns = COLUMNS }: RowChoice): ParquetColumn<ParquetTold>[] =>
  columns.map(parquetColumn);
