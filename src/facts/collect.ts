/** What a reading has met and noted, in the words of facts: of the input as a whole, and of each interface record by record. */
import type { StoredOwn } from '../engine/kernel/kept-own.ts';
import type { Coverage, SeenOfVantage } from '../engine/observers/coverage.ts';
import type { Observers } from '../engine/observers/observers.ts';
import { NO_RECORD_YET, type OwnSets } from '../engine/observers/own-addresses.ts';
import type { InputNotes, LegsMet } from '../engine/report-run.ts';
import type { Tally } from '../engine/tally.ts';
import { writeIPv4 } from '../model/ipv4.ts';
import type { AddressBook } from '../record/address-book.ts';
import type { RecordLesson, RunFacts } from './facts.ts';
import { orderSets } from './merge-lessons.ts';
import { nameOfVantage } from './vantage-names.ts';

/** @param tally of all records: what is counted when a key is judged is not asked for */
export const runFacts = (
  tally: Omit<Tally, 'duplicates' | 'duplicateExchanges'>,
  notes: InputNotes,
  { legs, legFields, legLacks }: LegsMet,
): RunFacts => ({
  flows: tally.flows,
  exchanges: tally.exchanges,
  addressOnly: tally.addressOnly,
  withoutAddresses: tally.withoutAddresses,
  nodata: tally.nodata,
  skipdata: tally.skipdata,
  accepted: tally.accepted,
  rejected: tally.rejected,
  oddFlags: tally.oddFlags,
  tcpWithFlags: tally.tcpWithFlags,
  tcpWithoutFlags: tally.tcpWithoutFlags,
  first: tally.first,
  last: tally.last,
  headers: notes.headers,
  comments: notes.comments,
  sources: notes.sources,
  containers: notes.containers(),
  notRead: { files: notes.passedOver, first: notes.firstPassedOver },
  formats: notes.placedFormats(),
  rejections: notes.reasons,
  legs: legs.inOrder(),
  legFields: [...legFields].sort(),
  legLacks: [...legLacks].sort(),
});

const NOTHING_OWN: StoredOwn = { v4: NO_RECORD_YET, v6: NO_RECORD_YET };

/** Each interface with its name, in the order of names. */
const named = (
  coverage: Coverage,
  observers: Observers,
): Iterable<readonly [name: string, seen: SeenOfVantage]> => {
  const { strings } = observers;
  const all = function* (): Generator<readonly [string, SeenOfVantage]> {
    for (const seen of coverage.seen(observers)) yield [nameOfVantage(seen.vantage, strings), seen];
  };
  // Where names hold bytes that no text has they are in another order as text.
  return strings.hasDamage ? [...all()].sort(([a], [b]) => (a < b ? -1 : 1)) : all();
};

/**
 * What records have taught of each interface, in the order of their names.
 * @param ownOf what of its own a vantage may have, by its interned id: see EngineKernel.ownSets
 */
export function* recordLessons(
  coverage: Coverage,
  observers: Observers,
  addresses: AddressBook,
  ownOf: ReadonlyMap<number, StoredOwn>,
): Generator<readonly [name: string, lesson: RecordLesson, vantage: number]> {
  const textOf = (sets: OwnSets<number>, write: (address: number) => string): OwnSets =>
    orderSets(sets.map((set) => set.map(write)));
  for (const [name, { vantage, ...seen }] of named(coverage, observers)) {
    const own = ownOf.get(vantage) ?? NOTHING_OWN;
    const texts = { v4: textOf(own.v4, writeIPv4), v6: textOf(own.v6, (id) => addresses.text(id)) };
    yield [name, { ...seen, own: texts }, vantage];
  }
}
