import { resolve } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { LongFirst } from './test/long-first.ts';

/**
 * Milliseconds after which something hangs. A test takes seconds; on a machine with twelve times its load it is slow, not
 * red. More runs of the laws (property-tests/laws/runs.ts) are given more time.
 */
const PATIENCE = 20 * 60_000 * Math.max(1, Number(process.env['CONNTRAIL_RUNS'] ?? 1));

/**
 * Rooms whose tests leave nothing behind that others could see: they share the modules of a worker, for to read those again costs
 * more than most of these files. All else begins in a worker of its own: laws, what starts processes, what measures memory.
 */
const SHARING = [
  ...(['audit', 'explain', 'export', 'meaning'] as const),
  ...(['model', 'path', 'stream', 'timeline'] as const),
].map((room) => `test/${room}/*.test.ts`);

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['test/**/*.test.ts', 'property-tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...SHARING],
        },
      },
      { extends: true, test: { name: 'sharing', include: SHARING, isolate: false } },
    ],
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
