/** Puts what was learned before in the place of what the records of a run teach of interfaces. */
import { readIPv4 } from '../../record/address.ts';
import type { Interner } from '../../record/interner.ts';
import type { Dictionaries } from '../../record/scan-lines.ts';
import { BothWays } from './both-ways.ts';
import { type Coverage, NONE } from './coverage.ts';
import type { KnownOfVantages } from './known-of-vantages.ts';
import type { Lessons, VantageLesson } from './lessons.ts';
import { believedOf } from './own-addresses.ts';
import { ToldTwice } from './told-twice.ts';

/** What is known of vantages from before, by their interned ids. */
export type TaughtVantages = Iterable<readonly [vantage: number, lesson: VantageLesson]>;

/** A vantage by its name, as interned. */
const vantageCalled = (name: string, strings: Interner): number => {
  const bytes = Buffer.from(name);
  return name === '' ? 0 : strings.intern(bytes, 0, bytes.length);
};

/** Lessons by the interned ids of their vantages. */
export const byVantage = ({ vantages }: Lessons, strings: Interner): TaughtVantages =>
  Array.from(vantages, ([name, lesson]) => [vantageCalled(name, strings), lesson] as const);

/** @returns the VPCs of vantages, both as interned */
export const applyLessons = (
  taught: TaughtVantages,
  { strings, addresses }: Dictionaries,
  coverage: Coverage,
): [vantage: number, vpc: number][] => {
  const vpcs: [number, number][] = [];
  const numberOf = (text: string): number => {
    const bytes = Buffer.from(text);
    return text.includes(':') ? addresses.intern(bytes, 0, bytes.length) : readIPv4(bytes, 0, bytes.length);
  };
  for (const [vantage, lesson] of taught) {
    if (lesson.vpcId !== null && vantage !== 0) vpcs.push([vantage, strings.internText(lesson.vpcId)]);
    coverage.adopt(vantage, {
      records: lesson.records,
      first: lesson.first ?? NONE,
      last: lesson.last ?? -1,
      longest: lesson.longest ?? -1,
      rewrites: lesson.rewrites,
      own: { v4: believedOf(lesson.own.v4).map(numberOf), v6: believedOf(lesson.own.v6).map(numberOf) },
    });
    coverage.adoptSkipped(vantage, lesson.skipped);
  }
  return vpcs;
};

/** What records teach of vantages, with what was learned before: added to it, or in its place where that is settled. */
export const withLessons = (learned: KnownOfVantages, taught: TaughtVantages): KnownOfVantages => {
  const all = { bothWays: new BothWays(), toldTwice: new ToldTwice() };
  for (const [vantage, bothWays, halves] of learned.bothWays.each())
    all.bothWays.add(vantage, bothWays, halves);
  for (const [vantage, seen] of learned.toldTwice.each()) all.toldTwice.add(vantage, seen);
  for (const [vantage, { bothWays, halves, toldTwice, isSettled }] of taught) {
    const how = isSettled ? 'put' : 'add';
    all.bothWays[how](vantage, bothWays, halves);
    all.toldTwice[how](vantage, toldTwice);
  }
  return all;
};
