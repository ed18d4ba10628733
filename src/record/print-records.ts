/**
 * Records as lines that say the same, for the readers that take lines. A record whose line would say something else
 * (a text with a blank in it, a number in words, a name that is another field's) is told from the others here: it is
 * refused with its field, as a line that is not understood.
 */
import { OptionError } from '../model/errors.ts';
import { type Columns, FIELDS, type Field } from '../model/fields.ts';
import type { FlowRecord, RejectionReason } from '../model/flow-record.ts';
import { columnsOf, fieldMeant, isPlainName } from './columns.ts';
import { LONGEST_LINE, readValue } from './parse-line.ts';

/** What is wrong with a record, and in which field. */
export interface RecordFault {
  readonly field: string;
  readonly reason: RejectionReason;
}

/** A record as a line of a format, line feed included. With a fault the line is to be shown, not to be read. */
export interface RecordLine {
  readonly columns: Columns;
  readonly bytes: Uint8Array;
  readonly fault: RecordFault | null;
}

const PROPERTIES: ReadonlySet<string> = new Set([...FIELDS.map(({ property }) => property), 'extra']);

/** What a line has between two blanks and gives back as it was. Half a surrogate pair has no bytes of its own. */
const TOKEN = /^[^#\0 \t\r\n\p{Cs}][^\0 \t\r\n\p{Cs}]*$/u;

/** As AWS would write a value: `-` for none. Undefined for what no field can hold. */
const spell = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return value === null || value === undefined ? '-' : undefined;
};

/** Why a line cannot hold a text in a field; undefined when it can, or when a reader of the line will say so itself. */
const refuseText = (field: Field, text: string | undefined): RejectionReason | undefined => {
  // The version begins the line, where a word would pass for the first name of a header.
  if (text !== undefined && TOKEN.test(text) && (field.name !== 'version' || text === '-')) return undefined;
  const read = readValue(field, text ?? '');
  if ('reason' in read) return read.reason;
  return field.kind === 'text' ? 'bad-text' : undefined;
};

/** A property that is a field by AWS's name, or nearly: what it holds would be lost. Other properties are the caller's own. */
const findMisnamed = (record: FlowRecord): string | undefined =>
  Object.keys(record).find((key) => {
    if (PROPERTIES.has(key)) return false;
    const meant = fieldMeant(key);
    return meant !== undefined && !(meant.property in record);
  });

/** A record taken apart. */
class Parts {
  readonly names: string[] = [];
  readonly texts: string[] = [];
  fault: RecordFault | null = null;

  constructor(record: FlowRecord) {
    const misnamed = findMisnamed(record);
    if (misnamed !== undefined) this.fault = { field: misnamed, reason: 'bad-name' };
    // Known fields in AWS's order; the version always, and first: a digit or a dash begins the line.
    for (const field of FIELDS) {
      if (field.name !== 'version' && !(field.property in record)) continue;
      const value = record[field.property];
      const text = spell(value);
      this.#add(field.name, text, value, refuseText(field, text));
    }
    for (const [name, value] of Object.entries(record.extra ?? {})) this.#addExtra(name, value);
  }

  #addExtra(name: string, value: unknown): void {
    const text = spell(value);
    if (!isPlainName(name) || fieldMeant(name) !== undefined) this.#add(name, text, value, 'bad-name');
    else this.#add(name, text, value, text !== undefined && TOKEN.test(text) ? undefined : 'bad-text');
  }

  #add(name: string, text: string | undefined, value: unknown, reason: RejectionReason | undefined): void {
    this.names.push(name);
    this.texts.push(text ?? typeof value);
    if (reason !== undefined) this.fault ??= { field: name, reason };
  }

  /** The field that makes the line as long as it is. */
  longest(): string {
    const lengths = this.texts.map(({ length }) => length);
    return this.names[lengths.indexOf(Math.max(...lengths))] as string;
  }
}

/** What is handed over instead of a record; undefined for an object that may be one. */
const strayKind = (value: unknown): string | undefined => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return 'bytes of another kind';
  return typeof value === 'object' ? undefined : `a ${typeof value}`;
};

const checkRecord = (record: unknown): void => {
  const kind = strayKind(record);
  if (kind === undefined) return;
  throw new OptionError(
    'option-invalid',
    `The source holds ${kind}; expected a FlowRecord, text or a Uint8Array.`,
  );
};

const encoder = new TextEncoder();

/** Prints records one after the other. */
export class RecordPrinter {
  #header: string | undefined;
  #columns: Columns = columnsOf([]);

  /**
   * The line of a record; its columns are the same object as long as the fields of the records are the same.
   * @throws OptionError (option-invalid) for what is no record at all
   */
  print(record: FlowRecord): RecordLine {
    checkRecord(record);
    const parts = new Parts(record);
    const bytes = encoder.encode(`${parts.texts.join(' ')}\n`);
    if (parts.fault === null && bytes.length - 1 > LONGEST_LINE)
      parts.fault = { field: parts.longest(), reason: 'line-too-long' };
    const { names, fault } = parts;
    // Names at fault may hold blanks: together they could look like others.
    return { columns: fault === null ? this.#columnsFor(names) : this.#columns, bytes, fault };
  }

  #columnsFor(names: readonly string[]): Columns {
    const header = names.join(' ');
    if (header !== this.#header) {
      this.#header = header;
      this.#columns = columnsOf(names);
    }
    return this.#columns;
  }
}
