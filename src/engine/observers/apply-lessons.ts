/** Puts what was learned before in the place of what the records of a run teach of interfaces. */
import { readIPv4 } from '../../record/address.ts';
import type { Dictionaries } from '../../record/scan-lines.ts';
import { type Coverage, NONE, ownOf } from './coverage.ts';
import type { Lessons } from './lessons.ts';

/** @returns the VPCs of vantages, both as interned */
export const applyLessons = (
  lessons: Lessons | undefined,
  { strings, addresses }: Dictionaries,
  coverage: Coverage,
): [vantage: number, vpc: number][] => {
  const vpcs: [number, number][] = [];
  const ownAddress = (text: string | null): number => {
    if (text === null) return ownOf(NONE, false);
    const bytes = Buffer.from(text);
    return text.includes(':')
      ? ownOf(addresses.intern(bytes, 0, bytes.length), true)
      : ownOf(readIPv4(bytes, 0, bytes.length), false);
  };
  for (const [name, lesson] of lessons?.vantages ?? []) {
    const bytes = Buffer.from(name);
    const vantage = name === '' ? 0 : strings.intern(bytes, 0, bytes.length);
    if (lesson.vpcId !== null && vantage !== 0) vpcs.push([vantage, strings.internText(lesson.vpcId)]);
    const [one, other] = lesson.own ?? [null, null];
    coverage.adopt(vantage, {
      records: lesson.records,
      first: lesson.first ?? NONE,
      last: lesson.last ?? -1,
      longest: lesson.longest ?? -1,
      rewrites: lesson.rewrites,
      own: [ownAddress(one), ownAddress(other)],
      anyOwn: lesson.own !== undefined,
    });
    coverage.adoptSkipped(vantage, lesson.skipped);
  }
  return vpcs;
};
