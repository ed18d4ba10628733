/** What the engine counts of a run. */

/** Counted while records are taken; what is taken out as a copy is known when its key is judged. */
export interface Tally {
  flows: number;
  exchanges: number;
  addressOnly: number;
  /** Of those, the ones that lack an address. */
  withoutAddresses: number;
  nodata: number;
  skipdata: number;
  duplicates: number;
  duplicateExchanges: number;
  accepted: number;
  rejected: number;
  oddFlags: number;
  tcpWithFlags: number;
  tcpWithoutFlags: number;
  /** Unix seconds of the first start and the last end; null without times. */
  first: number | null;
  last: number | null;
}

export const emptyTally = (): Tally => ({
  flows: 0,
  exchanges: 0,
  addressOnly: 0,
  withoutAddresses: 0,
  nodata: 0,
  skipdata: 0,
  duplicates: 0,
  duplicateExchanges: 0,
  accepted: 0,
  rejected: 0,
  oddFlags: 0,
  tcpWithFlags: 0,
  tcpWithoutFlags: 0,
  first: null,
  last: null,
});
