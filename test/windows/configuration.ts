import { defineConfig } from 'vitest/config';

/** Run by `npm run test:windows` inside Debian 13, and by nothing else. Wine's programs start one after the other. */
export default defineConfig({
  test: {
    include: ['test/windows/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 360_000,
    hookTimeout: 360_000,
    maxWorkers: 1,
    isolate: false,
  },
});
