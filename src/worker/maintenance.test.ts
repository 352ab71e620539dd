import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import type { AiResult } from '../ai/ai-client.ts';
import { type AiBreaker, createBreaker } from '../ai/breaker.ts';
import { Flights } from './flights.ts';
import { Maintenance } from './maintenance.ts';
import { StatisticsCounter } from './statistics.ts';

const EXPIRE_CHUNK = 200;
const DEAD_AFTER_MS = 10_000;
const OTHER = 'other-host:2:4567cdef';
const SETTINGS = { maxAttempts: 3, retentionDays: 1, logRetentionDays: 3, cleanupIntervalSeconds: 600 };
const DOWN: AiResult = {
  kind: 'trouble',
  error: { code: 'ai_unreachable', message: 'Nothing listens there.' },
  isServiceDown: true,
  hasReachedNobody: true,
  retryAfterMs: null,
};

let context: TestContext;
let clock: FakeClock;
let breaker: AiBreaker;
let statistics: StatisticsCounter;
let maintenance: Maintenance;
let isFresh: boolean;
let told: object[];

beforeEach(async () => {
  context = await openTestContext('http://127.0.0.1:9');
  clock = new FakeClock();
  breaker = createBreaker(clock);
  statistics = new StatisticsCounter(() => clock.nowMs());
  isFresh = true;
  told = [];
  for (const event of ['expired', 'rescued', 'cleaned', 'storeFailed', 'storeRecovered'] as const)
    context.events.on(event, (details: object) => told.push({ event, ...details }));
  maintenance = new Maintenance({
    ...context,
    clock,
    breaker,
    settings: { ...context.settings, ...SETTINGS },
    flights: new Flights(() => undefined),
    isHeartbeatFresh: () => isFresh,
    release: async () => undefined,
    statistics,
  });
});
afterEach(async () => {
  await maintenance.stop();
  await context.close();
});

/** The moment so many days ago, as SQL. */
function daysAgo(days: number): string {
  return `strftime('%Y-%m-%d %H:%M:%f', 'now', '-${days} days')`;
}

function countOf(table: string): unknown {
  return context.sql.prepare(`SELECT COUNT(*) AS total FROM ${table}`).get()?.['total'];
}

describe('expire', () => {
  function insertOverdue(count: number): void {
    context.sql.exec(`
      INSERT INTO ai_requests (endpoint, expires_at)
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
      SELECT '/echo', ${daysAgo(0.001)} FROM numbers`);
  }

  it('follows a full chunk with the next one at once, and tells and counts what ended', async () => {
    insertOverdue(EXPIRE_CHUNK + 1);

    maintenance.start();
    await clock.advance(0);
    expect(told).toMatchObject([
      { event: 'expired', count: EXPIRE_CHUNK },
      { event: 'expired', count: 1 },
    ]);
    await clock.advance(5_000);

    expect(told).toHaveLength(2);
    expect(statistics.read(null)).toMatchObject({ processed: 201, timedOut: 201, failed: 0 });
  });

  it('looks every second', async () => {
    maintenance.start();
    await clock.advance(999);
    insertOverdue(1);
    await clock.advance(0);
    expect(told).toEqual([]);

    await clock.advance(1);

    expect(told).toMatchObject([{ event: 'expired', count: 1 }]);
  });

  it('says that the AI service is away, and its last error, while the breaker is not closed', async () => {
    insertOverdue(1);
    maintenance.start();
    await clock.advance(0);
    for (let call = 0; call < 10; call++) await breaker.run(async () => DOWN);
    insertOverdue(1);
    await clock.advance(1_000);

    expect(await context.store.read(1)).toMatchObject({ status: 'timeout', errorCode: 'expired' });
    expect(await context.store.read(2)).toMatchObject({
      status: 'timeout',
      errorCode: 'ai_unavailable',
      errorMessage: 'The AI service is unavailable. Its last error: Nothing listens there.',
    });
  });
});

