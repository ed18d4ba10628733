/**
 * One input from another: bytes are flipped, cut, repeated and exchanged, tokens of lines are replaced by what has hurt
 * readers before, and all of it also inside gzip. fast-check draws what is done, so a seed replays it.
 */
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { HOSTILE_TOKENS } from '../arbitraries/any-line.ts';

/** @param other a second input, to take from */
export type Change = (bytes: Buffer, other: Buffer) => Buffer;

/** What is done to which inputs of the corpus. */
export interface Plan {
  /** Both modulo the size of the corpus, the first counted from the newest when `recent`. */
  readonly pick: number;
  readonly other: number;
  readonly recent: boolean;
  readonly changes: readonly Change[];
}

const LATIN1 = 'latin1';

/** Numbers on both sides of what fields can hold, and words that some fields take. */
const WORDS: readonly string[] = [
  ...HOSTILE_TOKENS,
  ...['0', '1', '00', '255', '256', '65535', '65536', '99999999', '100000000', '4294967295', '4294967296'],
  ...['4294967295000', '4294967295001', '9007199254740991', '9007199254740992', '1760000000', '1760000060'],
  ...['10.0.0.1', '255.255.255.255', '0.0.0.0', '2001:db8::1', '::', '64:ff9b::192.0.2.33', '::ffff:1.2.3.4'],
  ...[
    'ACCEPT',
    'REJECT',
    'OK',
    'NODATA',
    'SKIPDATA',
    'ingress',
    'egress',
    'unknown',
    'IPv6',
    '6',
    '17',
    '58',
  ],
  ...[
    'srcaddr',
    'dst_port',
    'tcp-flags',
    '"end"',
    'pkt-srcaddr',
    'log-status',
    'x'.repeat(70_000),
    '#',
    '#x',
  ],
  ...['/0', '/32', '/129', ':443', '[', ']', ',', 'Z', '+02:00', '2019-08-26T19:47:55', '1.5h', '10m', '٣'],
];

const ODD_BYTES = [0, 9, 10, 13, 32, 34, 35, 36, 44, 45, 46, 58, 123, 127, 128, 0x1f, 0x8b, 0xef, 0xff];
const MARKS = [
  '\r\n',
  '\n',
  '\n\n',
  '\xef\xbb\xbf',
  '\0',
  '\t',
  '  ',
  '# ',
  '\r',
  '\n\xef\xbb\xbf',
  '\u001b[',
];

const at = fc.nat();
const anyWord = fc.constantFrom(...WORDS).map((word) => Buffer.from(word));

/** A place in bytes, the end included. */
const placeIn = (bytes: Uint8Array, place: number): number => place % (bytes.length + 1);

const replace = (bytes: Buffer, from: number, to: number, by: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)]);

const anyByteChange: Arbitrary<Change> = fc.oneof(
  fc.record({ at, bit: fc.nat({ max: 7 }) }).map(
    ({ at, bit }): Change =>
      (bytes) => {
        const changed = Buffer.from(bytes);
        if (changed.length > 0)
          changed[at % changed.length] = (changed[at % changed.length] as number) ^ (1 << bit);
        return changed;
      },
  ),
  fc.record({ at, byte: fc.oneof(fc.constantFrom(...ODD_BYTES), fc.nat({ max: 255 })) }).map(
    ({ at, byte }): Change =>
      (bytes) => {
        const place = placeIn(bytes, at);
        return replace(bytes, place, place + 1, Uint8Array.of(byte));
      },
  ),
  fc.record({ at, mark: fc.constantFrom(...MARKS) }).map(
    ({ at, mark }): Change =>
      (bytes) => {
        const place = placeIn(bytes, at);
        return replace(bytes, place, place, Buffer.from(mark, LATIN1));
      },
  ),
  fc.record({ at, word: anyWord }).map(
    ({ at, word }): Change =>
      (bytes) => {
        const place = placeIn(bytes, at);
        return replace(bytes, place, place, word);
      },
  ),
  fc.record({ at, length: fc.nat({ max: 40 }) }).map(
    ({ at, length }): Change =>
      (bytes) => {
        const place = placeIn(bytes, at);
        return replace(bytes, place, place + length, Buffer.alloc(0));
      },
  ),
);

const anyLargeChange: Arbitrary<Change> = fc.oneof(
  at.map(
    (at): Change =>
      (bytes) =>
        bytes.subarray(0, placeIn(bytes, at)),
  ),
  at.map(
    (at): Change =>
      (bytes) =>
        bytes.subarray(placeIn(bytes, at)),
  ),
  fc.record({ at, otherAt: fc.nat() }).map(
    ({ at, otherAt }): Change =>
      (bytes, other) =>
        Buffer.concat([bytes.subarray(0, placeIn(bytes, at)), other.subarray(placeIn(other, otherAt))]),
  ),
  fc.constant<Change>((bytes, other) => Buffer.concat([bytes, other])),
  fc
    .record({ at, length: fc.integer({ min: 1, max: 400 }), times: fc.constantFrom(2, 3, 20, 1000, 70_000) })
    .map(
      ({ at, length, times }): Change =>
        (bytes) => {
          const place = placeIn(bytes, at);
          const run = bytes.subarray(place, place + length);
          const most = Math.floor(LONGEST_RUN / Math.max(1, run.length));
          const repeated = Buffer.concat(Array<Buffer>(Math.min(times, most)).fill(run));
          return replace(bytes, place, place, repeated);
        },
    ),
  fc.constant<Change>((bytes) => Buffer.from(bytes.toString(LATIN1).replaceAll('\n', '\r\n'), LATIN1)),
);

