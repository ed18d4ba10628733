/**
 * uid and Community ID in both worlds. What is expected are published values, the platform's SHA-1, and MurmurHash3 as its
 * author describes it, written anew here and held to the value that he published for it.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../property-tests/laws/runs.ts';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { connectionOf, connectionsOf, window } from '../build.ts';
import { compileEngineKernel } from '../engine/compile-engine-kernel.ts';
import { kernelLines, type LinesRequest } from '../engine/rebuild-lines.ts';
import { logOf, type Row } from '../log-of.ts';

const WORLDS: readonly (readonly [name: string, rules: KernelModule])[] = [
  ['compiled', compileEngineKernel()],
  ['run by Node', nodeRules()],
];

interface Named {
  readonly uid: string;
  readonly community_id: string | null;
  readonly initiator_address: string;
  readonly initiator_port: number;
  readonly opened_at: number | null;
}

const namedBy = (rules: KernelModule, rows: readonly Row[], request: LinesRequest = {}): Named[] =>
  kernelLines(rules, [logOf(rows)], request)
    .lines.split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Named);

/** An address as it stands in a packet: all groups of IPv6 are written out. */
const bytesOf = (address: string): Buffer =>
  address.includes(':')
    ? Buffer.from(
        address
          .split(':')
          .map((group) => group.padStart(4, '0'))
          .join(''),
        'hex',
      )
    : Buffer.from(address.split('.').map(Number));

