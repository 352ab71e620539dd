import type { DatabaseSettings } from '../test/support/test-database.ts';
import { WorkerProcess } from '../test/support/worker-process.ts';

/** As deploy/ai-ipc-worker.service starts it. */
const NODE_ARGS = '--max-semi-space-size=32';

/**
 * A real `ai-ipc worker`, of another build where `program` or AIIPC names one. NODEARGS: what Node is told, such as
 * --cpu-prof.
 */
export function startWorker(
  database: DatabaseSettings,
  env: Readonly<Record<string, string>>,
  program = process.env['AIIPC'],
): WorkerProcess {
  const { NODEARGS = NODE_ARGS } = process.env;
  return new WorkerProcess(database, env, {
    ...(program === undefined ? {} : { program }),
    nodeArgs: NODEARGS.split(' '),
  });
}
