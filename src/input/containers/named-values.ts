/** Values that come with names of their own (CSV, JSON) as a line in AWS's names. */
import type { Columns } from '../../model/fields.ts';
import { columnsOf, fieldMeant, isPlainName } from '../../record/columns.ts';
import type { LineBuffer } from './line-buffer.ts';

/** More values than any row of records has. */
export const MOST_VALUES = 1024;

/** The values of one row: bytes of all of them, and where each begins and ends. */
export interface Row {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/** Which values of a row become which fields of a line. */
export interface Naming {
  /** The value that is a whole line: then no other counts. */
  readonly message: number | null;
  readonly columns: Columns;
  /** Of each column the values that it may come from: the first that is there. */
  readonly from: readonly (readonly number[])[];
}

/** The name as people's tables have it, without what tools put around it. */
const bareName = (name: string): string => name.replace(/^\ufeff/, '').trim();

/** CloudWatch's own columns, which are no part of a record. */
const OF_CLOUDWATCH = new Set(['@timestamp', '@message', '@logStream', '@log', '@ptr', '@ingestionTime']);

/** Of names the one whose value is a whole line: that of Logs Insights before all other; -1 where none is. */
export const messageAmong = (names: readonly string[]): number => {
  const first = names.indexOf('@message');
  return first < 0 ? names.findIndex((name) => name.length === 7 && name.toLowerCase() === 'message') : first;
};

/** Names of columns that nobody knows are carried, spelt as a header may have them. */
const carriedName = (name: string): string => {
  const plain = name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  return isPlainName(plain) ? plain : `column_${plain}`;
};

const knownCount = (names: readonly string[]): number =>
  names.filter((name) => fieldMeant(name) !== undefined).length;

/** Whether the names tell of an end of a packet: without one there is no flow log. */
const hasAddress = (names: readonly string[]): boolean =>
  names.some((name) => /addr$/.test(fieldMeant(name)?.name ?? ''));

/**
 * What names say of the values below them: a column with lines (the console, Logs Insights), or fields under whatever
 * spelling. Several names of one field are one column; CloudWatch's time is the start where nothing else is.
 * @returns undefined where they are none of a flow log
 */
export const namingOf = (asTheyStand: readonly string[]): Naming | undefined => {
  const names = asTheyStand.map(bareName);
  const message = messageAmong(names);
  if (message >= 0) return { message, columns: columnsOf([]), from: [] };
  if (knownCount(names) < 2 || !hasAddress(names)) return undefined;
  const columns = new Map<string, number[]>();
  const hasStart = names.some((name) => fieldMeant(name)?.name === 'start');
  for (const [i, name] of names.entries()) {
    const isStart = name === '@timestamp' && !hasStart;
    if (name === '' || (OF_CLOUDWATCH.has(name) && !isStart)) continue;
    const carried = carriedName(name);
    // A blank in a name that is spelt so makes it that of a field: `src addr`.
    const field = fieldMeant(name) ?? fieldMeant(carried);
    const column = isStart ? 'start' : (field?.name ?? carried);
    const before = columns.get(column);
    if (before === undefined) columns.set(column, [i]);
    else if (field !== undefined) before.push(i);
  }
  return { message: null, columns: columnsOf([...columns.keys()]), from: [...columns.values()] };
};

const decoder = new TextDecoder();
const encoder = new TextEncoder();

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?$/;

/** Unix milliseconds of a written date and time, UTC where it names no zone; undefined for other text. */
export const millisecondsOf = (text: string): number | undefined => {
  const [, date, time, zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  if (date === undefined) return undefined;
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const value = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(value) || value < 0 ? undefined : value;
};

/**
 * Unix seconds of a time that is written out in bytes [from, to); undefined for a value that is a number, and for no time.
 * @param roundUp a part of a second makes it the next
 */
export const secondsIn = (
  bytes: Uint8Array,
  from: number,
  to: number,
  roundUp: boolean,
): number | undefined => {
  // 2025-10-09 08:53:25 and longer.
  if (to - from < 16 || to - from > 40 || isDigit(bytes[from + 4] as number)) return undefined;
  const value = millisecondsOf(decoder.decode(bytes.subarray(from, to)));
  if (value === undefined) return undefined;
  return roundUp ? Math.ceil(value / 1000) : Math.floor(value / 1000);
};

/** Written times as AWS writes them. */
const secondsWritten = (
  { bytes, starts, ends }: Row,
  i: number,
  roundUp: boolean,
): Uint8Array | undefined => {
  const seconds = secondsIn(bytes, starts[i] as number, ends[i] as number, roundUp);
  return seconds === undefined ? undefined : encoder.encode(String(seconds));
};

/** Writes a row as a line; one of too few or too many values becomes such a line, which its reader refuses. */
export const addRow = (lines: LineBuffer, { columns, from }: Naming, row: Row, names: number): void => {
  for (const [column, values] of from.entries()) {
    const present = values.find((i) => i < row.count && (row.ends[i] as number) > (row.starts[i] as number));
    const i = present ?? (values[0] as number);
    if (i >= row.count) break;
    if (column > 0) lines.addSpace();
    const name = columns.names[column];
    const written = name === 'start' || name === 'end' ? secondsWritten(row, i, name === 'end') : undefined;
    if (written !== undefined) lines.add(written, 0, written.length);
    else lines.addField(row.bytes, row.starts[i] as number, row.ends[i] as number);
  }
  for (let i = names; i < row.count; i++) {
    // A separator at the end of a line begins no value.
    if (i === row.count - 1 && row.ends[i] === row.starts[i]) break;
    lines.addSpace();
    lines.addField(row.bytes, row.starts[i] as number, row.ends[i] as number);
  }
  lines.endLine();
};
