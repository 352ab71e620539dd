import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DatabaseSettings } from '../test/support/test-database.ts';
import { WorkerProcess } from '../test/support/worker-process.ts';

const OURS = fileURLToPath(new URL('../', import.meta.url));

/** A real `ai-ipc worker`, of the build in `folder`. NODEARGS: what Node is told besides, such as --cpu-prof. */
export function startWorker(
  database: DatabaseSettings,
  env: Readonly<Record<string, string>>,
  folder = OURS,
): WorkerProcess {
  return new WorkerProcess(database, env, {
    program: join(folder, 'bin', 'ai-ipc.js'),
    nodeArgs: [...nodeArgsOf(folder), ...(process.env['NODEARGS']?.split(' ') ?? [])],
    diesWithUs: true,
  });
}

/** What Node is told by the systemd unit of a build. */
function nodeArgsOf(folder: string): string[] {
  const unit = readFileSync(join(folder, 'deploy', 'ai-ipc-worker.service'), 'utf8');
  const [, args = ''] = /^ExecStart=\S+ node ((?:--\S+ )*)/m.exec(unit) ?? [];
  return args.split(' ').filter((arg) => arg !== '');
}
