/**
 * Which part of a run a key belongs to, in both worlds. That goes out of the house: parts of one run may be made by several versions
 * of this program, and others may want to know the part of a key, so what is expected here never changes.
 */
import { describe, expect, it } from 'vitest';
import { KernelMemory } from '../../src/engine/kernel/kernel-memory.ts';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { compileEngineKernel } from '../engine/compile-engine-kernel.ts';
import { splitText } from '../split/split-text.ts';

const WORLDS: readonly (readonly [name: string, rules: KernelModule])[] = [
  ['compiled', compileEngineKernel()],
  ['run by Node', nodeRules()],
];

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex');
const ascii = (text: string): Uint8Array => Buffer.from(text);

/** Published values: Wikipedia's article on MurmurHash, and Ian Boyd's list (stackoverflow.com/a/31929528), which holds each step to account. */
const PUBLISHED: readonly (readonly [bytes: Uint8Array, seed: number, hash: number])[] = [
  [hex(''), 0, 0],
  [hex(''), 1, 0x514e28b7],
  [hex(''), 0xffffffff, 0x81f16f39],
  [hex('ffffffff'), 0, 0x76293b50],
  [hex('21436587'), 0, 0xf55b516b],
  [hex('21436587'), 0x5082edee, 0x2362f9de],
  [hex('214365'), 0, 0x7e4a8634],
  [hex('2143'), 0, 0xa0f7b07a],
  [hex('21'), 0, 0x72661cf4],
  [hex('00000000'), 0, 0x2362f9de],
  [hex('000000'), 0, 0x85f0b427],
  [hex('0000'), 0, 0x30f4c306],
  [hex('00'), 0, 0x514e28b7],
  [ascii('test'), 0, 0xba6bd213],
  [ascii('test'), 0x9747b28c, 0x704b81dc],
  [ascii('Hello, world!'), 0, 0xc0363e43],
  [ascii('Hello, world!'), 0x9747b28c, 0x24884cba],
  [ascii('The quick brown fox jumps over the lazy dog'), 0, 0x2e4ff723],
  [ascii('The quick brown fox jumps over the lazy dog'), 0x9747b28c, 0x2fa826cd],
];

const LONG_ADDRESS = '2001:db8:1234:a100:8d6e:3477:df66:f105';

/**
 * Made with mmh3 5.3.1 (Python):
 *
 *   x, y = (ipaddress.ip_address(address) for address in ends)
 *   low, high = sorted([(x.packed, x_port), (y.packed, y_port)])
 *   mmh3.hash(bytes([x.version]) + low[0] + high[0] + struct.pack('>HHB', low[1], high[1], protocol), 0, signed=False)
 */
const KEYS = [
  ['10.0.0.62', 5001, '52.213.180.42', 43_416, 6, 0xac8d241a],
  // The other direction.
  ['52.213.180.42', 43_416, '10.0.0.62', 5001, 6, 0xac8d241a],
  ['172.31.16.139', 0, '203.0.113.12', 0, 1, 0x56c49bf4],
  // One address: the lower port is first.
  ['10.0.0.9', 53, '10.0.0.9', 5353, 17, 0xc6c99c6d],
  ['10.0.0.9', 5353, '10.0.0.9', 53, 17, 0xc6c99c6d],
  ['255.255.255.255', 65_535, '0.0.0.0', 0, 255, 0xd6b7f0ce],
  ['128.0.0.1', 1, '127.255.255.255', 65_534, 132, 0xce9e7913],
  ['2001:db8::1', 443, '2001:db8::2', 50_000, 6, 0xa8bf2837],
  // The higher one is met first, and has the lower id.
  ['2001:db8::2', 50_000, '2001:db8::1', 443, 6, 0xa8bf2837],
  // Other spellings.
  ['2001:0DB8:0:0:0:0:0:2', 50_000, '2001:db8:0::1', 443, 6, 0xa8bf2837],
  ['fe80::1:ffff', 546, 'ff02::1:2', 547, 17, 0xc62aeb0f],
  ['::ffff:10.0.0.1', 80, '::1', 8080, 6, 0xaa6281b5],
  ['0:0:0:0:0:ffff:a00:1', 80, '0:0:0:0:0:0:0:1', 8080, 6, 0xaa6281b5],
  [LONG_ADDRESS, 34_892, '2001:db8:1234:a102:3304:8879:34cf:4071', 22, 6, 0x2d2b5960],
  ['fd00::9', 0, 'fd00::8', 0, 58, 0x31358930],
  ['2001:db8::7', 9, '2001:db8::7', 8, 6, 0x63f4c1a5],
] as const satisfies readonly (readonly [string, number, string, number, number, number])[];

