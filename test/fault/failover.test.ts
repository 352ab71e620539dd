import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { AiIpc } from '../../src/client/ai-ipc.ts';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { createUser } from '../support/create-user.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers, type WorkerProcess } from '../support/worker-process.ts';

/** How long the service may be away once the address leads to the next primary. */
const FAILOVER_MS = 5_000;
const USER = { user: 'worker', password: 'of the worker' };
const TABLES = ['ai_ipc_meta', 'ai_workers', 'ai_requests', 'ai_responses', 'ai_request_log'];

const [oldServer, nextServer] = [new MariadbServer(), new MariadbServer()];
const startWorker = useWorkers();
const stub: AiStub = await startAiStub();
let old: QueueObserver;
let next: QueueObserver;
let proxy: TcpProxy;
let running: Promise<WorkerProcess> | undefined;

beforeAll(async () => {
  await Promise.all([oldServer.start(), nextServer.start()]);
});
beforeEach(async () => {
  old = await prepare(oldServer);
  next = await prepare(nextServer, old.settings.database);
  proxy = await TcpProxy.start(oldServer.address);
});
afterEach(async () => {
  await proxy.close();
  stub.clear();
  await next.database.drop();
});
afterAll(async () => {
  await Promise.all([oldServer.remove(), nextServer.remove()]);
  await stub.close();
});

it.each([
  ['that became read-only', () => old.database.query('SET GLOBAL read_only = ON')],
  ['that stands still', () => oldServer.pause()],
  ['that was killed', () => oldServer.kill()],
  ['that was stopped in order', () => oldServer.stop()],
  ['whose connections an admin ends once it is read-only', endOldConnections],
  ['that is gone before the next one listens', leadNowhere],
])(
  'a failover in the middle of work, from a primary %s, loses no answer and stops nothing',
  async (_, end) => {
    const worker = await startServing();
    const held = holdAnswers();
    stub.behave('/held', held.behaviour);
    await old.insert(30, '/held', { lifeSeconds: 600 });
    await waitFor(() => stub.inFlight === 30, { what: '30 calls in flight' });

    await replicate();
    await end();
    proxy.turnTo(nextServer.address);
    held.release();
    await next.insert(10, '/echo');
    await next.waitForCounts({ completed: 40 }, FAILOVER_MS);

    expect(stub.calls).toHaveLength(40);
    expect(await next.responses()).toHaveLength(40);
    expect(await next.eventCounts()).toEqual({ claimed: 40, completed: 40 });
    expect(worker.hasEnded).toBe(false);
    await startAgain();
  },
);

it('a worker that rests leaves a primary that became read-only, and the log says what is so', async () => {
  const worker = await startServing();
  await replicate();
  await old.database.query('SET GLOBAL read_only = ON');
  const line = await worker.waitForLog('Database trouble, trying again');
  expect(line['error']).toMatch(/read-only.*replica, or the old primary after a failover.*DB_HOST/);

  proxy.turnTo(nextServer.address);
  const id = await next.insertOne('/echo');
  await next.waitForStatus(id, 'completed', FAILOVER_MS);

  await startAgain();
});

it('a client that only reads follows to the next primary', async () => {
  const id = await old.insertOne('/echo');
  await replicate();
  const { host, port } = proxy;
  const ai = await AiIpc.open({ kind: 'mariadb', ...old.settings, ...USER, host, port });
  onTestFinished(() => ai.close());
  expect(await ai.status(id)).toBe(1);

  await old.database.query('SET GLOBAL read_only = ON');
  proxy.turnTo(nextServer.address);
  await next.database.query("UPDATE ai_requests SET status = 'cancelled' WHERE id = ?", [id]);
  await waitFor(async () => (await ai.status(id)) === 6, {
    timeoutMs: FAILOVER_MS,
    what: 'what the next primary says',
  });

  await startAgain();
});

async function startServing(): Promise<WorkerProcess> {
  const { host, port } = proxy;
  // The calls outlast the failover, however long that takes.
  const env = { AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '600' };
  const worker = startWorker({ ...old.settings, ...USER, host, port }, env);
  await worker.started();
  return worker;
}

/** Tables, and a user without the rights that let admins write to what is read-only. */
async function prepare(server: MariadbServer, database?: string): Promise<QueueObserver> {
  const queue = await QueueObserver.create(server.address, database);
  await createUser(queue.database, `'${USER.user}'@'%'`, USER.password);
  await queue.database.query(`GRANT ALL ON \`${queue.settings.database}\`.* TO '${USER.user}'@'%'`);
  return queue;
}

/** What replication has done until now. */
async function replicate(): Promise<void> {
  const writer = await next.database.connect();
  await writer.query('SET foreign_key_checks = 0');
  for (const table of TABLES) {
    const reader = await old.database.connect({ dateStrings: true });
    const rows = await reader.query<Record<string, unknown>[]>(`SELECT * FROM ${table}`);
    await writer.query(`DELETE FROM ${table}`);
    const columns = Object.keys(rows[0] ?? {});
    const places = columns.map(() => '?').join(', ');
    for (const row of rows)
      await writer.query(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`,
        Object.values(row),
      );
  }
}

/** The old primary is well again, for the next test. */
async function startAgain(): Promise<void> {
  oldServer.resume();
  if (!(await isUp())) {
    await oldServer.kill();
    await oldServer.start();
  }
  await old.database.query('SET GLOBAL read_only = OFF');
  await old.database.drop();
}

async function endOldConnections(): Promise<void> {
  await old.database.query('SET GLOBAL read_only = ON');
  const rows = await old.database.query<{ id: number }[]>(
    'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?',
    [USER.user],
  );
  for (const { id } of rows) await old.database.query(`KILL ${id}`);
}

/** Until the worker has told of it. */
async function leadNowhere(): Promise<void> {
  await oldServer.kill();
  await (await running)?.waitForLog('Database trouble, trying again');
}

async function isUp(): Promise<boolean> {
  return await old.database.query('SELECT 1').then(
    () => true,
    () => false,
  );
}
