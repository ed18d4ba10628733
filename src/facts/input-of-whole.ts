/** What a report tells of a whole input, by its facts: all but what became of its connections. */
import { NO_LESSON, type VantageLesson } from '../engine/observers/lessons.ts';
import { isToldTwice, mayTeachTwice } from '../engine/observers/told-twice.ts';
import { type InputReport, type LegsMet, SHOWN_REJECTIONS } from '../engine/report-run.ts';
import type { Rejection } from '../model/flow-record.ts';
import { Pauses } from '../model/pauses.ts';
import type { VantageCoverage } from '../model/report.ts';
import { AddressLegs, MOST_LEGS } from '../path/gateways.ts';
import { checkWhole } from './check-head.ts';
import type { RunFacts } from './facts.ts';
import type { FactsLines } from './facts-lines.ts';
import { openFacts } from './open-facts.ts';
import { readHead, readVantage } from './read-head.ts';
import { readRejections } from './read-rejections.ts';

export interface InputOfWhole {
  /** Where the facts were read. */
  readonly name: string;
  readonly run: RunFacts;
  /** Its connections and exchanges are all flow records: which of them are duplicates is known when they are judged. */
  readonly input: InputReport;
  readonly vantages: readonly VantageCoverage[];
  readonly legs: LegsMet;
}

const coverageOf = (name: string, lesson: VantageLesson): VantageCoverage => ({
  vantage: name === '' ? null : name,
  vpcId: lesson.vpcId,
  records: lesson.records,
  nodata: lesson.nodata,
  skipped: lesson.skipped,
  first: lesson.first,
  last: lesson.last,
  longestInterval: lesson.longest,
  toldTwice: name !== '' && mayTeachTwice(lesson.longest) ? isToldTwice(lesson.toldTwice) : false,
  rewrites: lesson.rewrites,
});

const readVantages = async (lines: FactsLines, pauses: Pauses): Promise<VantageCoverage[]> => {
  const vantages: VantageCoverage[] = [];
  while (lines.kind === 'vantage') {
    const { vantage } = readVantage(lines);
    let lesson = NO_LESSON;
    while (lines.kind === 'vantage') {
      const line = readVantage(lines);
      if (line.vantage !== vantage) break;
      lesson = { ...lesson, ...line.lesson };
      await lines.next();
      if (pauses.due) await pauses.take();
    }
    vantages.push(coverageOf(vantage, lesson));
  }
  return vantages;
};

const inputOf = (run: RunFacts, firstRejections: readonly Rejection[]): InputReport => {
  const rejected = [...run.rejections.values()].reduce((sum, count) => sum + count, 0);
  return {
    placement: {
      records: run.flows + run.addressOnly + run.nodata + run.skipdata + rejected,
      connections: run.flows - run.exchanges,
      exchanges: run.exchanges,
      addressOnly: run.addressOnly,
      nodata: run.nodata,
      skipdata: run.skipdata,
      duplicates: 0,
      rejected,
      headers: run.headers,
      comments: run.comments,
    },
    sources: run.sources,
    containers: run.containers,
    notRead: run.notRead,
    rejections: run.rejections,
    firstRejections,
    formats: run.formats.map(({ place: _, ...format }) => format),
    withoutAddresses: run.withoutAddresses,
    accepted: run.accepted,
    rejected: run.rejected,
    first: run.first,
    last: run.last,
    oddFlags: run.oddFlags,
    tcpWithFlags: run.tcpWithFlags,
    tcpWithoutFlags: run.tcpWithoutFlags,
  };
};

const legsOf = ({ legs, legFields, legLacks }: RunFacts): LegsMet => {
  const met = new AddressLegs(MOST_LEGS);
  for (const leg of legs) met.add(leg);
  return { legs: met, legFields: new Set(legFields), legLacks: new Set(legLacks) };
};

/**
 * Reads what a file of facts knows of its input.
 * @throws InputError where it is damaged, or was not learned from every part once
 */
export const readInputOfWhole = async (path: string, signal?: AbortSignal): Promise<InputOfWhole> => {
  const lines = await openFacts(path, signal);
  const pauses = new Pauses(signal);
  try {
    const head = await readHead(lines);
    checkWhole(head, lines.name);
    const { run } = head;
    const firstRejections = await readRejections(lines, run, pauses, SHOWN_REJECTIONS);
    const vantages = await readVantages(lines, pauses);
    while (lines.kind === 'end') {
      const wait = lines.next();
      if (wait !== undefined) await wait;
      if (pauses.due) await pauses.take();
    }
    if (lines.kind !== 'over') throw lines.damage('it is not where it belongs');
    return {
      name: lines.name,
      run,
      input: inputOf(run, firstRejections),
      vantages,
      legs: legsOf(run),
    };
  } finally {
    await lines.close();
  }
};
