import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/long-first.ts';

/**
 * Milliseconds after which something hangs. A test takes seconds; on a machine with twelve times its load it is slow, not
 * red. More runs of the laws (property-tests/laws/runs.ts) are given more time.
 */
const PATIENCE = 20 * 60_000 * Math.max(1, Number(process.env['CONNTRAIL_RUNS'] ?? 1));

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'property-tests/**/*.test.ts'],
    // One for each core: left alone, vitest leaves a core to itself, which does little.
    maxWorkers: '100%',
    sequence: { sequencer: LongFirst },
    // What Node has compiled of the sources is kept for the many processes that tests start.
    env: { NODE_COMPILE_CACHE: resolve(import.meta.dirname, 'node_modules/.cache/conntrail/compiled') },
    setupFiles: ['property-tests/seed.ts'],
    testTimeout: PATIENCE,
    hookTimeout: PATIENCE,
    teardownTimeout: PATIENCE,
    expect: { poll: { timeout: PATIENCE } },
  },
});
