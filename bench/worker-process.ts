import type { DatabaseSettings } from '../test/support/test-database.ts';
import { WorkerProcess } from '../test/support/worker-process.ts';

/** A real `ai-ipc worker`. AIIPC names another build to measure, NODEARGS what Node is told (such as --cpu-prof). */
export function startWorker(
  database: DatabaseSettings,
  env: Readonly<Record<string, string>>,
): WorkerProcess {
  const { AIIPC, NODEARGS } = process.env;
  return new WorkerProcess(database, env, {
    ...(AIIPC === undefined ? {} : { program: AIIPC }),
    ...(NODEARGS === undefined ? {} : { nodeArgs: NODEARGS.split(' ') }),
  });
}
