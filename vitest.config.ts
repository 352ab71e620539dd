import { defineConfig } from 'vitest/config';

/** What takes long on two busy cores is not yet wrong: test/support/wait-for.ts has as much patience. */
const PATIENCE_MS = 360_000;
/**
 * Files share a process, one after the other: loading every module
 * anew for each of 200 files took two thirds of the CPU of the unit tests (105 of 145 s on two cores).
 */
const shared = {
  testTimeout: PATIENCE_MS,
  hookTimeout: PATIENCE_MS,
  isolate: false,
  expect: { poll: { timeout: 60_000 } },
};

/**
 * Projects, so that `--project unit --project conformance` can be run on another Node. The global setup that starts
 * MariaDB stands at the root only, and the projects do not extend it: each of them would start a server of its own.
 */
export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // Three times two cores: half of a file's time is waiting for what has to take its time. With four the cores were busy for
    // 79 % of a run. test/run.js takes four where two more run beside them.
    maxWorkers: 6,
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'bench/**/*.test.ts',
            'test/{architecture,docs,languages}/**/*.test.ts',
          ],
          ...shared,
        },
      },
      { test: { name: 'conformance', include: ['test/conformance/**/*.test.ts'], ...shared } },
      {
        test: {
          name: 'integration',
          include: ['test/{integration,fault,fault-run,support}/**/*.test.ts'],
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
