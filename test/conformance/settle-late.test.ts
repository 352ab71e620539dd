import { expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { mariadbStatements } from '../../src/store/mariadb-statements.ts';
import { sqliteStatements } from '../../src/store/sqlite-statements.ts';
import { change, eventsOf, insertClaimedOne, requestRow, responseRows, settled, WORKER } from './arrange.ts';
import { type Backend, describeStore, openDatabase } from './backends.ts';

/** In it a transaction must begin; where the machine is too busy for that, in twice as long a one, and so on. */
const [LIFE_MS, LONGEST_LIFE_MS] = [2_000, 32_000];
/** Where it need not: a life that is over before the lock ends as a timeout all the same. */
const SHORT_LIFE_MS = 30;

describeStore('a life that ends while an answer is written', (backend) => {
  it('ends as timeout: what was alive when it was locked is looked at again when it is written', async () => {
    const claim = await insertClaimedOne(backend());
    const { lockForSettle, complete } =
      backend().kind === 'mariadb' ? mariadbStatements('wait') : sqliteStatements;
    const seen: number[] = [];

    await withDatabase(backend(), async (database) => {
      await database.query('SELECT 1');
      for (let lifeMs = LIFE_MS; seen[0] !== 1 && lifeMs <= LONGEST_LIFE_MS; lifeMs *= 2) {
        seen.length = 0;
        await change(backend(), claim.id, { expires_at: backend().ago(-lifeMs / 1000) });
        await database.lockAndWrite({ sql: lockForSettle, values: [[claim.id]] }, ([row]) => {
          seen.push(Number(row?.['is_alive']));
          if (seen.at(-1) === 0) return { writes: [], result: undefined };
          spin(lifeMs);
          return { writes: [{ sql: complete, values: [[claim.id]] }], result: undefined };
        });
      }
    });

    expect(seen).toEqual([1, 0]);
    expect(await requestRow(backend(), claim.id)).toMatchObject({
      status: 'processing',
      has_processed_at: 0,
    });
  });

  it('leaves nothing of the answer behind', async () => {
    const claim = await insertClaimedOne(backend());
    const other = await insertClaimedOne(backend());
    await backend().sql(slowResponses(backend()));
    try {
      await change(backend(), claim.id, { expires_at: backend().ago(-SHORT_LIFE_MS / 1000) });
      const outcomes = [settled(claim), settled(other)];
      expect(await backend().store.settle(WORKER, outcomes)).toEqual(['written', 'written']);
    } finally {
      await backend().sql('DROP TRIGGER slow_responses');
    }

    expect(await requestRow(backend(), claim.id)).toMatchObject({ status: 'timeout', error_code: 'expired' });
    expect(await responseRows(backend(), claim.id)).toMatchObject([
      {
        response_data: null,
        error_message: expect.stringMatching(/after the life of the request had ended/),
      },
    ]);
    expect(await eventsOf(backend(), claim.id)).toEqual(['claimed', 'timeout']);
    expect(await requestRow(backend(), other.id)).toMatchObject({ status: 'completed' });
    expect(await eventsOf(backend(), other.id)).toEqual(['claimed', 'completed']);
    expect(await lateOnes(backend())).toEqual([]);
  });
});

/** No decision of ours takes its time: a server that stands still between two packets, or a busy machine, does. */
function spin(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

async function withDatabase(backend: Backend, work: (database: Database) => Promise<void>): Promise<void> {
  const database = openDatabase(backend);
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

/** Responses that take their time: SQLite has nothing that waits, and makes 100 MB of random numbers. */
function slowResponses({ kind }: Backend): string {
  return kind === 'mariadb'
    ? `CREATE TRIGGER slow_responses BEFORE INSERT ON ai_responses FOR EACH ROW DO SLEEP(0.2)`
    : `CREATE TRIGGER slow_responses BEFORE INSERT ON ai_responses
       BEGIN SELECT length(randomblob(50000000)), length(randomblob(50000000)); END`;
}

async function lateOnes(backend: Backend) {
  return await backend.sql(
    "SELECT id FROM ai_requests WHERE status = 'completed' AND processed_at >= expires_at",
  );
}
