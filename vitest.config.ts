import { defineConfig } from 'vitest/config';

/**
 * What takes long on two busy cores is not yet wrong. Files share a process, one after the other: loading every module
 * anew for each of 200 files took two thirds of the CPU of the unit tests (105 of 145 s on two cores).
 */
const shared = { testTimeout: 60_000, hookTimeout: 60_000, isolate: false };

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
          ...shared,
        },
      },
      { test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'], ...shared } },
      {
        test: {
          name: 'integration',
          include: ['test/{integration,fault,support}/**/*.test.ts'],
          ...shared,
        },
      },
      {
        test: {
          name: 'rathena',
          include: ['test/rathena/**/*.test.ts'],
          globalSetup: ['test/rathena/harness/global-setup.ts'],
          ...shared,
        },
      },
    ],
  },
});
