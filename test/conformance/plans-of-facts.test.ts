import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLikePool } from '../../src/database/mariadb-pool.ts';
import {
  type FactStatements,
  mariadbFactStatements,
  sqliteFactStatements,
} from '../../src/store/queue-fact-statements.ts';
import { numbers } from '../support/numbers.ts';
import { EXPLAIN } from '../support/server-kind.ts';
import { type Backend, MariadbBackend, type RawRow, SqliteBackend } from './backends.ts';

/** What grows with the queue; the others read a handful of rows of small tables, or what the server knows by heart. */
const OF_MUCH = ['requests', 'calling', 'calls', 'oldestEnded', 'lastCleaned', 'growth'] as const;
const PENDING = 10;
/** 200 requests twice, 300 log rows, and what is pending; a table of 100,000 is far beyond. */
const MOST_READS = 1_500;

/** Ended ones, nearly all completed, with ten pending behind them, and a log row each. */
async function fill(backend: Backend, rows: number): Promise<void> {
  await backend.sql(
    `INSERT INTO ai_requests (endpoint, status, error_code)
     SELECT '/echo',
            CASE WHEN seq > ${rows} - ${PENDING} THEN 'pending' WHEN seq % 100 = 1 THEN 'failed' ELSE 'completed' END,
            CASE WHEN seq % 100 = 1 THEN 'bad_request' END
       FROM ${numbers(rows)}`,
  );
  await backend.sql(
    `INSERT INTO ai_request_log (request_id, event_type, event_data) SELECT seq, 'completed', '{}' FROM ${numbers(rows)}`,
  );
}

describe('what alerts and the doctor read of MariaDB goes along a key', () => {
  let backend: MariadbBackend;
  let session: Connection;

  beforeAll(async () => {
    backend = await MariadbBackend.create();
    session = (await connectLikePool(backend.settings)).connection;
  });
  afterAll(async () => {
    await session.end();
    await backend.dispose();
  });

  async function readsOf(sql: string): Promise<number> {
    const counter = async () => {
      const rows = await session.query<{ Value: string }[]>("SHOW SESSION STATUS LIKE 'Handler_read%'");
      return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
    };
    const before = await counter();
    await session.query(sql);
    return (await counter()) - before;
  }

  /** Tables that are gone through as a whole; those of fewer rows than are looked at may be. */
  async function wholeTables(sql: string): Promise<readonly unknown[]> {
    const plan = await session.query<RawRow[]>(`${EXPLAIN} ${sql}`);
    return plan.filter(
      ({ table, type, rows }) => String(table).startsWith('ai_') && type === 'ALL' && Number(rows) > 200,
    );
  }

  // Statistics as they were, and anew: neither moves a plan.
  it.each([
    ['3 rows', 3, true],
    ['1,000 rows', 1_000, true],
    ['100,000 rows, by the statistics of 1,000', 100_000, false],
    ['100,000 rows', 0, true],
  ])('in tables of %s', async (_title, rows, isAnalyzed) => {
    if (rows > 0) {
      for (const table of ['ai_requests', 'ai_request_log']) await backend.sql(`DELETE FROM ${table}`);
      await fill(backend, rows);
    }
    if (isAnalyzed) await backend.sql('ANALYZE TABLE ai_requests, ai_request_log');
    for (const name of OF_MUCH) {
      const sql = mariadbFactStatements[name];
      expect({ name, whole: await wholeTables(sql) }).toEqual({ name, whole: [] });
      const reads = await readsOf(sql);
      expect({ name, isSmall: reads < MOST_READS, reads }).toMatchObject({ isSmall: true });
    }
  });
});

describe('what alerts and the doctor read of SQLite goes along a key', () => {
  it.each(OF_MUCH)('%s', async (name) => {
    const backend = await SqliteBackend.create();
    try {
      await fill(backend, 1_000);
      for (const statistics of ['', 'ANALYZE']) {
        if (statistics !== '') await backend.sql(statistics);
        const plan = await backend.sql(`EXPLAIN QUERY PLAN ${sqliteFactStatements[name]}`);
        const steps = plan.map(({ detail }) => String(detail)).filter((step) => / ai_\w+/.test(step));
        expect(steps.length).toBeGreaterThan(0);
        expect(steps.filter((step) => !goesByKey(step, name))).toEqual([]);
      }
    } finally {
      await backend.dispose();
    }
  });
});

/** In the order of ids, the first row and the first hundred are found at the beginning of the table: no more is read. */
const FIRST_ONES: readonly (keyof FactStatements)[] = ['oldestEnded', 'growth'];

function goesByKey(step: string, name: keyof FactStatements): boolean {
  // The greatest id.
  if (/^SEARCH ai_\w+$/.test(step)) return true;
  if (/^SCAN ai_\w+$/.test(step)) return FIRST_ONES.includes(name);
  // Every ended row has one of four statuses: by that alone, only pending and processing ones are few.
  if (/USING (?:COVERING )?INDEX idx_status_priority \(status=\?\)/.test(step))
    return name === 'requests' || name === 'calling';
  return /USING INTEGER PRIMARY KEY|INDEX idx_event_type \(event_type=\?\)/.test(step);
}
