import { afterEach, beforeEach, expect, it } from 'vitest';
import { locksOrWrites, planFaults } from '../support/index-plans.ts';
import { numbers } from '../support/numbers.ts';
import { useQueue } from '../support/queue-observer.ts';
import { StatementProxy } from '../support/statement-proxy.ts';
import { useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
/** What bounds a statement's waits stands before it. */
const BOUNDS = /^SET STATEMENT .*? FOR (?=[A-Z]+ )/;

let proxy: StatementProxy;
let sent: string[];
beforeEach(async () => {
  await queue().clear();
  sent = [];
  const { host, port } = queue().settings;
  proxy = new StatementProxy({
    target: { host, port },
    before: async (sql) => {
      sent.push(sql.replace(BOUNDS, ''));
    },
  });
});
afterEach(() => proxy.close());

async function insertEnded(): Promise<void> {
  await queue().database.query(
    `INSERT INTO ai_requests (id, endpoint, status, processed_at)
     SELECT seq, '/x', 'completed', NOW(3) - INTERVAL 1 DAY FROM ${numbers(3)}`,
  );
}

it('what the commands write goes by the index that it names, also in a short table', async () => {
  await insertEnded();
  const open = await queue().insertOne('/x');
  const server = await startMapServer({ ...queue().settings, port: await proxy.listen() });

  expect(await server.number('ai_db_cancel', open)).toBe(1);
  expect(await server.number('ai_db_cleanup', 60)).toBe(3);

  const writes = sent.filter(locksOrWrites);
  expect(writes.map((sql) => /^\w+/.exec(sql)![0])).toEqual(['SELECT', 'UPDATE', 'DELETE']);
  // The plan is made for the rows that are there.
  await insertEnded();
  const session = await queue().database.connect();
  for (const sql of writes) expect(await planFaults(session, sql)).toEqual([]);
});
