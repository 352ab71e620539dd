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
    // Twice two cores: half of a file's time is waiting for what has to take its time. Three were at work all the time of
    // a run (1,380 s of files in 485 s), and the cores were not (717 s of CPU). test/run.js has two more beside them.
    maxWorkers: 4,
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
