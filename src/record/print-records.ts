/** Records as lines that say the same: under a header wherever the fields of the records change. */
import { type Columns, FIELDS } from '../model/fields.ts';
import type { FlowRecord } from '../model/flow-record.ts';
import { columnsOf } from './columns.ts';
import { printLine } from './parse-line.ts';

/** The fields that a record has, known ones in AWS's order; `version` always, so that its header is one. */
const namesOf = (record: FlowRecord): string[] => [
  ...FIELDS.filter(({ name, property }) => name === 'version' || property in record).map(({ name }) => name),
  ...Object.keys(record.extra ?? {}),
];

/** Prints records one after the other. */
export class RecordPrinter {
  #header: string | undefined;
  #columns: Columns = columnsOf([]);

  /** The line of a record, under a header when its fields are not those of the record before. */
  lines(record: FlowRecord): string {
    const names = namesOf(record);
    const header = names.join(' ');
    if (header === this.#header) return `${printLine(record, this.#columns)}\n`;
    this.#header = header;
    this.#columns = columnsOf(names);
    return `${header}\n${printLine(record, this.#columns)}\n`;
  }
}
