/**
 * The tests that mutants are shown to: examples of the rooms, the golden scenarios, and the laws
 * that check the same rooms against the oracle, few runs of a fixed seed. A mutant costs a fraction of a second then.
 */
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { QuickFirst } from './quick-first.ts';

const ROOMS = ['model', 'record', 'meaning', 'path', 'rules'];

export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, '../..'),
    include: [
      ...ROOMS.map((room) => `test/${room}/*.test.ts`),
      'test/golden.test.ts',
      'property-tests/laws/oracle.test.ts',
      'property-tests/laws/parser.test.ts',
    ],
    // Exhaustive, and a minute of each mutant that nothing kills: what it kills, others have killed before.
    exclude: ['test/meaning/window-flags.test.ts'],
    env: { CONNTRAIL_RUNS: '0.05', CONNTRAIL_SEED: '7' },
    setupFiles: ['test/mutation/no-shrinking.ts'],
    globalSetup: ['test/mutation/compile-once.ts'],
    alias: [
      { find: /^.*\/compile-kernel\.ts$/, replacement: resolve(import.meta.dirname, 'compiled-kernel.ts') },
      {
        find: /^.*\/compile-engine-kernel\.ts$/,
        replacement: resolve(import.meta.dirname, 'rules-by-node.ts'),
      },
    ],
    // One worker for all files of a mutant, and a new one for the next: modules are read once a mutant.
    isolate: false,
    sequence: { sequencer: QuickFirst },
    testTimeout: 60_000,
  },
});
