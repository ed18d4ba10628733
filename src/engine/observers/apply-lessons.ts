/** Puts what was learned before in the place of what the records of a run teach of interfaces. */
import { readIPv4 } from '../../record/address.ts';
import type { Interner } from '../../record/interner.ts';
import type { Dictionaries } from '../../record/scan-lines.ts';
import { BothWays } from './both-ways.ts';
import { type Coverage, NONE } from './coverage.ts';
import type { KnownOfVantages } from './known-of-vantages.ts';
import type { Lessons } from './lessons.ts';
import { believedOf } from './own-addresses.ts';
import { ToldTwice } from './told-twice.ts';

/** A vantage by its name, as interned. */
const vantageCalled = (name: string, strings: Interner): number => {
  const bytes = Buffer.from(name);
  return name === '' ? 0 : strings.intern(bytes, 0, bytes.length);
};

/** @returns the VPCs of vantages, both as interned */
export const applyLessons = (
  lessons: Lessons | undefined,
  { strings, addresses }: Dictionaries,
  coverage: Coverage,
): [vantage: number, vpc: number][] => {
  const vpcs: [number, number][] = [];
  const numberOf = (text: string): number => {
    const bytes = Buffer.from(text);
    return text.includes(':') ? addresses.intern(bytes, 0, bytes.length) : readIPv4(bytes, 0, bytes.length);
  };
  for (const [name, lesson] of lessons?.vantages ?? []) {
    const vantage = vantageCalled(name, strings);
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
export const withLessons = (
  learned: KnownOfVantages,
  lessons: Lessons,
  strings: Interner,
): KnownOfVantages => {
  const all = { bothWays: new BothWays(), toldTwice: new ToldTwice() };
  for (const [vantage, bothWays, halves] of learned.bothWays.each())
    all.bothWays.add(vantage, bothWays, halves);
  for (const [vantage, seen] of learned.toldTwice.each()) all.toldTwice.add(vantage, seen);
  for (const [name, { bothWays, halves, toldTwice, isSettled }] of lessons.vantages) {
    const vantage = vantageCalled(name, strings);
    const how = isSettled ? 'put' : 'add';
    all.bothWays[how](vantage, bothWays, halves);
    all.toldTwice[how](vantage, toldTwice);
  }
  return all;
};
