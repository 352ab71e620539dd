import { beforeAll, expect, it } from 'vitest';
import { numbers } from '../support/numbers.ts';
import { VIEWS_FILE } from '../support/schema-dump.ts';
import { EXPLAIN } from '../support/server-kind.ts';
import {
  change,
  FAILED,
  insert,
  insertClaimed,
  insertClaimedOne,
  insertOne,
  settled,
  TIMED_OUT,
  WORKER,
} from './arrange.ts';
import { type Backend, describeStore, MariadbBackend } from './backends.ts';

/** The rows with each number as a number: a sum is a DECIMAL on MariaDB, and comes as text. */
async function read(backend: Backend, sql: string): Promise<Record<string, unknown>[]> {
  return (await backend.sql(sql)).map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'bigint' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
          ? Number(value)
          : value,
      ]),
    ),
  );
}

/** From the first of the day on, and no answers. MariaDB knows that one only while it runs. */
function expectRowsReadInPlace(plan: readonly Record<string, unknown>[]): void {
  const read = plan.find((row) => row['table'] === 'r');
  expect(read).toMatchObject({ possible_keys: 'PRIMARY' });
  expect(`${read?.['type']} ${read?.['Extra']}`).toMatch(/^range |^ALL Range checked for each record/);
  expect(plan.map((row) => row['key'])).not.toContain('idx_request_id');
}

