import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { PeerTask } from '../peer.ts';

/** The variable that tells a program what to do. */
export const TASK_VARIABLE = 'AI_IPC_PEER_TASK';

/** The line of a worker that has begun to serve. */
export const READY = 'ready\n';

export function readTask<Task extends PeerTask>(): Task {
  const text = process.env[TASK_VARIABLE];
  if (text === undefined) throw new Error('This is started by: npm run bench -- peers');
  return JSON.parse(text) as Task;
}

/** A package of a peer, which is not among our own. `Exports` is what is used of it. */
export function packageOf<Exports>({ packages }: PeerTask, name: string): Exports {
  return createRequire(join(packages, 'package.json'))(name) as Exports;
}

export function postgresUrl({ database: { host, port, user, database } }: PeerTask): string {
  return `postgres://${user}@${host}:${port}/${database}`;
}
