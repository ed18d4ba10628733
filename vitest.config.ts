import { defineConfig } from 'vitest/config';

/**
 * Milliseconds after which something hangs. A test takes seconds; on a machine with twelve times its load it is slow, not
 * red. More runs of the laws (property-tests/laws/runs.ts) are given more time.
 */
const PATIENCE = 20 * 60_000 * Math.max(1, Number(process.env['CONNTRAIL_RUNS'] ?? 1));

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'property-tests/**/*.test.ts'],
    setupFiles: ['property-tests/seed.ts'],
    testTimeout: PATIENCE,
    hookTimeout: PATIENCE,
    teardownTimeout: PATIENCE,
    expect: { poll: { timeout: PATIENCE } },
  },
});