/** Beyond the longest line, and several of the kernel's longest. */
const LONGEST_RUN = 160_000;

/** Lines as lists of tokens, changed and joined again. */
const inLines =
  (change: (lines: string[][], other: string[][]) => void): Change =>
  (bytes, other) => {
    const [lines, others] = [bytes, other].map((each) =>
      each
        .toString(LATIN1)
        .split('\n')
        .map((line) => line.split(' ')),
    ) as [string[][], string[][]];
    change(lines, others);
    return Buffer.from(lines.map((line) => line.join(' ')).join('\n'), LATIN1);
  };

const chosen = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

const anyPlace = fc.record({ line: fc.nat(), token: fc.nat(), second: fc.nat() });

const anyTokenChange: Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ place: anyPlace, word: anyWord }).map(({ place, word }) =>
      inLines((lines) => {
        const line = chosen(lines, place.line);
        line[place.token % line.length] = word.toString(LATIN1);
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ place: anyPlace, digits: fc.oneof(fc.maxSafeNat(), fc.nat({ max: 300 })) })
      .map(({ place, digits }) =>
        inLines((lines) => {
          const line = chosen(lines, place.line);
          line[place.token % line.length] = String(digits);
        }),
      ),
  },
  anyPlace.map(({ line, token, second }) =>
    inLines((lines) => {
      const tokens = chosen(lines, line);
      const [one, two] = [token % tokens.length, second % tokens.length];
      [tokens[one], tokens[two]] = [tokens[two] as string, tokens[one] as string];
    }),
  ),
  anyPlace.map(({ line, token, second }) =>
    inLines((lines, others) => {
      const tokens = chosen(lines, line);
      const theirs = chosen(others, second);
      tokens[token % tokens.length] = theirs[token % theirs.length] as string;
    }),
  ),
  anyPlace.map(({ line, token }) =>
    inLines((lines) => void chosen(lines, line).splice(token % chosen(lines, line).length, 1)),
  ),
  anyPlace.map(({ line, second }) =>
    inLines((lines) => void lines.splice(second % (lines.length + 1), 0, [...chosen(lines, line)])),
  ),
  anyPlace.map(({ line }) => inLines((lines) => void lines.splice(line % lines.length, 1))),
  anyPlace.map(({ line, second }) =>
    inLines((lines, others) => void lines.splice(second % (lines.length + 1), 0, [...chosen(others, line)])),
  ),
  anyPlace.map(({ line, second }) =>
    inLines((lines) => {
      const [one, two] = [line % lines.length, second % lines.length];
      [lines[one], lines[two]] = [lines[two] as string[], lines[one] as string[]];
    }),
  ),
);

const anyTextChange: Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: anyByteChange },
  { weight: 2, arbitrary: anyLargeChange },
  { weight: 5, arbitrary: anyTokenChange },
);

const MOST_UNPACKED = 1 << 20;

const isZstd = (bytes: Buffer): boolean => bytes.length >= 4 && bytes.readUInt32LE(0) === 0xfd2fb528;

/** What is in a gzip or zstd file, or the bytes themselves. */
const unpack = (bytes: Buffer): Buffer => {
  try {
    return (isZstd(bytes) ? zstdDecompressSync : gunzipSync)(bytes, { maxOutputLength: MOST_UNPACKED });
  } catch {
    return bytes;
  }
};

/** What packs as a file is packed. */
const packAs = (bytes: Buffer): ((text: Buffer) => Buffer) => (isZstd(bytes) ? zstdCompressSync : gzipSync);

/** Changes what is packed, cuts it into members, and sometimes what packed it. */
const anyPackedChange: Arbitrary<Change> = fc.oneof(
  anyTextChange.map(
    (change): Change =>
      (bytes, other) =>
        packAs(bytes)(change(unpack(bytes), unpack(other))),
  ),
  at.map(
    (at): Change =>
      (bytes) => {
        const text = unpack(bytes);
        const place = placeIn(text, at);
        const pack = packAs(bytes);
        return Buffer.concat([pack(text.subarray(0, place)), pack(text.subarray(place))]);
      },
  ),
  fc.constantFrom(1, 8, 600, 70_000).map(
    (length): Change =>
      (bytes) =>
        Buffer.concat([bytes, Buffer.alloc(length)]),
  ),
  fc.constant<Change>((bytes) => gzipSync(bytes)),
  fc.nat({ max: 9 }).map(
    (level): Change =>
      (bytes) =>
        gzipSync(unpack(bytes), { level }),
  ),
);

/** @param packed whether the target reads gzip */
export const anyPlan = (packed: boolean): Arbitrary<Plan> =>
  fc.record({
    pick: fc.nat(),
    other: fc.nat(),
    recent: fc.boolean(),
    changes: fc.array(packed ? fc.oneof(anyPackedChange, anyByteChange, anyLargeChange) : anyTextChange, {
      minLength: 1,
      maxLength: 4,
    }),
  });

const RECENT = 24;

/** The input that a plan makes of a corpus, no longer than it may be. */
export const carryOut = (
  { pick, other, recent, changes }: Plan,
  corpus: readonly Buffer[],
  mostBytes: number,
): Buffer => {
  const among = recent ? corpus.slice(-RECENT) : corpus;
  const partner = chosen(corpus, other);
  return changes
    .reduce((bytes, change) => change(bytes, partner), chosen(among, pick))
    .subarray(0, mostBytes);
};
