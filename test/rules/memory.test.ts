import { describe, expect, it } from 'vitest';
import { KernelMemory } from '../../src/engine/kernel/kernel-memory.ts';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { compileEngineKernel } from '../engine/compile-engine-kernel.ts';

const WORLDS: readonly (readonly [name: string, rules: KernelModule])[] = [
  ['compiled', compileEngineKernel()],
  ['run by Node', nodeRules()],
];

/** Bytes of the fixed part are no region's; the first page behind it is the first that is handed out. */
describe.each(WORLDS)('memory that grows, %s', (_, rules) => {
  it('is handed out region behind region, aligned and zeroed, and grows for it', () => {
    const memory = new KernelMemory(rules);
    const one = memory.allocate(100);
    const other = memory.allocate(3 * 2 ** 20);
    expect(one).toBe(memory.value('FIXED_END'));
    expect(other).toBe(one + 128);
    expect(memory.buffer.byteLength).toBeGreaterThanOrEqual(other + 3 * 2 ** 20);
    expect(memory.bytes(other, 3 * 2 ** 20).every((byte) => byte === 0)).toBe(true);
  });

  it('is handed out by every instance on it, whichever has made it grow', () => {
    const first = new KernelMemory(rules);
    const second = new KernelMemory(rules, first.shared);
    const places = [first, second, first, second, second, first].map((each) => each.allocate(2 ** 20));
    expect(places).toEqual(places.map((_, i) => (places[0] as number) + i * 2 ** 20));
  });

  it('is given back and handed out again in parts, zeroed', () => {
    const first = new KernelMemory(rules);
    const second = new KernelMemory(rules, first.shared);
    const region = first.allocate(4096);
    first.bytes(region, 4096).fill(7);
    first.exports.release(region, 4096);
    expect(second.allocate(1000)).toBe(region);
    expect(first.bytes(region, 1000).every((byte) => byte === 0)).toBe(true);
    expect(first.allocate(3072)).toBe(region + 1024);
    expect(first.allocate(64)).toBe(region + 4096);
  });

  it('is refused beyond the pages that it may have', () => {
    const memory = new KernelMemory(rules);
    memory.setWord('MOST_PAGES', 41);
    expect(memory.allocate(30 * 65536)).toBe(0);
    expect(memory.allocate(20 * 65536)).not.toBe(0);
    expect(memory.allocate(2 * 65536)).toBe(0);
    expect(memory.allocate(65536)).not.toBe(0);
  });

  it('is as at first when all was taken back', () => {
    const memory = new KernelMemory(rules);
    const region = memory.allocate(4096);
    memory.bytes(region, 4096).fill(7);
    memory.exports.release(memory.allocate(64), 64);
    memory.exports.forgetAll();
    expect(memory.allocate(4096)).toBe(region);
    expect(memory.bytes(region, 4096).every((byte) => byte === 0)).toBe(true);
  });
});

describe('rules run by Node', () => {
  it('are another instance for each that asks, with a state of its own', () => {
    const first = new KernelMemory(nodeRules());
    const second = new KernelMemory(nodeRules(), first.shared);
    first.exports.reserve(1);
    first.exports.addVantage(5);
    expect(first.value('vantageCount')).toBe(1);
    expect(second.value('vantageCount')).toBe(0);
  });

  it('refuse to begin without a memory', () => {
    expect(() => nodeRules().instantiate({})).toThrow('The rules are given their memory.');
  });
});
