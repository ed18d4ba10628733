/**
 * One pair of ports, used again and again: opened, answered, closed, after any pause, seen by one interface or
 * two, with the records of each connection as AWS might write them or a little beside that.
 */
import fc, { type Arbitrary } from 'fast-check';

const T0 = 1_760_000_000;

const PLACES = [
  { place: 'vpc-1 subnet-1 i-1 eni-1', weight: 6 },
  { place: 'vpc-1 subnet-1 - eni-2', weight: 2 },
  { place: 'vpc-2 subnet-2 - eni-3', weight: 1 },
] as const;

const anyPlace = fc.oneof(...PLACES.map(({ place, weight }) => ({ arbitrary: fc.constant(place), weight })));

interface Part {
  readonly place: string;
  readonly fromClient: boolean;
  /** Seconds after the beginning of the connection. */
  readonly after: number;
  readonly length: number;
  readonly flags: number;
  readonly packets: number;
  readonly size: number;
}

const anyPart = (flags: Arbitrary<number>, fromClient: Arbitrary<boolean>, after: Arbitrary<number>) =>
  fc.record({
    place: anyPlace,
    fromClient,
    after,
    length: fc.constantFrom(0, 10, 59, 60),
    flags,
    packets: fc.integer({ min: 1, max: 8 }),
    size: fc.constantFrom(40, 60, 81, 1500),
  });

const soon = fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.integer({ min: 0, max: 70 }));

/** Records of one connection: an opening or two, what came between, closes. */
const anyTalk: Arbitrary<readonly Part[]> = fc
  .tuple(
    fc.array(anyPart(fc.constantFrom(2, 2, 3, 6, 7), fc.constant(true), soon), {
      minLength: 1,
      maxLength: 2,
    }),
    fc.array(anyPart(fc.constantFrom(18, 18, 19, 22, 23), fc.constant(false), soon), { maxLength: 2 }),
    fc.array(anyPart(fc.constantFrom(0, 1, 1, 4, 5), fc.boolean(), fc.integer({ min: 0, max: 200 })), {
      maxLength: 3,
    }),
  )
  .map((parts) => parts.flat());

/** Between connections: within the slack, within the linger, beyond every limit, and on each limit. */
const anyPause = fc.oneof(
  fc.constantFrom(0, 1, 59, 60, 61, 120, 121, 179, 180, 181, 240, 3600, 3661),
  fc.integer({ min: 0, max: 400 }),
);

const lineOf = (part: Part, begins: number, isRejected: boolean): string => {
  const ends = [
    ['10.0.0.5', '40000'],
    ['10.0.0.9', '443'],
  ] as const;
  const [from, to] = part.fromClient ? ends : [ends[1], ends[0]];
  const start = T0 + begins + part.after;
  return (
    `3 ${part.place} 1 IPv4 ${from[0]} ${to[0]} ${from[1]} ${to[1]} ${from[0]} ${to[0]} 6 ` +
    `${part.packets * part.size} ${part.packets} ${start} ${start + part.length} ` +
    `${isRejected ? 'REJECT' : 'ACCEPT'} ${part.flags} OK -`
  );
};

/** Lines of one key with several connections, in any order. */
export const anyReuse = (): Arbitrary<readonly string[]> =>
  fc
    .record({
      talks: fc.array(fc.tuple(anyTalk, anyPause), { minLength: 1, maxLength: 6 }),
      isRejected: fc.oneof({ arbitrary: fc.constant(false), weight: 9 }, fc.constant(true)),
    })
    .map(({ talks, isRejected }) => {
      let begins = 0;
      return talks.flatMap(([parts, pause]) => {
        const lines = parts.map((part) => lineOf(part, begins, isRejected));
        begins += pause + Math.max(...parts.map((part) => part.after + part.length));
        return lines;
      });
    })
    .chain((lines) =>
      fc.oneof(
        { arbitrary: fc.constant(lines), weight: 3 },
        fc.shuffledSubarray(lines, { minLength: lines.length }),
      ),
    );
