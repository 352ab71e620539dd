import { fileURLToPath } from 'node:url';
import { type Operator, openOperator } from '../src/operator/operator.ts';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import { numbers } from '../test/support/numbers.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/test-database.ts';
import type { Sizes } from './scenario/sizes.ts';

const SCHEMA = fileURLToPath(new URL('../sql-files/ai_ipc_tables.sql', import.meta.url));
const VIEWS = fileURLToPath(new URL('../sql-files/ai_ipc_views.sql', import.meta.url));
const CHUNK = 500_000;
const PAGE = 50;
const PAGES = 1_000;

/**
 * How long an operator waits for what he looks at, in a large table on MariaDB: of so many requests, made within a week, with as
 * many responses; a thousand of them failed, and a hundred are pending.
 */
export async function operators({ requests }: Sizes<'requests'>): Promise<void> {
  const server = new MariadbServer();
  try {
    await server.start();
    const database = await createTestDatabase(server.address);
    await database.loadSqlFile(SCHEMA);
    await database.loadSqlFile(VIEWS);
    process.stdout.write(`filling ${requests} requests\n`);
    await fill(database, requests);
    const operator = await openOperator({
      kind: 'mariadb',
      ...database.settings,
      socketPath: null,
      sslCaFile: null,
      minPoolSize: 0,
      maxPoolSize: 2,
    });
    await measureAll(operator, database, requests);
    await operator.close();
  } finally {
    await server.remove();
  }
}

async function measureAll(operator: Operator, database: TestDatabase, requests: number): Promise<void> {
  for (const window of ['15m', '1h', '24h', '7d'] as const) {
    await measure(`overview of ${window}, the first`, () => operator.overview(window));
    await measure(`overview of ${window}, the next`, () => operator.overview(window));
  }
  await measure('page 1 of all', () => operator.list({}, { limit: PAGE }));
  await measure('page 1 of the failed', () => operator.list({ statuses: ['failed'] }, { limit: PAGE }));
  await measure('page 1 of an NPC', () => operator.list({ npc: 'npc 7' }, { limit: PAGE }));
  await measurePages(operator);
  await measure('count of the failed', () => operator.count({ statuses: ['failed'] }));
  await measure('count of all, in at most 1 s', () => operator.count({}));
  await measure('an error that no request has, in at most 1 s', () =>
    operator.list({ errorCode: 'no_such' }),
  );
  const nowMs = await operator.nowMs();
  await measure('totals of the last hour', () => operator.totals({ fromMs: nowMs - 3_600_000 }));
  await measure('one request', () => operator.story(Math.ceil(requests / 2)));
  for (const view of ['ai_v_queue', 'ai_v_last_hour', 'ai_v_by_npc', 'ai_v_stuck'])
    await measure(view, () => database.query(`SELECT * FROM ${view}`));
}

async function measurePages(operator: Operator): Promise<void> {
  let before: number | undefined;
  for (let page = 1; page < PAGES; page++) {
    const { next } = await operator.list({ type: 'dialogue' }, { limit: PAGE, before });
    before = next ?? undefined;
  }
  await measure(`page ${PAGES} of a filter`, () =>
    operator.list({ type: 'dialogue' }, { limit: PAGE, before }),
  );
}

async function measure(what: string, work: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await work();
  process.stdout.write(`${(performance.now() - startMs).toFixed(1).padStart(9)} ms  ${what}\n`);
}

async function fill(database: TestDatabase, requests: number): Promise<void> {
  const failedEvery = Math.max(2, Math.round(requests / 1_000));
  for (let from = 0; from < requests; from += CHUNK) {
    const count = Math.min(CHUNK, requests - from);
    const id = `(${from} + seq)`;
    await database.query(
      `INSERT INTO ai_requests (id, request_type, endpoint, request_data, priority, status, created_at, claimed_at, processed_at,
                                expires_at, source_npc, attempts, error_code)
       SELECT ${id}, IF(${id} MOD 5, 'dialogue', 'decision'), '/api/v1/npc/dialogue', '{"message":"Hello"}', 1 + ${id} MOD 10,
              CASE WHEN ${id} > ${requests - 100} THEN 'pending' WHEN ${id} MOD ${failedEvery} = 1 THEN 'failed' ELSE 'completed' END,
              NOW(3) - INTERVAL (${requests} - ${id}) * 604800000000 / ${requests} MICROSECOND, NOW(3), NOW(3),
              NOW(3) + INTERVAL 1 DAY, CONCAT('npc ', ${id} MOD 200), 1, NULL
         FROM ${numbers(count)}`,
    );
    await database.query(
      `INSERT INTO ai_responses (request_id, response_data, processing_time_ms) SELECT ${id}, '{"text":"Hello"}', 400 FROM ${numbers(count)}`,
    );
  }
  await database.query('ANALYZE TABLE ai_requests, ai_responses');
}
