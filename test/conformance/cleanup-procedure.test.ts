import { describe, expect, it } from 'vitest';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { numbers } from '../support/numbers.ts';
import { change, insert, insertClaimed, RETRY, responseRows, settled, statusOf, WORKER } from './arrange.ts';
import { MariadbBackend, useBackend } from './backends.ts';

/** How many waits for a lock of this session ended in vain (1205), handled or not. MySQL alone counts them. */
const LOCK_TIMEOUTS = `
  SELECT CAST(SUM(SUM_ERROR_RAISED) AS SIGNED) AS number
    FROM performance_schema.events_errors_summary_by_thread_by_error JOIN performance_schema.threads USING (THREAD_ID)
   WHERE PROCESSLIST_ID = CONNECTION_ID() AND ERROR_NUMBER = 1205`;

describe('sp_ai_cleanup_old_requests', () => {
  const backend = useBackend(() => MariadbBackend.create());

  async function cleanUp(): Promise<unknown> {
    const session = await backend().database.connect();
    const [rows] = await session.query<[{ deleted: number }[], unknown]>(
      'CALL sp_ai_cleanup_old_requests(7)',
    );
    // Each would have been a second; MariaDB waits for 0 s.
    if (isMysqlChosen()) expect(await session.query(LOCK_TIMEOUTS)).toEqual([{ number: 0 }]);
    return rows[0]?.deleted;
  }

  /** In a transaction that stays open, as a database tool leaves it. */
  async function hold(table: string, ids: readonly number[]) {
    const holder = await backend().database.connect();
    await holder.beginTransaction();
    for (const id of ids) await holder.query(`SELECT id FROM ${table} WHERE id = ? FOR UPDATE`, [id]);
    return holder;
  }

  it('expires the others past a request that somebody holds, and that one at its next run', async () => {
    const ids = await insert(backend(), 4);
    for (const id of ids) await change(backend(), id, { expires_at: backend().ago(1) });
    const holder = await hold('ai_requests', ids.slice(1, 3));

    await cleanUp();
    expect(await Promise.all(ids.map((id) => statusOf(backend(), id)))).toEqual([
      'timeout',
      'pending',
      'pending',
      'timeout',
    ]);
    expect(await responseRows(backend(), ids[0]!)).toHaveLength(1);
    expect(await responseRows(backend(), ids[1]!)).toEqual([]);
    await holder.rollback();
    await cleanUp();
    expect(await statusOf(backend(), ids[1]!)).toBe('timeout');
  });

  it('comes to its end where somebody holds all of hundreds of overdue requests', async () => {
    const held = 600;
    await backend().sql(
      `INSERT INTO ai_requests (id, endpoint, expires_at) SELECT seq, '/x', NOW(3) - INTERVAL 1 SECOND FROM ${numbers(held)}`,
    );
    const holder = await hold(
      'ai_requests',
      Array.from({ length: held }, (_, index) => index + 1),
    );
    expect(await cleanUp()).toBe(0);
    await holder.rollback();
  });

  it('deletes the others past rows that somebody holds, and those at its next run', async () => {
    await backend().sql(
      `INSERT INTO ai_requests (id, endpoint, status, created_at) SELECT seq, '/x', 'completed', NOW(3) - INTERVAL 9 DAY FROM ${numbers(4)}`,
    );
    await backend().sql(
      `INSERT INTO ai_request_log (id, request_id, event_type, created_at) SELECT seq, seq, 'completed', NOW(3) - INTERVAL 40 DAY FROM ${numbers(4)}`,
    );
    const holders = [await hold('ai_requests', [2]), await hold('ai_request_log', [3])];

    expect(await cleanUp()).toBe(3);
    expect(await backend().sql('SELECT id FROM ai_requests')).toEqual([{ id: 2 }]);
    for (const holder of holders) await holder.rollback();
    expect(await cleanUp()).toBe(1);
    expect(await backend().sql('SELECT id FROM ai_request_log WHERE id <= 4')).toEqual([]);
  });

  it('deletes the others past hundreds of responses that somebody holds, and waits for none of them', async () => {
    const [held, all] = [300, 320];
    await backend().sql(
      `INSERT INTO ai_requests (id, endpoint, status, created_at) SELECT seq, '/x', 'completed', NOW(3) - INTERVAL 9 DAY FROM ${numbers(all)}`,
    );
    await backend().sql(
      `INSERT INTO ai_responses (id, request_id, response_data) SELECT seq, seq, '{}' FROM ${numbers(all)} WHERE seq <= 310`,
    );
    const holder = await hold(
      'ai_responses',
      Array.from({ length: held }, (_, index) => index + 1),
    );

    expect(await cleanUp()).toBe(all - held);
    expect(await backend().sql('SELECT COUNT(*) AS number, MAX(id) AS last FROM ai_requests')).toEqual([
      { number: held, last: held },
    ]);
    await holder.rollback();
    expect(await cleanUp()).toBe(held);
    expect(await backend().sql('SELECT COUNT(*) AS number FROM ai_responses')).toEqual([{ number: 0 }]);
  });

  it('expires the others past one that was put back to pending, and whose old response somebody holds', async () => {
    const ids = await insert(backend(), 3);
    for (const id of ids) await change(backend(), id, { expires_at: backend().ago(1) });
    await backend().sql("INSERT INTO ai_responses (id, request_id, response_data) VALUES (1, ?, 'old')", [
      ids[1],
    ]);
    const holder = await hold('ai_responses', [1]);

    expect(await cleanUp()).toBe(0);
    expect(await Promise.all(ids.map((id) => statusOf(backend(), id)))).toEqual([
      'timeout',
      'pending',
      'timeout',
    ]);
    expect(await responseRows(backend(), ids[1]!)).toMatchObject([{ response_data: 'old' }]);
    await holder.rollback();
    await cleanUp();
    expect(await statusOf(backend(), ids[1]!)).toBe('timeout');
    expect(await responseRows(backend(), ids[1]!)).toMatchObject([{ response_data: null }]);
  });

  it('keeps of the log the rows that somebody holds, and no others', async () => {
    await backend().sql(
      `INSERT INTO ai_request_log (id, request_id, event_type, created_at) SELECT seq, seq, 'completed', NOW(3) - INTERVAL 40 DAY FROM ${numbers(2_500)}`,
    );
    const holder = await hold('ai_request_log', [7, 1_234]);

    await cleanUp();
    expect(await backend().sql('SELECT id FROM ai_request_log WHERE id <= 2500')).toEqual([
      { id: 7 },
      { id: 1_234 },
    ]);
    const [row] = await backend().sql("SELECT event_data FROM ai_request_log WHERE event_type = 'cleaned'");
    expect(JSON.parse(String(row!['event_data']))).toEqual({ deleted: 0, log_rows: 2_498 });
    await holder.rollback();
  });

  it.each([
    "'retried'",
    "''",
    'NULL',
    `'{"ms":1e400}'`,
    `'{"ms":"soon"}'`,
    `'[]'`,
    `'{"ms":99999999999}'`,
    "CONCAT(REPEAT('[', 5000), REPEAT(']', 5000))",
    `'{"ms":1,"ms":[]}'`,
  ])(
    'a log row of somebody else, %s, costs its request the time of its last call and nothing else',
    async (data) => {
      const claims = await insertClaimed(backend(), 2);
      await backend().store.settle(
        WORKER,
        claims.map((claim) => settled(claim, RETRY, 120)),
      );
      const [bad, good] = claims.map(({ id }) => id);
      await backend().sql(
        `INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES (?, 'retried', ${data})`,
        [bad],
      );
      for (const id of [bad!, good!]) await change(backend(), id, { expires_at: backend().ago(1) });

      expect(await cleanUp()).toBe(0);
      expect(await responseRows(backend(), good!)).toMatchObject([{ processing_time_ms: 120 }]);
      expect(await statusOf(backend(), bad!)).toBe('timeout');
      expect(await responseRows(backend(), bad!)).toHaveLength(1);
    },
  );

  it('tells which log row of a request it could not read', async () => {
    const [id] = await insert(backend(), 1, { timeoutSeconds: 1 });
    await backend().sql(
      "INSERT INTO ai_request_log (id, request_id, event_type, event_data) VALUES (77, ?, 'retried', 'retried')",
      [id],
    );
    await change(backend(), id!, { expires_at: backend().ago(1) });
    await cleanUp();
    const rows = await backend().sql(
      "SELECT event_data FROM ai_request_log WHERE request_id = ? AND event_type = 'timeout'",
      [id],
    );
    expect(JSON.parse(String(rows[0]!['event_data']))).toEqual({
      attempt: 0,
      error_code: 'expired',
      unreadable_log_row: 77,
    });
  });
});