describe.each(WORLDS)('the hash that tells a key its part, %s', (_, rules) => {
  it.each(PUBLISHED)('is MurmurHash3 of 32 bits: of %o with seed %i it is %i', (bytes, seed, hash) => {
    const memory = new KernelMemory(rules);
    const at = memory.value('KEY_BYTES');
    // What stood there before says nothing.
    memory.bytes(at, 64).fill(0xaa);
    memory.bytes(at, bytes.length).set(bytes);
    expect(memory.exports.hashOfBytes(at, bytes.length, seed) >>> 0).toBe(hash);
  });

  // Three numbers that have no divisor in common leave no bit out: 4096 · 4095 · 4093 is more than 2³².
  it.each([4096, 4095, 4093])(
    'is that of the canonical binary ends: the rest of it by %i is the part',
    async (parts) => {
      const lines = KEYS.map(([from, fromPort, to, toPort, protocol]) =>
        [from, to, fromPort, toPort, protocol, 'eni-1'].join(' '),
      );
      const header = 'srcaddr dstaddr srcport dstport protocol interface-id';
      const split = await splitText(rules, [`${[header, ...lines].join('\n')}\n`], { parts });
      const found = lines.map((line) =>
        split.parts.flatMap((text, part) => (text.includes(`${line}\n`) ? part : [])),
      );
      expect(found).toEqual(KEYS.map(([, , , , , hash]) => [hash % parts]));
    },
  );

  it('does not ask which addresses an interface shows beside those of the packet', async () => {
    const header = 'pkt-srcaddr srcaddr pkt-dstaddr dstaddr srcport dstport protocol interface-id';
    const lines = [
      '10.0.0.62 10.0.0.62 52.213.180.42 52.213.180.42 5001 43416 6 eni-1',
      '- 10.0.0.62 - 52.213.180.42 5001 43416 6 eni-1',
      '10.0.0.62 10.9.9.9 52.213.180.42 52.213.180.42 5001 43416 6 eni-2',
      '52.213.180.42 52.213.180.42 10.0.0.62 10.9.9.9 43416 5001 6 eni-2',
      '10.0.0.62 - 52.213.180.42 - 5001 43416 6 eni-3',
      '10.0.0.62 2001:db8::1 52.213.180.42 fd00::9 5001 43416 6 eni-4',
    ];
    const { parts } = await splitText(rules, [[header, ...lines].join('\n')], { parts: 4096 });
    expect(parts[0xac8d241a % 4096]).toBe(`${[header, ...lines].join('\n')}\n`);
  });

  it('stays the same when many other addresses have come', async () => {
    const header = 'srcaddr dstaddr srcport dstport protocol interface-id';
    // A table of addresses that grows between two batches keeps those that it has.
    const some = Array.from(
      { length: 3000 },
      (_each, i) => `fd00::${i.toString(16)} fd00::1 ${i} 443 6 eni-1\n`,
    );
    const [first = '', ...rest] = [`${header}\n`, ...some];
    const all = [first + rest.slice(0, 1500).join(''), rest.slice(1500).join(''), rest.join('')];
    const { parts, shared } = await splitText(rules, all, { parts: 64 });
    expect(shared.report.placement.connections).toBe(6000);
    for (const line of some)
      expect(parts.filter((text) => text.includes(line)).map((text) => text.split(line).length - 1)).toEqual([
        2,
      ]);
  });
});
