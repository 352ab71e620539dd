import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { startAiStub } from '../support/ai-stub.ts';
import { createUser } from '../support/create-user.ts';
import { useQueue } from '../support/queue-observer.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers, type WorkerProcess } from '../support/worker-process.ts';

const AWAY = 'Database cannot be reached, trying again';
const queue = useQueue();
const startWorker = useWorkers();
const stub = await startAiStub();
const user = `limited_${randomBytes(4).toString('hex')}`;
const account = `'${user}'@'%'`;

beforeEach(async () => {
  await createUser(queue().database, account, 'pw');
  await queue().database.query(`GRANT ALL ON \`${queue().settings.database}\`.* TO ${account}`);
});
afterEach(async () => {
  stub.clear();
  await queue().clear();
});
afterAll(async () => {
  await queue().database.query(`DROP USER ${account}`);
  await stub.close();
});

const limitTo = (connections: number) =>
  queue().database.query(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS ${connections}`);

function start(env: Readonly<Record<string, string>> = {}, port = queue().settings.port): WorkerProcess {
  return startWorker(
    { ...queue().settings, port, user, password: 'pw' },
    { AI_SERVICE_BASE_URL: stub.url, ...env },
  );
}

it.each([1, 2, 3])(
  'an account with %i connections serves all the same, and is told of it',
  async (connections) => {
    await limitTo(connections);
    const worker = start();
    await worker.started();
    await queue().insert(50, '/echo');
    await queue().waitForCounts({ completed: 50 }, 20_000);

    expect(worker.log().filter(({ level }) => level === 'ERROR')).toEqual([]);
    const warnings = worker.log('The database server has a setting that costs something');
    expect(warnings.map(({ warning }) => warning)).toEqual(
      connections < 3 ? [expect.stringMatching(/max_user_connections.*MAX_USER_CONNECTIONS 10/)] : [],
    );
  },
);

it('a worker whose account has no connection left says the server’s reason, and serves when one is free', async () => {
  await limitTo(1);
  // The connections of the worker before may take the server a moment yet.
  const other = await waitFor(() => queue().database.connect({ user, password: 'pw' }), {
    what: 'the only connection of the account',
  });
  const worker = start();
  const line = await worker.waitForLog(AWAY);
  expect(line['error']).toMatch(/'max_user_connections' resource.*lower max_pool_size/);
  expect(line['error']).not.toMatch(/pool failed/);

  await other.end();
  await worker.started();
});

it('a password that is changed under a worker is told by the server’s words, and the old one works again', async () => {
  const worker = start();
  await worker.started();
  await queue().database.query(`ALTER USER ${account} IDENTIFIED BY 'other'`);
  await endConnections();
  const line = await worker.waitForLog('Database trouble, trying again');
  await waitFor(() => /Access denied for user/.test(worker.output), {
    what: `the reason, after ${line['error']}`,
  });

  await queue().database.query(`ALTER USER ${account} IDENTIFIED BY 'pw'`);
  const id = await queue().insertOne('/echo');
  await queue().waitForStatus(id, 'completed', 20_000);
  expect(worker.hasEnded).toBe(false);
});

it.each([
  ['the tables are looked at', 'information_schema.COLUMNS'],
  ['the first heartbeat is written', 'INTO ai_workers'],
])('a line that is cut while %s does not end the worker', async (_, words) => {
  const proxy = await TcpProxy.start(queue().settings);
  try {
    const isCut = proxy.cutAfter((sql) => sql.includes(words));
    const worker = start({}, proxy.port);
    await isCut;
    await worker.waitForLog(AWAY);
    await worker.started();
    const id = await queue().insertOne('/echo');
    await queue().waitForStatus(id, 'completed', 20_000);
  } finally {
    await proxy.close();
  }
});

async function endConnections(): Promise<void> {
  const rows = await queue().database.query<{ id: number }[]>(
    'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?',
    [user],
  );
  // 1094: one that ended by itself meanwhile.
  const isGone = (error: unknown) => expect(error).toMatchObject({ errno: 1094 });
  for (const { id } of rows) await queue().database.query(`KILL ${id}`).catch(isGone);
}
