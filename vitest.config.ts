import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'property-tests/**/*.test.ts'],
    setupFiles: ['property-tests/seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
