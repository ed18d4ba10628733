/**
 * One line to one record: the plain specification of reading. The bulk scanner (scan-lines.ts) must agree
 * with it on every input and asks it for the reason whenever a line is refused. Never throws.
 */
import type { Columns, Field } from '../model/fields.ts';
import type { FlowRecord, Rejection, RejectionReason } from '../model/flow-record.ts';
import { canonicalAddress } from './address.ts';

/** Where a line came from, for its rejection. */
export interface LinePlace {
  readonly source: string;
  readonly lineNumber: number;
}

/** Bytes of a line. No flow log record comes near this; AWS's longest, with all 54 fields and ARNs, is about 2 KiB. */
export const LONGEST_LINE = 64 * 1024;

/** Rejected lines are quoted up to here. */
export const QUOTED_CHARACTERS = 200;

/** 2^53-1: larger counters cannot be told apart. */
const LARGEST = Number.MAX_SAFE_INTEGER;
/**
 * Whatever is above the seconds of 2106 is milliseconds, met in real logs although the documentation says
 * seconds. The start is cut and the end rounded up, so that the interval still holds all its packets.
 */
export const LARGEST_SECONDS = 0xffffffff;

type Read = { readonly value: unknown } | { readonly reason: RejectionReason };

const DIGITS = /^[0-9]+$/;

const readInteger = (text: string, most: number): Read => {
  if (!DIGITS.test(text)) return { reason: 'bad-number' };
  const value = Number(text);
  return value <= most ? { value } : { reason: 'out-of-range' };
};

/** Seconds from a whole number of seconds or milliseconds. */
export const secondsOf = (value: number, roundUp: boolean): number => {
  if (value <= LARGEST_SECONDS) return value;
  return roundUp ? Math.ceil(value / 1000) : Math.floor(value / 1000);
};

const readSeconds = (text: string, roundUp: boolean): Read => {
  const read = readInteger(text, LARGEST);
  if ('reason' in read) return read;
  const value = secondsOf(read.value as number, roundUp);
  return value <= LARGEST_SECONDS ? { value } : { reason: 'out-of-range' };
};

const oneOf = (text: string, words: readonly string[]): Read =>
  words.includes(text) ? { value: text } : { reason: 'bad-value' };

/** Reads what stands in a column of a known field. */
export const readValue = (field: Field, text: string): Read => {
  switch (field.kind) {
    case 'integer':
      return readInteger(text, 'most' in field ? field.most : LARGEST);
    case 'seconds':
      return readSeconds(text, field.name === 'end');
    case 'address': {
      const value = canonicalAddress(text);
      return value === undefined ? { reason: 'bad-address' } : { value };
    }
    case 'action':
      return oneOf(text, ['ACCEPT', 'REJECT']);
    case 'status':
      return oneOf(text, ['OK', 'NODATA', 'SKIPDATA']);
    case 'direction':
      return oneOf(text, ['ingress', 'egress']);
    case 'text':
      return { value: text };
    default:
      return field satisfies never;
  }
};

/** The tokens of a line: runs of blanks part them, a token that begins with # and all behind it is a comment. */
export const tokensOf = (line: string): string[] => {
  const tokens = line.split(/[ \t\r]+/).filter((token) => token !== '');
  const comment = tokens.findIndex((token) => token.startsWith('#'));
  return comment < 0 ? tokens : tokens.slice(0, comment);
};

const isV6 = (address: string): boolean => address.includes(':');

/** The packet-level end of one direction: the pkt- field when it holds something, else the interface's view. */
const endOf = (pkt: string | null | undefined, seen: string | null | undefined): string | null =>
  pkt ?? seen ?? null;

/**
 * Reads one line.
 * @returns the record, or a {@link Rejection} that names the first field at fault.
 * @example parseLine('10.0.0.1 10.0.0.2', parseColumns('srcaddr dstaddr'))
 */
export const parseLine = (
  line: string,
  columns: Columns,
  place: LinePlace = { source: '-', lineNumber: 1 },
): FlowRecord | Rejection => {
  const reject = (reason: RejectionReason, field: string | null = null): Rejection => ({
    source: place.source,
    lineNumber: place.lineNumber,
    field,
    reason,
    text: line.slice(0, QUOTED_CHARACTERS),
  });
  if (line.includes('\0')) return reject('binary-data');
  const tokens = tokensOf(line);
  // Named is the first that is missing.
  if (tokens.length < columns.names.length)
    return reject('too-few-fields', columns.names[tokens.length] ?? null);
  if (tokens.length > columns.names.length) return reject('too-many-fields');

  const record: Record<string, unknown> = {};
  const extra: Record<string, string> = Object.create(null) as Record<string, string>;
  let extras = 0;
  for (const [i, text] of tokens.entries()) {
    const field = columns.fields[i];
    if (field === undefined) {
      extra[columns.names[i] as string] = text;
      extras++;
    } else if (text === '-') {
      record[field.property] = null;
    } else {
      const read = readValue(field, text);
      if ('reason' in read) return reject(read.reason, field.name);
      record[field.property] = read.value;
    }
  }
  const result: FlowRecord = extras > 0 ? { ...record, extra: { ...extra } } : record;
  if (typeof result.start === 'number' && typeof result.end === 'number' && result.end < result.start) {
    return reject('ends-before-start', 'end');
  }
  const from = endOf(result.pktSrcAddr, result.srcAddr);
  const to = endOf(result.pktDstAddr, result.dstAddr);
  if (from !== null && to !== null && isV6(from) !== isV6(to)) return reject('mixed-families');
  return result;
};

/** Tells a rejection from a record. */
export const isRejection = (read: FlowRecord | Rejection): read is Rejection => 'reason' in read;

/**
 * Prints a record in a given format, as AWS would: `-` for what it does not have.
 * @example printLine({ srcAddr: '10.0.0.1' }, parseColumns('srcaddr dstaddr')) // '10.0.0.1 -'
 */
export const printLine = (record: FlowRecord, columns: Columns): string =>
  columns.names
    .map((name, i) => {
      const field = columns.fields[i];
      const value = field === undefined ? record.extra?.[name] : record[field.property];
      return value === undefined || value === null ? '-' : String(value);
    })
    .join(' ');