describe('rescue', () => {
  /** Another worker with two claims, one of them its last attempt; none of the workers here ever beats. */
  async function insertOther(): Promise<void> {
    await context.claim(2);
    const insert = context.sql.prepare(
      "INSERT INTO ai_workers (id, host, pid, version) VALUES (?, 'h', 1, '1')",
    );
    for (const id of [OTHER, context.workerId]) insert.run(id);
    context.sql.prepare('UPDATE ai_requests SET claimed_by = ?').run(OTHER);
    context.sql.exec('UPDATE ai_requests SET attempts = 3 WHERE id = 2');
  }

  const rescued = () => told.filter((event) => 'rescued' in event);

  it('takes back the claims of a dead worker once, and its row; never its own', async () => {
    await insertOther();
    maintenance.start();
    await clock.advance(DEAD_AFTER_MS - 1);
    expect(told).toEqual([]);

    await clock.advance(1);
    await clock.advance(2 * DEAD_AFTER_MS);

    const { workerId } = context;
    expect(told).toEqual([{ event: 'rescued', workerId, deadWorkerIds: [OTHER], rescued: 1, failed: 1 }]);
    expect(context.sql.prepare('SELECT id FROM ai_workers').all()).toEqual([{ id: workerId }]);
    expect(statistics.read(null)).toMatchObject({ processed: 1, failed: 1, timedOut: 0 });
    expect((await context.store.read(1))?.status).toBe('pending');
    expect(await context.store.read(2)).toMatchObject({ status: 'failed', errorCode: 'worker_lost' });
  });

  it('takes up again within a second what was held at its first try, and waits for no row of the dead', async () => {
    await insertOther();
    const { retire } = context.store;
    const held = vi.spyOn(context.store, 'rescue').mockResolvedValueOnce({ rescued: 0, failed: 0 });
    let letGo: () => void = () => undefined;
    vi.spyOn(context.store, 'retire').mockImplementationOnce(async (ids) => {
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
      await retire(ids);
    });
    maintenance.start();
    await clock.advance(DEAD_AFTER_MS);
    expect(held).toHaveBeenCalledTimes(1);

    await clock.advance(1_000);

    expect(rescued()).toMatchObject([{ rescued: 0 }, { rescued: 1, failed: 1 }]);
    letGo();
    await clock.advance(1_000);
    expect(context.sql.prepare('SELECT id FROM ai_workers').all()).toEqual([{ id: context.workerId }]);
  });

  it('keeps the dead for dead where the row is gone, and where a rescue fails', async () => {
    await insertOther();
    const rescue = vi.spyOn(context.store, 'rescue');
    rescue.mockResolvedValueOnce({ rescued: 0, failed: 0 }).mockRejectedValueOnce(new Error('away'));
    maintenance.start();

    await clock.advance(DEAD_AFTER_MS + 2_500);

    expect(context.sql.prepare('SELECT id FROM ai_workers').all()).toEqual([{ id: context.workerId }]);
    expect(rescued()).toMatchObject([{ rescued: 0 }, { rescued: 1, failed: 1 }]);
  });

  it('tells that the row of a dead worker could not be taken away, and once it could that this is over', async () => {
    await insertOther();
    const error = new Error('away');
    vi.spyOn(context.store, 'retire').mockRejectedValueOnce(error);
    maintenance.start();

    await clock.advance(DEAD_AFTER_MS + 2_500);

    const ofRetire = told.filter((one) => 'part' in one && one.part === 'retire');
    expect(ofRetire).toEqual([
      { event: 'storeFailed', part: 'retire', error },
      { event: 'storeRecovered', part: 'retire' },
    ]);
    expect(context.sql.prepare('SELECT id FROM ai_workers').all()).toEqual([{ id: context.workerId }]);
  });

  it('takes nobody for dead while its own heartbeats do not reach the database', async () => {
    await insertOther();
    isFresh = false;
    maintenance.start();

    await clock.advance(3 * DEAD_AFTER_MS);

    expect(told).toEqual([]);
  });

  it('counts the silence of others anew when its own heartbeats reach the database again', async () => {
    await insertOther();
    maintenance.start();
    await clock.advance(3_000);
    isFresh = false;
    await clock.advance(4_000);
    isFresh = true;
    await clock.advance(DEAD_AFTER_MS);
    expect(rescued()).toEqual([]);

    await clock.advance(1_000);

    expect(rescued()).toHaveLength(1);
  });

  it('counts the silence of others anew after a look that failed', async () => {
    await insertOther();
    maintenance.start();
    await clock.advance(3_000);
    context.sql.exec('ALTER TABLE ai_workers RENAME TO elsewhere');
    await clock.advance(2_500);
    context.sql.exec('ALTER TABLE elsewhere RENAME TO ai_workers');
    await clock.advance(DEAD_AFTER_MS);
    expect(told).toMatchObject([
      { event: 'storeFailed', part: 'rescue', error: { code: 'database_failed' } },
      { event: 'storeRecovered', part: 'rescue' },
    ]);

    await clock.advance(1_000);

    expect(rescued()).toHaveLength(1);
  });
});

describe('cleanup', () => {
  function insertEnded(days: number): void {
    context.sql.exec(`INSERT INTO ai_requests (endpoint, status, created_at, processed_at)
      VALUES ('/echo', 'completed', ${daysAgo(days)}, ${daysAgo(days)})`);
  }
  const cleaned = () => told.filter((event) => 'deleted' in event);

  it('deletes what is older than its days, at the start and after each interval, and tells it', async () => {
    insertEnded(2);
    insertEnded(0.5);
    for (const days of [4, 2])
      context.sql.exec(`INSERT INTO ai_request_log (request_id, event_type, created_at)
        VALUES (1, 'completed', ${daysAgo(days)})`);

    maintenance.start();
    await clock.advance(0);
    expect(cleaned()).toMatchObject([{ event: 'cleaned', workerId: context.workerId, deleted: 1 }]);
    // Two days old, and what this cleanup wrote.
    expect([countOf('ai_requests'), countOf('ai_request_log')]).toEqual([1, 2]);

    await clock.advance(600_000);
    expect(cleaned()).toHaveLength(1);
    insertEnded(2);
    await clock.advance(600_000);
    expect(cleaned()).toMatchObject([{ deleted: 1 }, { deleted: 1 }]);
  });

  it('is ended by a stop', async () => {
    const cleanup = vi.spyOn(context.store, 'cleanup');
    maintenance.start();
    await clock.advance(0);
    const { signal } = cleanup.mock.calls[0]![0];
    expect(signal?.aborted).toBe(false);

    await maintenance.stop();

    expect(signal?.aborted).toBe(true);
  });
});
