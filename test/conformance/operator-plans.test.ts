import type { Connection } from 'mariadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectLikePool } from '../../src/database/mariadb-pool.ts';
import { createOperator, type Operator } from '../../src/operator/operator.ts';
import { filterValues, type RequestFilter } from '../../src/operator/request-filter.ts';
import { mariadbOperatorStatements, sqliteOperatorStatements } from '../../src/operator/statements.ts';
import { mariadbStatements } from '../../src/store/mariadb-statements.ts';
import { numbers } from '../support/numbers.ts';
import { EXPLAIN } from '../support/server-kind.ts';
import { MariadbBackend, type RawRow, SqliteBackend } from './backends.ts';

const ROWS = 200_000;
const FILTER: RequestFilter = {
  statuses: ['failed'],
  npc: 'npc 7',
  errorCode: 'expired',
  fromMs: 1,
  toMs: 2e12,
  text: 'x',
};
const IDS = Array.from({ length: 140 }, (_, index) => 100 + index * 1_000);

/** Values for each statement, as the operator would bind them. */
const VALUES: Readonly<Record<keyof typeof mariadbOperatorStatements, readonly unknown[]>> = {
  clock: [],
  idBounds: [],
  rowAt: [1_000],
  list: [100_000, 120_000, ...filterValues(FILTER), 51],
  count: [100_000, 120_000, ...filterValues(FILTER)],
  totals: [100_000, 120_000, ...filterValues(FILTER)],
  listOfStatus: [0, ROWS, ...filterValues(FILTER), 51],
  countOfStatus: [0, ROWS, ...filterValues(FILTER)],
  countStatuses: [['failed', 'timeout'], 10_001],
  nextPriority: ['pending', 3],
  depthOf: ['pending', 5, 50_001],
  workers: [],
  sample: [IDS],
  lastEvents: ['failed', 10],
  request: [1_000],
  response: [1_000],
  events: [1_000, 500],
  lockOne: [1_000],
  copy: [30, 30, 1_000],
  logCopy: ['{}', 1_000, '{"as":', '}'],
  deleteEnded: [1_000],
};
/** Of a handful of rows. */
const SMALL = ['ai_workers', 'w'];

describe('what an operator asks of MariaDB, in a table of many requests', () => {
  let backend: MariadbBackend;
  let session: Connection;
  let operator: Operator;

  beforeAll(async () => {
    backend = await MariadbBackend.create();
    await fill(backend);
    session = (await connectLikePool(backend.settings)).connection;
    operator = createOperator({
      // The session itself, so that what it reads can be counted.
      database: { name: 'test', ...databaseOn(session) },
      statements: mariadbOperatorStatements,
      shared: mariadbStatements('wait'),
    });
  });
  afterAll(async () => {
    await session.end();
    await backend.dispose();
  });

  it.each(Object.keys(VALUES) as (keyof typeof VALUES)[])('%s goes along a key', async (name) => {
    const plan = await session.query<RawRow[]>(`${EXPLAIN} ${mariadbOperatorStatements[name]}`, [
      ...VALUES[name],
    ]);
    const whole = plan.filter(
      ({ table, type, select_type: kind }) =>
        // MySQL names the table that an INSERT fills, too.
        kind !== 'INSERT' &&
        typeof table === 'string' &&
        !table.startsWith('<') &&
        !SMALL.includes(table) &&
        (type === 'ALL' || type === 'index'),
    );
    expect(whole).toEqual([]);
  });

  /** Rows and index entries that were read meanwhile. */
  async function readsOf(work: () => Promise<unknown>): Promise<number> {
    const counter = async () => {
      const rows = await session.query<{ Value: string }[]>("SHOW SESSION STATUS LIKE 'Handler_read%'");
      return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
    };
    const before = await counter();
    await work();
    return (await counter()) - before;
  }

  it('an overview of each window reads a small part of the table', async () => {
    for (const window of ['15m', '1h', '24h', '7d'] as const) {
      const reads = await readsOf(() => operator.overview(window));
      expect({ window, isSmall: reads < 20_000, reads }).toMatchObject({ isSmall: true });
    }
  });

  it('a second overview reads the newest part alone', async () => {
    await operator.overview('7d');
    expect(await readsOf(() => operator.overview('7d'))).toBeLessThan(3_000);
  });

  it('a page costs the same wherever it is', async () => {
    const readsBefore = (before: number) => readsOf(() => operator.list({ type: 'generic' }, { before }));
    expect(await readsBefore(ROWS)).toBeLessThan(500);
    expect(await readsBefore(ROWS / 10)).toBeLessThan(500);
  });

  it('a few requests of a status are found among all by their index', async () => {
    const found = await operator.list({ statuses: ['cancelled'] });
    expect(found.requests).toHaveLength(5);
    expect(await readsOf(() => operator.list({ statuses: ['cancelled'] }))).toBeLessThan(500);
    expect(await operator.count({ statuses: ['cancelled'] })).toEqual({ requests: 5, isWhole: true });
  });
});

