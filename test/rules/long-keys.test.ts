/**
 * Keys with very many records, connections, interfaces or networks: the work of the rules grows with the records, not with
 * their square. What is counted are words that the rules look at when Node runs them, never seconds.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleRules } from '../../src/engine/kernel/bundle-rules.ts';
import { nodeRulesOf } from '../../src/engine/kernel/node-rules.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { compileEngineKernel } from '../engine/compile-engine-kernel.ts';
import { kernelLines } from '../engine/rebuild-lines.ts';

const T0 = 1_760_000_000;
const HEADER =
  'interface-id vpc-id srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol packets bytes start end action tcp-flags';

interface Parts {
  readonly eni?: string;
  readonly vpc?: string;
  readonly reply?: boolean;
  readonly gateway?: boolean;
  readonly packets?: number;
  readonly from?: number;
  readonly lasts?: number;
  readonly flags?: number;
}

const line = (parts: Parts): string => {
  const { eni = 'eni-1', vpc = 'vpc-1', packets = 5, from = 0, lasts = 30, flags = 0 } = parts;
  const [src, dst] = parts.reply === true ? ['10.0.0.9', '10.0.0.5'] : ['10.0.0.5', '10.0.0.9'];
  const ports = parts.reply === true ? '443 40000' : '40000 443';
  const shown = parts.gateway === true ? '10.9.9.9' : src;
  return `${eni} ${vpc} ${shown} ${dst} ${ports} ${src} ${dst} 6 ${packets} 400 ${T0 + from} ${T0 + from + lasts} ACCEPT ${flags}`;
};

/** Records of one key, by their number; how many connections n of them make, and how many interfaces saw the first. */
const KEYS: Readonly<Record<string, readonly [(i: number, n: number) => Parts, (n: number) => number]>> = {
  'one connection': [(i) => ({ from: 60 * i, flags: i === 0 ? 2 : 0, reply: i % 2 === 1 }), () => 1],
  'records that arrived in any order': [(i, n) => ({ from: 60 * ((i * 7919) % n), flags: 0 }), () => 1],
  'interfaces of one VPC': [(i) => ({ eni: `eni-${i}`, packets: 1 + (i % 9), flags: 3 }), () => 1],
  'interfaces of a VPC each': [(i) => ({ eni: `eni-${i}`, vpc: `vpc-${i}`, flags: 3 }), (n) => n],
  'gateways of a VPC each': [
    (i) => ({ eni: `eni-${i}`, vpc: `vpc-${i}`, flags: 3, gateway: true, reply: i % 2 === 1 }),
    () => 1,
  ],
  'a port that is used again': [
    (i) => ({ from: 200 * (i >> 1), reply: i % 2 === 1, flags: i % 2 === 1 ? 19 : 3 }),
    (n) => n / 2,
  ],
  'a port that is used again within a second': [
    (i) => ({ lasts: 0, packets: i + 1, reply: i % 2 === 1, flags: i % 2 === 1 ? 19 : 3 }),
    (n) => n / 2,
  ],
  'openings that others see a second later': [
    (i, n) =>
      i < n / 2
        ? { lasts: 0, packets: i + 1, flags: 3 }
        : { eni: `eni-${i}`, from: 1, lasts: 0, packets: i + 1, flags: 19, reply: true },
    (n) => n / 2,
  ],
  'one interval, each with counts of its own': [(i) => ({ packets: i + 1, flags: 0 }), () => 1],
  'copies of one record': [() => ({ flags: 2 }), () => 1],
};

const COMPILED = compileEngineKernel();
let rules: KernelModule;
/** Words that were looked at. */
const looks = { words: 0 };

beforeAll(async () => {
  const counted = (await bundleRules()).replace(
    'function wordAt(at) {',
    'function wordAt(at) {\n\texports.looks.words++;',
  );
  expect(counted).toContain('looks');
  rules = nodeRulesOf(`exports.looks = globalThis.looksOfRules;\n${counted}`);
  Object.assign(globalThis, { looksOfRules: looks });
});

describe('a key of very many', () => {
  it.each(Object.keys(KEYS))('takes work in proportion to its records: %s', (name) => {
    const [partsOf, connections] = KEYS[name] as (typeof KEYS)[string];
    const worked = [512, 2048].map((n) => {
      const text = [`${HEADER}\n${Array.from({ length: n }, (_, i) => line(partsOf(i, n))).join('\n')}\n`];
      looks.words = 0;
      const { lines } = kernelLines(rules, text, { idleSeconds: 400_000_000 });
      const { words } = looks;
      expect(lines.split('\n').length - 1).toBe(connections(n));
      if (n < 1000) expect(kernelLines(COMPILED, text, { idleSeconds: 400_000_000 }).lines).toBe(lines);
      return words;
    });
    // Four times the records, and a little for what is searched by halves; the square would be sixteen times the looks.
    expect((worked[1] as number) / (worked[0] as number)).toBeLessThan(5.5);
  });

  it.each(Object.keys(KEYS))('lets others have their turn: %s', (name) => {
    const [partsOf] = KEYS[name] as (typeof KEYS)[string];
    const text = [`${HEADER}\n${Array.from({ length: 512 }, (_, i) => line(partsOf(i, 512))).join('\n')}\n`];
    const resting = kernelLines(rules, text, { mostLooks: 100 });
    // Each record is looked at when it is taken, ordered and compared with those of its interval, at least.
    expect(resting.rests).toBeGreaterThan(12);
    expect(resting.lines).toBe(kernelLines(rules, text).lines);
  });
});
