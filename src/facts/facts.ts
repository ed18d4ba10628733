/**
 * Facts: what a whole input teaches, in a file, so that a part of the input is judged as the whole would be. Here stand the
 * words; how a file of them looks is in docs/facts.md.
 */
import type { VantageLesson } from '../engine/observers/lessons.ts';
import type { Scope } from '../engine/observers/scope.ts';
import type { PlacedFormat } from '../engine/report-run.ts';
import type { RejectionReason } from '../model/flow-record.ts';
import type { AddressLeg, ContainerReport } from '../model/report.ts';

/** Of the form of the file: another is refused. */
export const FACTS_VERSION = 1;

/** Who wrote a file of facts. */
export const MAKERS = ['split', 'learn', 'merge'] as const;
export type Maker = (typeof MAKERS)[number];

/**
 * Which ends a file names: none; all that a key of its input may ask for; or those that teach, so that of any other it is
 * known that it answers nobody and talks with one other at most.
 */
export const END_LISTS = ['none', 'complete', 'teaching'] as const;
export type EndList = (typeof END_LISTS)[number];

/** What a run is set to that facts are learned for. */
export interface FactsSettings {
  readonly scope: Scope;
  /** Seconds, or null for the limits that hold where none is given. */
  readonly idleSeconds: number | null;
}

export interface FactsHeader {
  readonly from: Maker;
  /** Null where whoever wrote the file does not know yet what the run will be set to: that agrees with anything. */
  readonly settings: FactsSettings | null;
  /** Who read what is learned record by record: split, or those who learned from whole keys. */
  readonly recordsFrom: 'split' | 'learn';
  readonly ends: EndList;
}

/** What is known of the input as a whole, added up record by record. */
export interface RunFacts {
  /** Records that become connections and exchanges, and those of them that become exchanges. */
  readonly flows: number;
  readonly exchanges: number;
  readonly addressOnly: number;
  readonly withoutAddresses: number;
  readonly nodata: number;
  readonly skipdata: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly oddFlags: number;
  readonly tcpWithFlags: number;
  readonly tcpWithoutFlags: number;
  /** Unix seconds of the first start and the last end; null without times. */
  readonly first: number | null;
  readonly last: number | null;
  readonly headers: number;
  readonly comments: number;
  readonly sources: number;
  readonly containers: readonly ContainerReport[];
  readonly notRead: { readonly files: number; readonly first: readonly string[] };
  readonly formats: readonly PlacedFormat[];
  /** Lines that were not understood, by reason; each of them stands in the file, too. */
  readonly rejections: ReadonlyMap<RejectionReason, number>;
  /** Of formats without ports or protocol: which addresses met, the fields there were, and those that records held nothing in. */
  readonly legs: readonly AddressLeg[];
  readonly legFields: readonly string[];
  readonly legLacks: readonly string[];
}

/** What was learned of whole keys. */
export interface KeysFacts {
  /** Flow records of the keys that taught. */
  readonly flows: number;
}

/** What records teach of an interface one by one. */
export type RecordLesson = Omit<VantageLesson, keyof KeyLesson | 'isSettled'>;

/** What whole keys teach of it. */
export type KeyLesson = Pick<VantageLesson, 'bothWays' | 'halves' | 'toldTwice'>;

/** An end: an address with a port and a protocol. */
export interface EndFacts {
  readonly address: string;
  readonly port: number;
  readonly protocol: number;
  /** It answered a handshake. */
  readonly answers: boolean;
  /** Keys in which it talks with another end. */
  readonly peers: number;
  /** A key of the input may ask for it. */
  readonly asked: boolean;
}
