import type { Connection } from 'mariadb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { numbers } from '../support/numbers.ts';
import { useQueue } from '../support/queue-observer.ts';
import { insertSettled, waitForSleepers } from './arrange.ts';
import { type MapServer, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
const DIALOGUE = '/api/v1/npc/dialogue';
const PAUSE_MS = 1_000;
/** The game may stand still for a quarter of a second; by itself, a statement waits for a lock for 50 s and more. */
const STANDSTILL_US = 20_000_000;
const MOST_TRIES = 10;

let server: MapServer;
let other: Connection;
let id: number;
beforeEach(async () => {
  await queue().clear();
  server = await startMapServer(queue().settings);
  id = await server.number('ai_db_request', 't', DIALOGUE, '{}');
  other = await queue().database.connect();
});
afterEach(() => other.end());

async function costOf(
  command: string,
  ...args: (string | number)[]
): Promise<{ value: unknown; isShort: boolean }> {
  server.advance(PAUSE_MS + 50);
  const { value, microseconds } = await server.call(command, args);
  return { value: typeof value === 'number' ? value : String(value), isShort: microseconds < STANDSTILL_US };
}

describe('a table that another connection has locked', () => {
  it('gives the values of a failure, soon, and all goes on afterwards', async () => {
    await other.query('LOCK TABLES ai_requests WRITE, ai_responses WRITE, ai_request_log WRITE');

    expect(await costOf('ai_db_request', 't', DIALOGUE, '{}')).toEqual({ value: -1, isShort: true });
    expect(await costOf('ai_db_status', id)).toEqual({ value: 0, isShort: true });
    expect(await costOf('ai_db_response', id)).toEqual({ value: '', isShort: true });
    expect(await costOf('ai_db_cancel', id)).toEqual({ value: 0, isShort: true });
    expect(await costOf('ai_db_cleanup', 60)).toEqual({ value: 0, isShort: true });

    await other.query('UNLOCK TABLES');
    server.advance(PAUSE_MS + 50);
    const next = await server.number('ai_db_request', 't', DIALOGUE, '{}');
    expect(next).toBeGreaterThan(id);
    expect(await server.number('ai_db_cancel', next)).toBe(1);
    // On a busy machine the cancel that was told as failed went on by itself, and this one finds nothing to do.
    await server.number('ai_db_cancel', id);
    await queue().waitForStatus(id, 'cancelled', 20_000);
  });

  it('lets a script wait that had asked before', async () => {
    const answer = server.text('ai_db_response', id, 60_000);
    await waitForSleepers(server, 1);
    await other.query('LOCK TABLES ai_requests WRITE, ai_responses WRITE');
    await other.query("UPDATE ai_requests SET status = 'completed'");
    await other.query('INSERT INTO ai_responses (request_id, response_data) VALUES (?, \'{"n":1}\')', [id]);
    await other.query('UNLOCK TABLES');
    expect(await answer).toBe('{"n":1}');
  });
});

describe('a row that another transaction holds', () => {
  beforeEach(async () => {
    await other.beginTransaction();
    await other.query("UPDATE ai_requests SET status = 'processing' WHERE id = ?", [id]);
  });

  it('does not stop the game at a cancel', async () => {
    let held = id;
    for (let tries = 1; !(await isToldOfLock(held)); tries += 1) {
      expect(tries, 'the reason told is the lock').toBeLessThan(MOST_TRIES);
      held = await server.number('ai_db_request', 't', DIALOGUE, '{}');
      await other.query("UPDATE ai_requests SET status = 'processing' WHERE id = ?", [held]);
    }
    expect(server.linesAt('warning', 'error', 'sql')).toEqual([
      expect.stringContaining('Another transaction held what an AI command needed'),
    ]);
    await other.commit();
    // What the command began is undone: rAthena's own statements must not end up in a transaction of ours.
    await expect.poll(openTransactions).toBe(0);
    server.advance(PAUSE_MS + 50);
    expect(await server.number('ai_db_cancel', held)).toBe(1);
    expect(await queue().events(held)).toEqual(['cancelled']);
  });

  /**
   * A cancel is in vain, and says why. It tries 50 times a second: one whose last try has not ended with its time, on a
   * busy machine, says that the database was late, and goes on by itself.
   */
  async function isToldOfLock(held: number): Promise<boolean> {
    expect(await costOf('ai_db_cancel', held)).toEqual({ value: 0, isShort: true });
    const reason = await server.text('ai_db_error', -1);
    expect(reason).toMatch(
      /^database_unavailable: (?:Another transaction|The database did not answer in time)/,
    );
    return reason.includes('Another transaction');
  }

  it('is read as it was', async () => {
    expect(await costOf('ai_db_status', id)).toEqual({ value: 1, isShort: true });
    expect(await costOf('ai_db_response', id)).toEqual({ value: '', isShort: true });
  });

  it('does not keep a cleanup from the rows that it deletes', async () => {
    await queue().database.query(
      `INSERT INTO ai_requests (endpoint, status, processed_at)
       SELECT '/x', 'completed', NOW(3) - INTERVAL 1 DAY FROM ${numbers(5)}`,
    );
    expect(await costOf('ai_db_cleanup', 60)).toEqual({ value: 5, isShort: true });
  });

  it('does not keep others from asking', async () => {
    expect(await costOf('ai_db_request', 't', DIALOGUE, '{}')).toEqual({ value: id + 1, isShort: true });
  });
});

async function openTransactions(): Promise<number> {
  const [row] = await queue().database.query<{ total: number }[]>(
    `SELECT COUNT(*) AS total
       FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
      WHERE p.DB = DATABASE()`,
  );
  return row!.total;
}

it('what bounds the statements of AI IPC does not stay on the connection of the map server', async () => {
  const done = await insertSettled(queue(), { response: '{}' });
  await server.text('ai_db_response', done);
  await server.number('ai_db_cancel', id);
  server.sql(
    'CREATE TEMPORARY TABLE seen AS SELECT @@max_statement_time AS a, @@lock_wait_timeout AS b, @@autocommit + 0 AS c',
  );
  server.sql("UPDATE ai_requests SET source_npc = (SELECT CONCAT(a, ' ', b, ' ', c) FROM seen)");
  await server.counters();

  const [row] = await queue().database.query('SELECT source_npc FROM ai_requests WHERE id = ?', [id]);
  const [usual] = await queue().database.query<{ text: string }[]>(
    "SELECT CONCAT(@@max_statement_time, ' ', @@lock_wait_timeout, ' ', @@autocommit + 0) AS text",
  );
  expect(row).toEqual({ source_npc: usual!.text });
});

it('the rights that rAthena has on its database are enough', async () => {
  const { user, database } = { user: `map_${process.pid}`, database: queue().settings.database };
  await queue().database.query(`CREATE OR REPLACE USER '${user}'@'127.0.0.1' IDENTIFIED BY 'secret'`);
  await queue().database.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON \`${database}\`.* TO '${user}'@'127.0.0.1'`,
  );
  const limited = await startMapServer({ ...queue().settings, user, password: 'secret' });

  const asked = await limited.number('ai_db_request', 't', DIALOGUE, '{}');
  expect(asked).toBeGreaterThan(0);
  expect(await limited.number('ai_db_cancel', asked)).toBe(1);
  await queue().database.query('UPDATE ai_requests SET processed_at = NOW(3) - INTERVAL 1 DAY WHERE id = ?', [
    asked,
  ]);
  expect(await limited.number('ai_db_cleanup', 60)).toBe(1);
  expect(await limited.text('ai_db_error', asked)).toMatch(/^bad_id: /);
  expect(limited.linesAt('error', 'sql')).toEqual([]);
  await queue().database.query(`DROP USER '${user}'@'127.0.0.1'`);
});
