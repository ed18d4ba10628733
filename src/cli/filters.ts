/**
 * Which connections are shown. Options of one kind widen (either address), kinds narrow (address and port).
 * A filter hides results, never records: who opened a connection is decided before anything is left out.
 */
import type { ConnectionState, Verdict } from '../model/connection.ts';
import type { Outline } from '../model/outline.ts';
import type { AddressRange } from './address-range.ts';

export interface FilterOptions {
  readonly addresses: readonly AddressRange[];
  readonly ports: readonly number[];
  readonly states: readonly ConnectionState[];
  readonly verdicts: readonly Verdict[];
  /** Unix seconds, both ends included; null is open. */
  readonly since: number | null;
  readonly until: number | null;
  readonly initiatedBy: readonly AddressRange[];
}

/** Whether a connection is shown. */
export type ConnectionFilter = (connection: Outline) => boolean;

const byAddress =
  (ranges: readonly AddressRange[]): ConnectionFilter =>
  ({ initiator, responder }) =>
    ranges.some((range) => range(initiator.address) || range(responder.address));

const byPort =
  (ports: ReadonlySet<number | null>): ConnectionFilter =>
  ({ initiator, responder }) =>
    ports.has(initiator.port) || ports.has(responder.port);

const byState =
  (states: ReadonlySet<ConnectionState | null>): ConnectionFilter =>
  ({ state }) =>
    states.has(state);

const byVerdict =
  (verdicts: ReadonlySet<Verdict>): ConnectionFilter =>
  ({ verdict }) =>
    verdicts.has(verdict);

/** The records' span touches the asked one; without times nobody can say so. */
const byTime =
  (since: number, until: number): ConnectionFilter =>
  ({ firstSeen, lastSeen }) =>
    firstSeen !== null && lastSeen !== null && firstSeen <= until && lastSeen >= since;

const byInitiator =
  (ranges: readonly AddressRange[]): ConnectionFilter =>
  ({ initiator, responder, initiatorBasis }) => {
    if (initiatorBasis === 'none') return false;
    // Opened by both: either may be meant.
    const openers = initiatorBasis === 'simultaneous' ? [initiator, responder] : [initiator];
    return openers.some(({ address }) => ranges.some((range) => range(address)));
  };

/** Whether a time filter was asked for, which connections without times cannot pass. */
export const filtersByTime = ({ since, until }: FilterOptions): boolean => since !== null || until !== null;

/** Whether anything at all is left out. */
export const filtersAnything = (options: FilterOptions): boolean => filtersOf(options).length > 0;

const filtersOf = (options: FilterOptions): ConnectionFilter[] => {
  const filters: ConnectionFilter[] = [];
  if (options.states.length > 0) filters.push(byState(new Set(options.states)));
  if (options.verdicts.length > 0) filters.push(byVerdict(new Set(options.verdicts)));
  if (options.ports.length > 0) filters.push(byPort(new Set(options.ports)));
  if (filtersByTime(options)) {
    filters.push(
      byTime(options.since ?? Number.NEGATIVE_INFINITY, options.until ?? Number.POSITIVE_INFINITY),
    );
  }
  if (options.addresses.length > 0) filters.push(byAddress(options.addresses));
  if (options.initiatedBy.length > 0) filters.push(byInitiator(options.initiatedBy));
  return filters;
};

/** All the asked-for filters as one. */
export const buildFilter = (options: FilterOptions): ConnectionFilter => {
  const filters = filtersOf(options);
  return (connection) => filters.every((filter) => filter(connection));
};
