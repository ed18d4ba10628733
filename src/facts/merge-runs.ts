/** What several files know of the input as a whole, as one. Lists that a run tells in the order of its sources are told in the order of their names. */
import { type PlacedFormat, SHOWN_FILES } from '../engine/report-run.ts';
import type { RejectionReason } from '../model/flow-record.ts';
import type { ContainerReport } from '../model/report.ts';
import { AddressLegs, MOST_LEGS } from '../path/gateways.ts';
import type { RunFacts } from './facts.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What is told of equal things, added up. */
const mergeAlike = <T>(
  all: readonly T[],
  nameOf: (each: T) => string,
  merge: (one: T, other: T) => T,
): Map<string, T> => {
  const merged = new Map<string, T>();
  for (const each of all) {
    const name = nameOf(each);
    const known = merged.get(name);
    merged.set(name, known === undefined ? each : merge(known, each));
  }
  return merged;
};

const containersOf = (all: readonly ContainerReport[]): ContainerReport[] => {
  const merged = mergeAlike(
    all,
    ({ containers }) => containers.join(' '),
    (one, other) => ({
      containers: one.containers,
      sources: one.sources + other.sources,
      firstSource: one.firstSource < other.firstSource ? one.firstSource : other.firstSource,
    }),
  );
  return [...merged]
    .sort(([m, a], [n, b]) => byText(a.firstSource, b.firstSource) || byText(m, n))
    .map(([, report]) => report);
};

const compareFirsts = (one: PlacedFormat, other: PlacedFormat): number =>
  byText(one.firstSource, other.firstSource) || one.place - other.place;

const formatsOf = (all: readonly PlacedFormat[]): PlacedFormat[] => {
  const merged = mergeAlike(
    all,
    ({ learnedFrom, fields }) => `${learnedFrom} ${fields.join(' ')}`,
    (one, other) => {
      const { firstSource, place } = compareFirsts(one, other) <= 0 ? one : other;
      return {
        ...one,
        records: one.records + other.records,
        sources: one.sources + other.sources,
        firstSource,
        place,
      };
    },
  );
  return [...merged]
    .sort(([m, a], [n, b]) => compareFirsts(a, b) || byText(m, n))
    .map(([, format]) => format);
};

const uniqueInOrder = (all: readonly string[]): string[] => [...new Set(all)].sort(byText);

/** @param runs one at least */
export const mergeRuns = (runs: readonly RunFacts[]): RunFacts => {
  const sum = (of: (run: RunFacts) => number): number => runs.reduce((all, run) => all + of(run), 0);
  const seconds = (
    of: (run: RunFacts) => number | null,
    choose: (...of: number[]) => number,
  ): number | null => {
    const known = runs.map(of).filter((second) => second !== null);
    return known.length === 0 ? null : known.reduce((a, b) => choose(a, b));
  };
  const rejections = mergeAlike(
    runs.flatMap((run) => [...run.rejections]),
    ([reason]) => reason,
    ([reason, one], [, other]): [RejectionReason, number] => [reason, one + other],
  );
  const legs = new AddressLegs(MOST_LEGS);
  for (const run of runs) for (const leg of run.legs) legs.add(leg);
  return {
    flows: sum((run) => run.flows),
    exchanges: sum((run) => run.exchanges),
    addressOnly: sum((run) => run.addressOnly),
    withoutAddresses: sum((run) => run.withoutAddresses),
    nodata: sum((run) => run.nodata),
    skipdata: sum((run) => run.skipdata),
    accepted: sum((run) => run.accepted),
    rejected: sum((run) => run.rejected),
    oddFlags: sum((run) => run.oddFlags),
    tcpWithFlags: sum((run) => run.tcpWithFlags),
    tcpWithoutFlags: sum((run) => run.tcpWithoutFlags),
    first: seconds((run) => run.first, Math.min),
    last: seconds((run) => run.last, Math.max),
    headers: sum((run) => run.headers),
    comments: sum((run) => run.comments),
    sources: sum((run) => run.sources),
    containers: containersOf(runs.flatMap((run) => run.containers)),
    notRead: {
      files: sum((run) => run.notRead.files),
      first: runs
        .flatMap((run) => run.notRead.first)
        .sort(byText)
        .slice(0, SHOWN_FILES),
    },
    formats: formatsOf(runs.flatMap((run) => run.formats)),
    rejections: new Map<RejectionReason, number>([...rejections.values()].sort(([a], [b]) => byText(a, b))),
    legs: legs.inOrder(),
    legFields: uniqueInOrder(runs.flatMap((run) => run.legFields)),
    legLacks: uniqueInOrder(runs.flatMap((run) => run.legLacks)),
  };
};
