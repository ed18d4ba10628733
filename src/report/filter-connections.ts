/**
 * The filter of a report's page, by the command line's rules: values of one field widen, fields narrow, and a
 * connection without times passes no time filter. What cannot be read is said, not ignored.
 */
import type { Connection } from '../model/connection.ts';
import type { NameOf } from '../model/name-of.ts';
import { addressBytes } from '../record/address.ts';
import { readPrefix } from '../record/prefix.ts';

/** What the page's fields hold, as typed; values of one field stand apart by commas or blanks. */
export interface PageFilter {
  /** Either end in one of these addresses or CIDR ranges. */
  readonly address: string;
  /** Opened from one of these addresses or CIDR ranges. */
  readonly initiatedBy: string;
  /** Either end on one of these ports. */
  readonly port: string;
  /** States; other protocols than TCP are `exchange`. None is all. */
  readonly states: readonly string[];
  /** A UTC date, date and time, or Unix seconds; both ends are included. */
  readonly since: string;
  readonly until: string;
  /** Text that some field shown of the connection holds, in any case. */
  readonly search: string;
}

export const EMPTY_FILTER: PageFilter = {
  address: '',
  initiatedBy: '',
  port: '',
  states: [],
  since: '',
  until: '',
  search: '',
};

/** The state that a filter calls other protocols by. */
export const EXCHANGE = 'exchange';

type Test = (connection: Connection) => boolean;

export interface BuiltFilter {
  readonly keep: Test;
  /** Fields that cannot be read, with what was expected; such a field leaves nothing out. */
  readonly problems: Readonly<Partial<Record<keyof PageFilter, string>>>;
  readonly filters: boolean;
}

const sameBits = (a: Uint8Array, b: Uint8Array, bits: number): boolean => {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (a[i] !== b[i]) return false;
  const rest = 8 - (bits & 7);
  return rest === 8 || (a[whole] ?? 0) >> rest === (b[whole] ?? 0) >> rest;
};

type Range = (address: string) => boolean;

const readRange = (text: string): Range | undefined => {
  const prefix = readPrefix(text);
  if (prefix === undefined) return undefined;
  return (candidate) => {
    const bytes = addressBytes(candidate);
    return (
      bytes !== undefined &&
      bytes.length === prefix.bytes.length &&
      sameBits(bytes, prefix.bytes, prefix.length)
    );
  };
};

const wordsOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

/** One answer an address: they repeat. */
const inAny = (ranges: readonly Range[]): Range => {
  const known = new Map<string, boolean>();
  return (address) => {
    const before = known.get(address);
    if (before !== undefined) return before;
    const inside = ranges.some((range) => range(address));
    known.set(address, inside);
    return inside;
  };
};

const readRanges = (text: string): Range | undefined => {
  const ranges = wordsOf(text).map(readRange);
  const read = ranges.filter((range) => range !== undefined);
  return read.length === ranges.length ? inAny(read) : undefined;
};

const readPorts = (text: string): ReadonlySet<number | null> | undefined => {
  const words = wordsOf(text);
  return words.every((word) => /^\d{1,5}$/.test(word) && Number(word) <= 65_535)
    ? new Set(words.map(Number))
    : undefined;
};

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?Z?)?$/i;

/** A UTC date (its first second), a date and time, or Unix seconds; undefined for anything else. */
export const readMoment = (text: string): number | undefined => {
  const trimmed = text.trim();
  if (/^\d{1,11}$/.test(trimmed)) return Number(trimmed);
  const match = ISO.exec(trimmed);
  if (match === null) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = match;
  const spelt = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const date = new Date(`${spelt}Z`);
  // Some dates roll over: 30 February is no day.
  return Number.isNaN(date.getTime()) || !date.toISOString().startsWith(spelt)
    ? undefined
    : date.getTime() / 1000;
};

const haystack = (c: Connection, names: NameOf | undefined): string =>
  [
    c.uid,
    c.communityId,
    c.protocol,
    `${c.initiator.address}:${c.initiator.port ?? ''}`,
    `${c.responder.address}:${c.responder.port ?? ''}`,
    c.state,
    c.verdict,
    c.initiatorBasis,
    c.path,
    names?.(c.initiator.address),
    names?.(c.responder.address),
    ...c.vantages.flatMap((v) => [
      v.interfaceId,
      v.resourceId,
      v.instanceId,
      v.vpcId,
      v.subnetId,
      v.accountId,
    ]),
  ]
    .join('\n')
    .toLowerCase();

const openedFrom =
  (range: Range): Test =>
  ({ initiator, responder, initiatorBasis }) =>
    initiatorBasis !== 'none' &&
    // Opened by both: either may be meant.
    (range(initiator.address) || (initiatorBasis === 'simultaneous' && range(responder.address)));

const RANGE_EXPECTED = 'expected addresses or ranges, such as 10.0.0.0/8';
const TIME_EXPECTED = 'expected a UTC time, such as 2019-08-26 19:47';

/** All fields as one filter. @param names what addresses are called, which is searched too */
export const buildFilter = (filter: PageFilter, names?: NameOf): BuiltFilter => {
  const tests: Test[] = [];
  const problems: Partial<Record<keyof PageFilter, string>> = {};
  const read = <T>(
    field: 'address' | 'initiatedBy' | 'port' | 'since' | 'until',
    reader: (text: string) => T | undefined,
    expected: string,
  ): T | undefined => {
    if (filter[field].trim() === '') return undefined;
    const value = reader(filter[field]);
    if (value === undefined) problems[field] = expected;
    return value;
  };
  if (filter.states.length > 0) {
    const states = new Set(filter.states);
    tests.push(({ state }) => states.has(state ?? EXCHANGE));
  }
  const ports = read('port', readPorts, 'expected ports, such as 443');
  if (ports !== undefined)
    tests.push(({ initiator, responder }) => ports.has(initiator.port) || ports.has(responder.port));
  const since = read('since', readMoment, TIME_EXPECTED);
  const until = read('until', readMoment, TIME_EXPECTED);
  if (since !== undefined || until !== undefined) {
    const [from, to] = [since ?? Number.NEGATIVE_INFINITY, until ?? Number.POSITIVE_INFINITY];
    tests.push(
      ({ firstSeen, lastSeen }) =>
        firstSeen !== null && lastSeen !== null && firstSeen <= to && lastSeen >= from,
    );
  }
  const range = read('address', readRanges, RANGE_EXPECTED);
  if (range !== undefined)
    tests.push(({ initiator, responder }) => range(initiator.address) || range(responder.address));
  const openers = read('initiatedBy', readRanges, RANGE_EXPECTED);
  if (openers !== undefined) tests.push(openedFrom(openers));
  const wanted = filter.search.trim().toLowerCase();
  if (wanted !== '') tests.push((connection) => haystack(connection, names).includes(wanted));
  return {
    keep: (connection) => tests.every((test) => test(connection)),
    problems,
    filters: tests.length > 0,
  };
};
