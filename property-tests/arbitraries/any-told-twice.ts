/**
 * Two flow logs of one interface that are and are not what they seem: few ports, records that lie within others, sums of them that
 * mostly are exact, and now and then a packet too many, an overlap, a record twice, or no flags.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { FieldName } from '../../src/model/fields.ts';

/** The records are of this order of fields. */
export const TOLD_TWICE_FIELDS: readonly FieldName[] = [
  ...(['version', 'interface-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol'] as const),
  ...(['packets', 'bytes', 'start', 'end', 'action', 'tcp-flags'] as const),
];

/** Nearly always the first. */
const mostly = <T>(usual: T, ...others: readonly T[]): Arbitrary<T> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

interface Counted {
  readonly packets: number;
  readonly bytes: number;
  readonly start: number;
  readonly end: number;
}

const anyPart: Arbitrary<Counted> = fc
  .record({
    packets: fc.integer({ min: 1, max: 3 }),
    after: mostly(0, 5, 70, -3),
    lasts: fc.constantFrom(0, 20, 58, 60),
  })
  .map(({ packets, after, lasts }) => ({ packets, bytes: packets * 52, start: after, end: lasts }));

/** Parts one behind the other, and what a second log makes of them. */
const anyFamily: Arbitrary<readonly string[]> = fc
  .record({
    eni: mostly('eni-1', 'eni-2', '-'),
    port: fc.constantFrom(40_000, 40_001),
    fromServer: fc.boolean(),
    action: mostly('ACCEPT', 'REJECT'),
    begins: fc.constantFrom(0, 0, 400, 600, 1300),
    parts: fc.array(anyPart, { minLength: 1, maxLength: 5 }),
    /** The sum of how many is there; 0 for none. */
    summed: fc.integer({ min: 0, max: 5 }),
    tooMany: mostly(0, 1),
    wider: mostly(0, 10, 500),
    partFlags: mostly('16', '2', '-'),
    sumFlags: mostly('16', '18', '-'),
    twice: mostly(false, true),
  })
  .map((family) => {
    let at = 1_760_000_000 + family.begins;
    const parts = family.parts.map((part) => {
      const start = at + part.start;
      at = start + part.end;
      return { ...part, start, end: at };
    });
    const ends = family.fromServer
      ? `10.0.0.5 10.0.0.9 443 ${family.port}`
      : `10.0.0.9 10.0.0.5 ${family.port} 443`;
    const line = ({ packets, bytes, start, end }: Counted, flags: string): string =>
      `3 ${family.eni} ${ends} 6 ${packets} ${bytes} ${start} ${end} ${family.action} ${flags}`;
    const held = parts.slice(0, family.summed);
    const sum = (count: (part: Counted) => number): number =>
      held.reduce((all, part) => all + count(part), 0);
    const whole: Counted = {
      packets: sum(({ packets }) => packets) + family.tooMany,
      bytes: sum(({ bytes }) => bytes),
      start: Math.min(...held.map(({ start }) => start)),
      end: Math.max(...held.map(({ end }) => end)) + family.wider,
    };
    const lines = [
      ...parts.map((part) => line(part, family.partFlags)),
      ...(held.length === 0 ? [] : [line(whole, family.sumFlags)]),
    ];
    return family.twice ? [...lines, ...lines] : lines;
  });

export const anyToldTwice = (): Arbitrary<readonly string[]> =>
  fc
    .array(anyFamily, { minLength: 1, maxLength: 6 })
    .chain((families) => fc.shuffledSubarray(families.flat(), { minLength: families.flat().length }));