it.each(Object.entries(sqliteOperatorStatements))(
  '%s asks for one end of a table at a time',
  (_name, sql) => {
    // For the first and the last of one SELECT, SQLite reads all between them, and its plan does not say so.
    for (const select of sql.split(/\bSELECT\b/))
      expect(select).not.toMatch(/\bMIN\(.*\bMAX\(|\bMAX\(.*\bMIN\(/s);
  },
);

it('nothing that an operator asks of SQLite goes through a table', async () => {
  const backend = await SqliteBackend.create();
  try {
    for (const [name, sql] of Object.entries(sqliteOperatorStatements)) {
      const values = VALUES[name as keyof typeof VALUES].map((value) =>
        Array.isArray(value) ? JSON.stringify(value) : value,
      );
      const plan = await backend.sql(`EXPLAIN QUERY PLAN ${sql}`, values);
      const scans = plan
        .map(({ detail }) => String(detail))
        .filter((detail) =>
          /\bSCAN (?:r|p|ai_requests|ai_responses|ai_request_log)\b(?! USING)/.test(detail),
        );
      expect({ name, scans }).toEqual({ name, scans: [] });
    }
  } finally {
    await backend.dispose();
  }
});

/** What the operator needs of a database, over one connection. */
function databaseOn(connection: Connection) {
  const refuse = () => Promise.reject(new Error('only looks are counted here'));
  return {
    query: (sql: string, values: readonly unknown[] = []) => connection.query<RawRow[]>(sql, [...values]),
    queryAll: refuse,
    execute: refuse,
    insertEach: refuse,
    lockAndWrite: refuse,
    writeIfLocked: refuse,
    close: () => Promise.resolve(),
  };
}

/** Ten days of requests, nearly all of them completed; five were cancelled, and ten are pending. */
async function fill(backend: MariadbBackend): Promise<void> {
  await backend.sql(
    `INSERT INTO ai_requests (id, endpoint, priority, status, created_at, claimed_at, processed_at, source_npc)
     SELECT seq, '/api/v1/health', 1 + seq MOD 10,
            CASE WHEN seq > ${ROWS - 10} THEN 'pending' WHEN seq MOD ${ROWS / 5} = 1 THEN 'cancelled' ELSE 'completed' END,
            NOW(3) - INTERVAL (${ROWS} - seq) * 10 * 86400 / ${ROWS} SECOND, NOW(3), NOW(3), CONCAT('npc ', seq MOD 50)
       FROM ${numbers(ROWS)}`,
  );
  await backend.sql(
    `INSERT INTO ai_request_log (request_id, event_type, event_data)
     SELECT seq, ELT(1 + seq MOD 3, 'claimed', 'completed', 'failed'), '{}' FROM ${numbers(ROWS)}`,
  );
  await backend.sql(
    `INSERT INTO ai_responses (request_id, response_data) SELECT seq, '{}' FROM ${numbers(ROWS)}`,
  );
  await backend.sql('ANALYZE TABLE ai_requests, ai_responses, ai_request_log');
}