describeStore('the views', (backend) => {
  beforeAll(async () => {
    const made = backend();
    // As an admin does who loads the files himself; a SQLite file has them from the beginning.
    if (made instanceof MariadbBackend) await made.database.loadSqlFile(VIEWS_FILE);
  });

  it('ai_v_queue: how much waits, by status and priority, and for how long', async () => {
    const [old, late] = await insert(backend(), 2, { priority: 3 });
    await insertOne(backend(), { priority: 200 as number });
    await change(backend(), old!, { created_at: backend().ago(90), expires_at: backend().ago(60) });
    await change(backend(), late!, { available_at: backend().ago(-3_600) });
    await change(backend(), await insertOne(backend()), { status: "'completed'" });
    const rows = await read(backend(), 'SELECT * FROM ai_v_queue ORDER BY priority');
    expect(rows).toMatchObject([
      { status: 'pending', priority: 3, requests: 2, not_before_later: 1, overdue: 1 },
      { status: 'pending', priority: 200, requests: 1, not_before_later: 0, overdue: 0 },
    ]);
    expect(rows[0]!['oldest_seconds']).toBeGreaterThanOrEqual(90);
    expect(rows[0]!['oldest_seconds']).toBeLessThan(150);
  });

  it('ai_v_last_hour: what has become of the requests of the last hour, and why', async () => {
    const claims = await insertClaimed(backend(), 5);
    const outcomes = [undefined, undefined, FAILED, FAILED, TIMED_OUT];
    await backend().store.settle(
      WORKER,
      claims.map((claim, index) => settled(claim, outcomes[index], 100 * (index + 1))),
    );
    await change(backend(), claims[4]!.id, { created_at: backend().ago(3_700) });
    await change(backend(), claims[0]!.id, {
      created_at: backend().ago(20),
      processed_at: backend().ago(18),
    });
    await change(backend(), claims[1]!.id, {
      created_at: backend().ago(20),
      processed_at: backend().ago(14),
    });
    const rows = await read(backend(), 'SELECT * FROM ai_v_last_hour ORDER BY status, error_code');
    expect(rows.sort((a, b) => String(a['status']).localeCompare(String(b['status'])))).toMatchObject([
      { status: 'completed', error_code: null, requests: 2, ai_ms: 150, total_ms: 4_000, longest_ms: 6_000 },
      { status: 'failed', error_code: 'ai_client_error', requests: 2, ai_ms: 350 },
    ]);
  });

  it('ai_v_by_npc: what each NPC asked within a day, also at odd priorities', async () => {
    const claims = await insertClaimed(backend(), 3, { sourceNpc: 'Sage' });
    await backend().store.settle(
      WORKER,
      claims.map((claim, index) => settled(claim, index === 0 ? FAILED : undefined, 60)),
    );
    await change(backend(), claims[2]!.id, { priority: '255', created_at: backend().ago(7_200) });
    const times = { claimed_at: backend().ago(20), processed_at: backend().ago(18) };
    await change(backend(), claims[1]!.id, times);
    await change(backend(), claims[2]!.id, { ...times, processed_at: backend().ago(16) });
    const old = await insertOne(backend(), { sourceNpc: 'Ghost' });
    await change(backend(), old, { created_at: backend().ago(90_000) });
    expect(await read(backend(), 'SELECT * FROM ai_v_by_npc')).toMatchObject([
      {
        source_npc: 'Sage',
        requests: 3,
        completed: 2,
        failed: 1,
        timeout: 0,
        success_percent: 66.7,
        ai_ms: 3_000,
      },
    ]);
  });

  it('ai_v_stuck: what has waited for too long, and why', async () => {
    const reasons = async () => {
      const rows = await read(backend(), 'SELECT id, reason FROM ai_v_stuck');
      return new Map(rows.map((row) => [row['id'], row['reason']]));
    };
    const [waiting, overdue, ahead] = await insert(backend(), 3, { timeoutSeconds: 600 });
    const { id: slow } = await insertClaimedOne(backend(), { priority: 1, timeoutSeconds: 600 });
    await insertOne(backend());
    await change(backend(), waiting!, { available_at: backend().ago(60) });
    await change(backend(), overdue!, { expires_at: backend().ago(60) });
    await change(backend(), ahead!, { available_at: backend().ago(-7_200) });
    await change(backend(), slow, { claimed_at: backend().ago(60) });
    const none = 'no worker lives';
    expect(await reasons()).toEqual(
      new Map([
        [waiting, none],
        [overdue, none],
        [ahead, none],
        [slow, none],
      ]),
    );
    const worker = { host: 'h', pid: 1, version: '1', inFlight: 0, doorbell: null, timeoutSeconds: 30 };
    await backend().store.heartbeat({ ...worker, id: 'another' });
    expect((await reasons()).get(slow)).toBe('its worker is gone');
    await backend().store.heartbeat({ ...worker, id: WORKER });
    expect(await reasons()).toEqual(
      new Map([
        [waiting, 'it waits for its turn, for the AI service, or for whoever holds its row'],
        [overdue, 'its life is over, and it could not be ended: is the row held?'],
        [ahead, 'it is not to be served yet: is available_at in another time zone?'],
        [slow, 'the AI service is slow'],
      ]),
    );
  });

  it.each(['ai_v_queue', 'ai_v_last_hour', 'ai_v_by_npc', 'ai_v_stuck'])(
    '%s goes to its rows by all of their key',
    async (view) => {
      // With 10,000, MariaDB 11.8 reads the whole index rather than 1,536 short ranges of it, and is right.
      const rows = 20_000;
      if (backend().kind === 'mariadb') {
        await backend().sql(
          `INSERT INTO ai_requests (endpoint, status, created_at, expires_at)
         SELECT '/x', IF(seq MOD 50 = 0, 'pending', 'completed'), NOW(3) - INTERVAL seq HOUR, NOW(3) + INTERVAL 1 DAY FROM ${numbers(rows)}`,
        );
        await backend().sql('ANALYZE TABLE ai_requests');
        const plan = await backend().sql(`${EXPLAIN} SELECT * FROM ${view}`);
        const found = plan.find((row) => row['key'] === 'idx_status_priority');
        expect(found).toMatchObject({ type: 'range' });
        expect(Number(found!['rows'])).toBeLessThan(rows / 2);
        if (view === 'ai_v_by_npc') expectRowsReadInPlace(plan);
        return;
      }
      const plan = await backend().sql(`EXPLAIN QUERY PLAN SELECT * FROM ${view}`);
      const details = plan
        .map(({ detail }) => String(detail))
        .filter((detail) => detail.includes('idx_status_priority'));
      expect(details.length).toBeGreaterThan(0);
      for (const detail of details)
        expect(detail).toContain(/hour|npc/.test(view) ? 'created_at>?' : 'status=?');
    },
  );
});
