import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AiIpc as AiIpcOfToday } from '../../../src/client/index.ts';
import type { ClientTask } from '../peer.ts';
import { runClient } from './client.ts';
import { connectMariadb, countAnswers, isDrained } from './queue-tables.ts';
import { LIFE_SECONDS, QUEUE, REQUEST, times } from './request.ts';
import { readTask } from './task.ts';

const ENDPOINT = '/api/v1/npc/dialogue';

const task = readTask<ClientTask>();
const AiIpc = task.packages === '' ? AiIpcOfToday : await clientOf(task.packages);
const ai = await AiIpc.open({ kind: 'mariadb', ...task.database }, { timeoutSeconds: LIFE_SECONDS });
const connection = await connectMariadb(task);

await runClient(
  {
    async queue(count) {
      await ai.requestMany(times(count, () => ({ type: QUEUE, endpoint: ENDPOINT, data: REQUEST })));
    },
    isDrained: () => isDrained(connection),
    async ask() {
      const { status, text, json } = await ai.ask(QUEUE, ENDPOINT, REQUEST);
      if (status !== 'completed') throw new Error(`An ask ended as ${status}: ${text}`);
      return JSON.stringify(json);
    },
    countAnswers: () => countAnswers(connection),
    async close() {
      await ai.close();
      await connection.end();
    },
  },
  task,
);

/** The client of another build; what is used of it is the same. */
async function clientOf(folder: string): Promise<typeof AiIpcOfToday> {
  const built = await import(pathToFileURL(join(folder, 'dist', 'client', 'index.js')).href);
  return (built as { AiIpc: typeof AiIpcOfToday }).AiIpc;
}
