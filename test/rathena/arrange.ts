import type { QueueObserver } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import type { MapServer } from './harness/map-server.ts';

/** How a request ended, as a worker would have settled it. */
export interface Settlement {
  readonly status?: string;
  readonly response?: string | null;
  readonly errorCode?: string | null;
  readonly errorMessage?: string | null;
}

/** Ends a request as a worker does: status and response in one transaction. */
export async function settle(queue: QueueObserver, id: number, settlement: Settlement = {}): Promise<void> {
  const { status = 'completed', response = null, errorCode = null, errorMessage = null } = settlement;
  const connection = await queue.database.connect();
  await connection.beginTransaction();
  await connection.query(
    'UPDATE ai_requests SET status = ?, processed_at = NOW(3), error_code = ? WHERE id = ?',
    [status, errorCode, id],
  );
  await connection.query(
    'INSERT INTO ai_responses (request_id, response_data, error_message, processing_time_ms) VALUES (?, ?, ?, 12)',
    [id, response, errorMessage],
  );
  await connection.commit();
  await connection.end();
}

/** Inserts a request and ends it; returns its id. */
export async function insertSettled(queue: QueueObserver, settlement: Settlement = {}): Promise<number> {
  const id = await queue.insertOne('/echo');
  await settle(queue, id, settlement);
  return id;
}

export async function setStatus(queue: QueueObserver, id: number, status: string): Promise<void> {
  await queue.database.query('UPDATE ai_requests SET status = ? WHERE id = ?', [status, id]);
}

/** Resolves when all commands that were called before have begun: the map server takes one line after the other. */
export async function untilBegun(server: MapServer): Promise<void> {
  await server.counters();
}

/** Resolves when so many scripts sleep, the first look at the database done. */
export async function waitForSleepers(server: MapServer, count: number): Promise<void> {
  await waitFor(async () => (await server.counters())['Scripts'] === count, {
    timeoutMs: 10_000,
    what: `${count} scripts to wait`,
  });
}
