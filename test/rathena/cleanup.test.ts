import { beforeEach, expect, it } from 'vitest';
import { numbers } from '../support/numbers.ts';
import { useQueue } from '../support/queue-observer.ts';
import { type MapServer, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
const CHUNK = 200;

let server: MapServer;
beforeEach(async () => {
  await queue().clear();
  server = await startMapServer(queue().settings);
});

/** So many requests that ended, or began, so many seconds ago. */
async function insertOld(count: number, status: string, ageSeconds: number): Promise<void> {
  await queue().database.query(
    `INSERT INTO ai_requests (endpoint, status, created_at, processed_at)
     SELECT '/x', ?, NOW(3) - INTERVAL ? SECOND,
            IF(? IN ('pending', 'processing'), NULL, NOW(3) - INTERVAL ? SECOND) FROM ${numbers(count)}`,
    [status, ageSeconds, status, ageSeconds],
  );
}

async function chunks(): Promise<number[]> {
  const rows = await queue().database.query<{ request_id: number; event_data: string }[]>(
    "SELECT request_id, event_data FROM ai_request_log WHERE event_type = 'cleaned' ORDER BY id",
  );
  expect(rows.every((row) => row.request_id === 0)).toBe(true);
  return rows.map((row) => Number((JSON.parse(row.event_data) as { deleted: number }).deleted));
}

it('deletes old ended requests, and no others', async () => {
  for (const status of ['pending', 'processing', 'completed', 'failed', 'timeout', 'cancelled']) {
    await insertOld(1, status, 120);
    await insertOld(2, status, 30);
  }

  expect(await server.number('ai_db_cleanup', 60)).toBe(4);

  expect(await queue().statusCounts()).toEqual({
    pending: 3,
    processing: 3,
    completed: 2,
    failed: 2,
    timeout: 2,
    cancelled: 2,
  });
  expect(await chunks()).toEqual([4]);
});

it('goes by when a request ended, or when it was made if that is not known', async () => {
  await queue().database.query(`
    INSERT INTO ai_requests (endpoint, status, created_at, processed_at) VALUES
      ('/ended-late', 'completed', NOW(3) - INTERVAL 1 DAY, NOW(3)),
      ('/unknown', 'cancelled', NOW(3) - INTERVAL 1 DAY, NULL)`);

  expect(await server.number('ai_db_cleanup', 60)).toBe(1);

  expect(await queue().statusCounts()).toEqual({ completed: 1 });
});

it('deletes at most 200 at a time, pauses the script between, and returns the total', async () => {
  await insertOld(250, 'completed', 7_200);
  await insertOld(201, 'failed', 7_200);

  const { value, runs } = await server.call('ai_db_cleanup', []);

  expect(value).toBe(451);
  expect(runs).toBeGreaterThanOrEqual(3);
  const deleted = await chunks();
  expect(deleted.every((count) => count > 0 && count <= CHUNK)).toBe(true);
  expect(deleted.reduce((sum, count) => sum + count, 0)).toBe(451);
  expect(await queue().statusCounts()).toEqual({});
});

it('other scripts run between the chunks', async () => {
  await insertOld(1_000, 'completed', 7_200);
  const id = await queue().insertOne('/echo');
  let isDone = false;
  const cleanup = server.number('ai_db_cleanup', 60).finally(() => {
    isDone = true;
  });

  expect(await server.number('ai_db_status', id)).toBe(1);

  expect(isDone).toBe(false);
  expect(await cleanup).toBe(1_000);
});

it('two cleanups at the same time delete everything once', async () => {
  await insertOld(700, 'completed', 7_200);
  const totals = await Promise.all([server.number('ai_db_cleanup', 60), server.number('ai_db_cleanup', 60)]);
  expect(totals[0]! + totals[1]!).toBe(700);
  expect(await queue().statusCounts()).toEqual({});
});

it('deletes the answers with the requests', async () => {
  await insertOld(1, 'completed', 7_200);
  await queue().database.query(
    "INSERT INTO ai_responses (request_id, response_data) SELECT id, '{}' FROM ai_requests",
  );
  expect(await server.number('ai_db_cleanup')).toBe(1);
  expect(await queue().responses()).toEqual([]);
});

it('with nothing to delete returns 0 and logs nothing', async () => {
  await queue().insertOne('/echo');
  expect(await server.number('ai_db_cleanup')).toBe(0);
  expect(await queue().eventCounts()).toEqual({});
});

it.each([
  [-1, 60],
  [0, 60],
  [60, 60],
  [3_000_000, 2_592_000],
  [9_000_000_000, 2_592_000],
])('an age of %i s is taken as %i s', async (given, used) => {
  await insertOld(1, 'completed', used + 5);
  await insertOld(1, 'failed', used - 5);

  expect(await server.number('ai_db_cleanup', given)).toBe(1);

  expect(await queue().statusCounts()).toEqual({ failed: 1 });
});

it('the age is 3600 s when none is given', async () => {
  await insertOld(1, 'completed', 3_605);
  await insertOld(1, 'failed', 3_595);
  expect(await server.number('ai_db_cleanup')).toBe(1);
  expect(await queue().statusCounts()).toEqual({ failed: 1 });
});

it('a script that cannot be suspended still returns the total', async () => {
  await insertOld(450, 'completed', 7_200);
  const { value } = await server.call('ai_db_cleanup', [60], {});
  expect(value).toBeGreaterThanOrEqual(CHUNK);
});

it('scripts are reloaded in the middle of it: the next cleanup deletes the rest', async () => {
  await insertOld(4_000, 'completed', 7_200);
  // Its 20 parts take 4 s.
  await queue().database.query(
    'CREATE TRIGGER slow BEFORE DELETE ON ai_requests FOR EACH ROW DO SLEEP(0.001)',
  );
  const cleanup = server.number('ai_db_cleanup', 60);
  const cut = expect(cleanup).rejects.toThrow('ended');
  await expect.poll(chunks).not.toEqual([]);
  server.reloadScripts();
  await cut;
  await queue().database.query('DROP TRIGGER slow');

  const rest = await server.number('ai_db_cleanup', 60);

  expect(rest).toBeGreaterThan(0);
  expect((await chunks()).reduce((sum, count) => sum + count, 0)).toBe(4_000);
  expect(await queue().statusCounts()).toEqual({});
});

it('old and young requests in turns: every old one goes', async () => {
  for (let round = 0; round < 8; round += 1) {
    await insertOld(150, 'completed', 7_200);
    await insertOld(400, 'completed', 1);
  }
  expect(await server.number('ai_db_cleanup', 60)).toBe(1_200);
  expect(await queue().statusCounts()).toEqual({ completed: 3_200 });
});
