/** Counts beyond 2^53 are spelt as JavaScript spells doubles, in both worlds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../property-tests/laws/runs.ts';
import { KernelMemory } from '../../src/engine/kernel/kernel-memory.ts';
import { nodeRules } from '../../src/engine/kernel/node-rules.ts';
import type { KernelModule } from '../../src/record/kernel/load-kernel.ts';
import { compileEngineKernel } from '../engine/compile-engine-kernel.ts';

const WORLDS: readonly (readonly [name: string, rules: KernelModule])[] = [
  ['compiled', compileEngineKernel()],
  ['run by Node', nodeRules()],
];

/** As many as all records that memory holds could count together: below 2^80. */
const anyLargeCount = fc
  .tuple(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }), fc.integer({ min: 1, max: 27 }))
  .map(([whole, steps]) => Number(whole) * 2 ** steps);

describe.each(WORLDS)('large counts, %s', (_, rules) => {
  const memory = new KernelMemory(rules);
  const room = memory.allocate(64);
  const spell = (value: number): string => {
    const { spellLarge } = memory.exports as unknown as { spellLarge(at: number, value: number): number };
    return String.fromCharCode(...memory.bytes(room, spellLarge(room, value)));
  };

  it('are spelt as JavaScript spells them', () => {
    fc.assert(
      fc.property(anyLargeCount, (count) => {
        expect(spell(count)).toBe(String(count));
      }),
      runs(5000),
    );
  });

  it('have a lower neighbour that is nearer where they are powers of two', () => {
    for (let power = 53; power < 80; power++) {
      for (const count of [2 ** power, 2 ** power * (1 + 2 ** -52), 2 ** power * (1 - 2 ** -53)])
        if (count >= 2 ** 53) expect(spell(count)).toBe(String(count));
    }
  });

  it.each([1e16, 9.5e17, 123e18, 999_999_999_999_999_900_000, 1e21, 1.2e22, 6.02e23])('%d', (count) => {
    expect(spell(count)).toBe(String(count));
  });
});
