import { expect, it } from 'vitest';
import { numbers } from '../support/numbers.ts';
import {
  change,
  count,
  insert,
  insertClaimed,
  insertOne,
  logOf,
  responseRows,
  settled,
  WORKER,
} from './arrange.ts';
import { type Backend, describeStore } from './backends.ts';

const HOUR = 3600;
const DAY = 86_400;

describeStore('cleanup', (backend) => {
  const cleanup = (options: Partial<Parameters<Backend['store']['cleanup']>[0]> = {}) =>
    backend().store.cleanup({ ageSeconds: HOUR, scan: 'whole', ...options });

  it('the four ended statuses are deleted when they are old, and nothing else', async () => {
    const statuses = ['pending', 'processing', 'completed', 'failed', 'timeout', 'cancelled'];
    const old = await insert(backend(), 6);
    const recent = await insert(backend(), 6);
    for (const [index, status] of statuses.entries()) {
      await change(backend(), old[index]!, {
        status: `'${status}'`,
        created_at: backend().ago(2 * HOUR),
        processed_at: backend().ago(HOUR + 5),
      });
      await change(backend(), recent[index]!, {
        status: `'${status}'`,
        created_at: backend().ago(2 * HOUR),
        processed_at: backend().ago(HOUR - 5),
      });
    }
    expect(await cleanup()).toBe(4);
    const rows = await backend().sql('SELECT id FROM ai_requests ORDER BY id');
    expect(rows.map((row) => row['id'])).toEqual([old[0], old[1], ...recent]);
  });

  it('a row without processed_at goes by the time of its creation', async () => {
    const [old, recent] = await insert(backend(), 2);
    for (const id of [old!, recent!])
      await change(backend(), id, { status: "'failed'", processed_at: 'NULL' });
    await change(backend(), old!, { created_at: backend().ago(HOUR + 5) });
    await change(backend(), recent!, { created_at: backend().ago(HOUR - 5) });
    expect(await cleanup()).toBe(1);
    const rows = await backend().sql('SELECT id FROM ai_requests');
    expect(rows).toEqual([{ id: recent }]);
  });

  it('the responses go with their requests, and requests are what is counted', async () => {
    const claims = await insertClaimed(backend(), 3);
    await backend().store.settle(
      WORKER,
      claims.map((claim) => settled(claim)),
    );
    await change(backend(), claims[0]!.id, { processed_at: backend().ago(2 * HOUR) });
    await change(backend(), claims[1]!.id, { processed_at: backend().ago(2 * HOUR) });
    expect(await cleanup()).toBe(2);
    expect(await count(backend(), 'ai_responses')).toBe(1);
    expect(await responseRows(backend(), claims[2]!.id)).toHaveLength(1);
  });

  it('a run that deleted something logs one row, whatever the number of chunks', async () => {
    await insert(backend(), 1_203);
    await backend().sql(
      `UPDATE ai_requests SET status = 'completed', processed_at = ${backend().ago(2 * HOUR)}`,
    );
    expect(await cleanup()).toBe(1_203);
    expect(await logOf(backend(), 0)).toEqual([{ event: 'cleaned', data: { deleted: 1_203 } }]);
  });

  it('a run that deleted nothing logs nothing', async () => {
    await insertOne(backend());
    expect(await cleanup()).toBe(0);
    expect(await count(backend(), 'ai_request_log')).toBe(0);
  });

  it('a whole run also finds old rows behind recent ones', async () => {
    const ids = await insert(backend(), 1_100);
    await change(backend(), ids.at(-1)!, { status: "'completed'", processed_at: backend().ago(2 * HOUR) });
    expect(await cleanup({ scan: 'oldest' })).toBe(0);
    expect(await cleanup({ scan: 'whole' })).toBe(1);
  });

  it('a run from the oldest goes through old rows that cannot be deleted', async () => {
    const ids = await insert(backend(), 1_100);
    await backend().sql(`UPDATE ai_requests SET created_at = ${backend().ago(2 * HOUR)}`);
    await change(backend(), ids.at(-1)!, { status: "'completed'", processed_at: backend().ago(2 * HOUR) });
    expect(await cleanup({ scan: 'oldest' })).toBe(1);
  });

  it('log rows are left alone unless an age is given for them', async () => {
    await insertLogRows(backend(), 3, 40 * DAY);
    await cleanup();
    expect(await count(backend(), 'ai_request_log')).toBe(3);
  });

  it('log rows past their retention go, younger ones stay', async () => {
    await insertLogRows(backend(), 1_203, 30 * DAY + 5);
    await insertLogRows(backend(), 7, 30 * DAY - 30);
    expect(await cleanup({ logRetentionDays: 30 })).toBe(0);
    expect(await count(backend(), 'ai_request_log')).toBe(7);
  });

  it('an abort ends the run between two chunks', async () => {
    await insert(backend(), 600);
    await backend().sql(
      `UPDATE ai_requests SET status = 'completed', processed_at = ${backend().ago(2 * HOUR)}`,
    );
    await insertLogRows(backend(), 3, 40 * DAY);
    const aborted = AbortSignal.abort();
    expect(await cleanup({ signal: aborted, logRetentionDays: 30 })).toBe(0);
    expect(await count(backend(), 'ai_requests')).toBe(600);
    expect(await count(backend(), 'ai_request_log')).toBe(3);
  });

  it('what an aborted run has deleted by then is told and logged', async () => {
    await insert(backend(), 1_600);
    await backend().sql(
      `UPDATE ai_requests SET status = 'completed', processed_at = ${backend().ago(2 * HOUR)}`,
    );
    const stop = new AbortController();
    const run = cleanup({ signal: stop.signal });
    await expect.poll(() => count(backend(), 'ai_requests'), { interval: 1 }).toBeLessThan(1_600);
    stop.abort();
    const deleted = await run;
    expect(await count(backend(), 'ai_requests')).toBe(1_600 - deleted);
    expect(await logOf(backend(), 0)).toEqual([{ event: 'cleaned', data: { deleted } }]);
  });

  it('runs at the same time delete each request once', async () => {
    await insert(backend(), 1_200);
    await backend().sql(
      `UPDATE ai_requests SET status = 'completed', processed_at = ${backend().ago(2 * HOUR)}`,
    );
    const other = await backend().open();
    const deleted = await Promise.all([
      cleanup(),
      other.cleanup({ ageSeconds: HOUR, scan: 'whole' }),
      cleanup(),
    ]);
    expect(deleted.reduce((sum, part) => sum + part, 0)).toBe(1_200);
    expect(await count(backend(), 'ai_requests')).toBe(0);
  });
});

async function insertLogRows(backend: Backend, rows: number, ageSeconds: number): Promise<void> {
  const each =
    backend.kind === 'mariadb'
      ? `SELECT seq AS n FROM ${numbers(rows)}`
      : `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows}) SELECT n FROM numbers`;
  await backend.sql(
    `INSERT INTO ai_request_log (request_id, event_type, event_data, created_at)
     SELECT n, 'completed', '{}', ${backend.ago(ageSeconds)} FROM (${each}) AS numbered`,
  );
}
