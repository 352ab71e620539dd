import { defineConfig } from 'vitest/config';

/** What takes long on two busy cores is not yet wrong. */
const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

/**
 * Projects, so that `--project unit --project conformance` can be run on another Node. The global setup that starts
 * MariaDB stands at the root only, and the projects do not extend it: each of them would start a server of its own.
 */
export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // Two cores: more files at once only make each slower, and bounded waits fail.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/{architecture,docs}/**/*.test.ts'],
          ...timeouts,
        },
      },
      { test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'], ...timeouts } },
      {
        test: {
          name: 'integration',
          include: ['test/{integration,fault,support}/**/*.test.ts'],
          ...timeouts,
        },
      },
      {
        test: {
          name: 'rathena',
          include: ['test/rathena/**/*.test.ts'],
          globalSetup: ['test/rathena/harness/global-setup.ts'],
          ...timeouts,
        },
      },
    ],
  },
});
