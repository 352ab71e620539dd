import { setTimeout as delay } from 'node:timers/promises';
import { createPool } from 'mariadb';
import { REQUEST_DATA } from '../../http-alone.ts';
import type { ClientTask } from '../peer.ts';
import { runClient } from './client.ts';
import { connectMariadb, countAnswers, isDrained } from './queue-tables.ts';
import { ASK_LIMIT_MS, LIFE_SECONDS, times } from './request.ts';
import { readTask } from './task.ts';

/** What ai_db_request does. */
const INSERT = `
  INSERT INTO ai_requests (request_type, endpoint, request_data, priority, timeout, status, expires_at)
  VALUES ('dialogue', '/api/v1/npc/dialogue', ?, 5, ${LIFE_SECONDS}, 'pending', NOW() + INTERVAL ${LIFE_SECONDS} SECOND)`;
const RESPONSE = 'SELECT response_data FROM ai_responses WHERE request_id = ?';
/** The `sleep2 100` of the document's NPC script. */
const LOOK_EVERY_MS = 100;

/** The driver's own are 1 and 10 s. */
const PATIENCE = { connectTimeout: ASK_LIMIT_MS, acquireTimeout: ASK_LIMIT_MS };

const task = readTask<ClientTask>();
const connection = await connectMariadb(task);
const pool = createPool({ ...task.database, ...PATIENCE, connectionLimit: 10 });

async function answerOf(id: bigint): Promise<string> {
  const endMs = performance.now() + ASK_LIMIT_MS;
  while (performance.now() < endMs) {
    const [row] = await pool.query<{ response_data: string | null }[]>(RESPONSE, [id]);
    if (row !== undefined) return String(row.response_data);
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`The request ${id} was not answered.`);
}

await runClient(
  {
    async queue(count) {
      await connection.batch(
        INSERT,
        times(count, () => [REQUEST_DATA]),
      );
    },
    isDrained: () => isDrained(connection),
    async ask() {
      const { insertId } = await pool.query<{ insertId: bigint }>(INSERT, [REQUEST_DATA]);
      return await answerOf(insertId);
    },
    countAnswers: () => countAnswers(connection),
    async close() {
      await connection.end();
      await pool.end();
    },
  },
  task,
);
