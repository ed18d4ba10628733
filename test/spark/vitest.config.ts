/** `npm run test:spark`: a real Spark. It takes minutes and half a gigabyte, so that `npm test` leaves it alone. */
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Milliseconds after which something hangs: on a busy machine a Spark takes a minute to begin. */
const PATIENCE = 60 * 60_000;

export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, '../..'),
    include: ['test/spark/*.spark.ts'],
    globalSetup: 'test/spark/set-up.ts',
    // One Spark at a time.
    fileParallelism: false,
    testTimeout: PATIENCE,
    hookTimeout: PATIENCE,
    teardownTimeout: PATIENCE,
  },
});