describe('Community ID v1', () => {
  // Published baseline (corelight/community-id-spec, baseline_deflt.json): TCP, UDP, SCTP, and TCP over IPv6.
  const baseline = [
    ['128.232.110.120', 34_855, '66.35.250.204', 80, 6, '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
    ['192.168.1.52', 54_585, '8.8.8.8', 53, 17, '1:d/FP5EW3wiY1vCndhwleRRKHowQ='],
    ['192.168.170.8', 7, '192.168.170.56', 7, 132, '1:MP2EtRCAUIZvTw6MxJHLV7N7JDs='],
    [
      ...(['2001:470:e5bf:dead:4957:2174:e82c:4887', 63_943] as const),
      ...(['2607:f8b0:400c:c03::1a', 25, 6, '1:/qFaeAR+gFe1KYjMzVDsMv+wgU4='] as const),
    ],
  ] as const;

  it.each(baseline)(
    'of %s port %i and %s port %i over protocol %i is %s',
    async (client, clientPort, server, serverPort, protocol, id) => {
      const ends = { client, server, clientPort, serverPort, protocol };
      expect((await connectionOf(window('SYN', 'SYN-ACK', ends))).communityId).toBe(id);
      // Whoever opened.
      expect((await connectionOf(window('SYN-ACK', 'SYN', ends))).communityId).toBe(id);
    },
  );

  it('is null for ICMP, whose types flow logs do not carry', async () => {
    for (const protocol of [1, 58])
      expect((await connectionOf(window(0, 0, { protocol }))).communityId).toBeNull();
  });

  describe.each(WORLDS)('%s', (_, rules) => {
    it('is the SHA-1 of seed, addresses, protocol and ports, the lower end first', () => {
      /** As the specification has it; ports are left out where the protocol has none. */
      const expected = (
        low: string,
        high: string,
        protocol: number,
        ports: readonly [number, number],
      ): string => {
        const tail = Buffer.alloc(hasPorts(protocol) ? 6 : 2);
        tail[0] = protocol;
        if (hasPorts(protocol)) {
          tail.writeUInt16BE(ports[0], 2);
          tail.writeUInt16BE(ports[1], 4);
        }
        const message = Buffer.concat([Buffer.alloc(2), bytesOf(low), bytesOf(high), tail]);
        return `1:${createHash('sha1').update(message).digest('base64')}`;
      };
      const hasPorts = (protocol: number): boolean => [6, 17, 132].includes(protocol);
      const anyEnds = fc.record({
        isV6: fc.boolean(),
        low: fc.nat(0xffff),
        more: fc.integer({ min: 1, max: 0xff }),
        protocol: fc.constantFrom(6, 17, 132, 47),
        ports: fc.tuple(fc.nat(0xffff), fc.nat(0xffff)),
      });
      const address = (isV6: boolean, number: number): string =>
        isV6
          ? `2001:db8:0:1:2:3:4:${number.toString(16)}`
          : `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
      fc.assert(
        // Many at once: they are hashed four at a time, and a few of them are left in the end.
        fc.property(fc.array(anyEnds, { minLength: 1, maxLength: 9 }), (all) => {
          const ends = all.map(({ isV6, low, more, protocol, ports }) => ({
            ...{
              low: address(isV6, low),
              high: address(isV6, Math.min(low + more, 0xffff) + (isV6 ? 0 : 1)),
            },
            ...{ protocol, ports },
          }));
          const apart = ends.filter(({ low, high }) => low !== high);
          const ids = new Set(namedBy(rules, apart).map(({ community_id: id }) => id));
          expect(ids).toEqual(
            new Set(apart.map(({ low, high, protocol, ports }) => expected(low, high, protocol, ports))),
          );
        }),
        runs(200),
      );
    });
  });
});

/** MurmurHash3_x86_128 by Austin Appleby (public domain), for any bytes. */
const murmur3 = (bytes: Uint8Array, seed: number): number[] => {
  const [c1, c2, c3, c4] = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const;
  const times = (a: number, b: number): number => Math.imul(a, b) >>> 0;
  const turn = (value: number, by: number): number => ((value << by) | (value >>> (32 - by))) >>> 0;
  const plus = (...all: readonly number[]): number => all.reduce((sum, each) => (sum + each) >>> 0, 0);
  /** Multiplier, turn and multiplier of each word; turn and constant of each state, which takes in the next one. */
  const words = [
    [c1, 15, c2],
    [c2, 16, c3],
    [c3, 17, c4],
    [c4, 18, c1],
  ] as const;
  const states = [
    [19, 0x561ccd1b],
    [17, 0x0bcaa747],
    [15, 0x96cd1c35],
    [13, 0x32ac3b17],
  ] as const;
  const h = [seed, seed, seed, seed] as [number, number, number, number];
  const take = (at: number, word: number): void => {
    const [first, by, second] = words[at] as (typeof words)[number];
    h[at] = ((h[at] as number) ^ times(turn(times(word, first), by), second)) >>> 0;
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 16);
  for (let from = 0; from < whole; from += 16) {
    for (let at = 0; at < 4; at++) {
      take(at, view.getUint32(from + 4 * at, true));
      const [by, constant] = states[at] as (typeof states)[number];
      h[at] = plus(times(plus(turn(h[at] as number, by), h[(at + 1) % 4] as number), 5), constant);
    }
  }
  const tail = new Uint8Array(16);
  tail.set(bytes.subarray(whole));
  const rest = new DataView(tail.buffer);
  // Words of which the tail has a byte, the last of them first: they do not touch one another.
  for (let at = 3; at >= 0; at--) if (bytes.length - whole > 4 * at) take(at, rest.getUint32(4 * at, true));
  const mix = (value: number): number => {
    const one = times(value ^ (value >>> 16), 0x85ebca6b);
    const two = times(one ^ (one >>> 13), 0xc2b2ae35);
    return (two ^ (two >>> 16)) >>> 0;
  };
  const addUp = (): void => {
    h[0] = plus(...h);
    for (let at = 1; at < 4; at++) h[at] = plus(h[at] as number, h[0]);
  };
  for (let at = 0; at < 4; at++) h[at] = ((h[at] as number) ^ bytes.length) >>> 0;
  addUp();
  for (let at = 0; at < 4; at++) h[at] = mix(h[at] as number);
  addUp();
  return h;
};

const littleEndian = (words: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * words.length);
  words.forEach((word, at) => void bytes.writeUInt32LE(word >>> 0, 4 * at));
  return bytes;
};

describe('MurmurHash3', () => {
  it('gives the value that is published with it', () => {
    // SMHasher's VerificationTest: keys of 0 to 255 bytes 0, 1, 2 …, each with the seed 256 less its length; the first word
    // of the hash of all hashes is 0xB3ECE62A (main.cpp, Murmur3C).
    const key = Uint8Array.from({ length: 256 }, (_, i) => i);
    const hashes = Array.from({ length: 256 }, (_, length) =>
      littleEndian(murmur3(key.subarray(0, length), 256 - length)),
    );
    expect(murmur3(Buffer.concat(hashes), 0)[0]).toBe(0xb3ece62a);
  });
});

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

interface Opening {
  readonly low: string;
  readonly high: string;
  readonly ports: readonly [number, number];
  readonly protocol: number;
  readonly network: string;
  /** Null where no time is known. */
  readonly second: number | null;
  /** How many connections of the same key, network and second come before it. */
  readonly ordinal?: number;
}

/** `C` and 102 bits, from the lowest on, of the hash of key, network, second and number (docs/engine.md). */
const uidOf = ({ low, high, ports, protocol, network, second, ordinal = 0 }: Opening): string => {
  const units = [...network].map((letter) => letter.charCodeAt(0) + 1);
  while (units.length % 4 !== 0) units.push(0);
  const [name = 0, more = 0] = murmur3(littleEndian(units), 0);
  const [from, to] = [bytesOf(low), bytesOf(high)];
  const addresses = Array.from({ length: (from.length + to.length) / 4 }, (_, at) =>
    Buffer.concat([from, to]).readUInt32BE(4 * at),
  );
  const words = [
    protocol + from.length * 2 ** 8 + (second === null ? 2 ** 16 : 0),
    ports[0] * 2 ** 16 + ports[1],
    ...[name, more, second ?? 0, ordinal],
    ...addresses,
  ];
  while (words.length % 4 !== 0) words.push(0);
  const bits = murmur3(littleEndian(words), 0).reduce(
    (sum, word, at) => sum + (BigInt(word) << BigInt(32 * at)),
    0n,
  );
  const letters = Array.from({ length: 17 }, (_, at) => LETTERS[Number((bits >> BigInt(6 * at)) & 63n)]);
  return `C${letters.join('')}`;
};

describe.each(WORLDS)('uids, %s', (_, rules) => {
  const anyOpening: fc.Arbitrary<Opening> = fc
    .record({
      isV6: fc.boolean(),
      ends: fc.tuple(fc.nat(0xfffe), fc.integer({ min: 1, max: 0xffff })),
      ports: fc.tuple(fc.nat(0xffff), fc.nat(0xffff)),
      protocol: fc.nat(255),
      network: fc.constantFrom('vpc-1', 'vpc-0a1b2c3d4e5f', 'v', 'vpc'),
      second: fc.option(fc.oneof(fc.nat(0xffffffff), fc.constant(0)), { freq: 5 }),
    })
    .map(({ isV6, ends: [one, other], ...rest }) => {
      const address = (number: number): string =>
        isV6
          ? `2001:db8:ffff:1:2:3:${(number >> 8).toString(16)}:${(number & 255).toString(16)}`
          : `${number >> 8}.10.255.${number & 255}`;
      const [low, high] = [Math.min(one, other), Math.max(one, other)].map(address) as [string, string];
      return { low, high, ...rest };
    })
    .filter(({ low, high }) => low !== high);

  it('are the hash of key, network and opening, whatever those are', () => {
    fc.assert(
      fc.property(anyOpening, ({ network, second, ...key }) => {
        const row: Row = { ...key, vpc: network, start: second, end: second };
        expect(namedBy(rules, [row]).map(({ uid }) => uid)).toEqual([uidOf({ ...key, network, second })]);
      }),
      runs(300),
    );
  });

  it('hold the name of the network, whatever it is called by', () => {
    const key = {
      low: '10.0.0.5',
      high: '10.0.0.9',
      ports: [50_000, 50_001] as const,
      protocol: 6,
      second: 0,
    };
    const names: readonly (readonly [string, Row, LinesRequest['scope']])[] = [
      ['vpc-1', { vpc: 'vpc-1' }, 'vpc'],
      ['account:7', { account: '7' }, 'vpc'],
      ['account:-', {}, 'auto'],
      ['7', { account: '7' }, 'account'],
      ['-', {}, 'account'],
      ['eni-1', { vpc: 'vpc-1' }, 'interface'],
      ['tgw-1', { eni: null, resource: 'tgw-1' }, 'interface'],
      ['-', { eni: null }, 'interface'],
      ['*', { vpc: 'vpc-1' }, 'all'],
    ];
    for (const [network, row, scope = 'auto'] of names)
      expect([network, scope, namedBy(rules, [row], { scope })[0]?.uid]).toEqual([
        network,
        scope,
        uidOf({ ...key, network }),
      ]);
    // Several that belong together: all of their names, in order.
    const ends = { low: '2001:db8:0:0:0:0:0:5', high: '2001:db8:0:0:0:0:0:9' };
    const seen = ['vpc-c', 'vpc-a', 'vpc-b'].map((vpc): Row => ({ ...ends, vpc, eni: `eni-of-${vpc}` }));
    expect(namedBy(rules, seen)[0]?.uid).toBe(uidOf({ ...key, ...ends, network: 'vpc-a+vpc-b+vpc-c' }));
  });

  it('are of the second of the opening, where it was seen, else of the first', () => {
    const key = { low: '10.0.0.5', high: '10.0.0.9', ports: [50_000, 50_001] as const, protocol: 6 };
    const network = 'account:-';
    const named = (rows: readonly Row[]): (string | undefined)[] =>
      namedBy(rules, rows).map(({ uid }) => uid);
    const bare: Row = { flags: 0, start: 100, end: 110 };
    expect(named([bare])).toEqual([uidOf({ ...key, network, second: 100 })]);
    expect(named([bare, { flags: 2, start: 120, end: 130 }])).toEqual([
      uidOf({ ...key, network, second: 120 }),
    ]);
  });

  it('tell apart connections of one key that opened in the same second, by how many came before', () => {
    const key = { low: '10.0.0.5', high: '10.0.0.9', ports: [50_000, 50_001] as const, protocol: 6 };
    // Each is over within its second, so that the next SYN begins another.
    const rows = [1, 2, 3].flatMap((packets): Row[] => [
      { flags: 3, start: 60, end: 60, packets: 2 * packets },
      { by: 'high', flags: 19, start: 60, end: 60, packets: 2 * packets },
    ]);
    const found = namedBy(rules, rows).map(({ uid }) => uid);
    expect(found.length).toBeGreaterThan(1);
    expect(found).toEqual(
      found.map((_uid, ordinal) => uidOf({ ...key, network: 'account:-', second: 60, ordinal })),
    );
  });
});

describe('uids', () => {
  it('do not change with what else is in the run', async () => {
    const one = window('SYN FIN', 'SYN-ACK FIN');
    const [alone] = await connectionsOf(one);
    const together = await connectionsOf([...one, ...window('SYN', 'SYN-ACK', { clientPort: 40_001 })]);
    expect(together.map(({ uid }) => uid)).toContain(alone?.uid);
  });
});
