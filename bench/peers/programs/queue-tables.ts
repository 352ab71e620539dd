import { type Connection, createConnection } from 'mariadb';
import type { PeerTask } from '../peer.ts';
import { ANSWER_MARK } from './client.ts';

/** The document's tables, and ours. Two index look-ups: to measure must cost next to nothing. */
const NOTHING_LEFT = `
  SELECT NOT EXISTS (SELECT 1 FROM ai_requests WHERE status = 'pending')
     AND NOT EXISTS (SELECT 1 FROM ai_requests WHERE status = 'processing') AS done`;
const ANSWERS = `
  SELECT COUNT(DISTINCT ai_requests.id) AS answers
    FROM ai_requests JOIN ai_responses ON ai_responses.request_id = ai_requests.id
   WHERE ai_requests.status = 'completed' AND ai_responses.response_data LIKE ?`;

/** The driver's own limit is a second: too little where a drain has both cores. */
const CONNECT_TIMEOUT_MS = 60_000;

export async function connectMariadb({ database }: PeerTask): Promise<Connection> {
  return await createConnection({ ...database, connectTimeout: CONNECT_TIMEOUT_MS });
}

export async function isDrained(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ done: number }[]>(NOTHING_LEFT);
  return Number(row?.done) === 1;
}

export async function countAnswers(connection: Connection): Promise<number> {
  const [row] = await connection.query<{ answers: number }[]>(ANSWERS, [`%${ANSWER_MARK}%`]);
  return Number(row?.answers);
}
