import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AiIpc } from '../../src/client/ai-ipc.ts';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { useWorkers, type WorkerProcess } from '../support/worker-process.ts';

const isClaim = (sql: string) => sql.includes("SET status = 'processing'");
const isSettle = (sql: string) => sql.includes('INSERT INTO ai_responses');
const isRetry = (sql: string) => sql.includes("SET status = 'pending'") && !isSettle(sql);

const queue = useQueue();
const startWorker = useWorkers();
const stub: AiStub = await startAiStub();
let proxy: TcpProxy;

beforeEach(async () => {
  proxy = await TcpProxy.start(queue().settings);
});
afterEach(async () => {
  await proxy.close();
  stub.clear();
  await queue().clear();
});
afterAll(() => stub.close());

async function startBehindProxy(): Promise<WorkerProcess> {
  const { host, port } = proxy;
  const worker = startWorker({ ...queue().settings, host, port }, { AI_SERVICE_BASE_URL: stub.url });
  await worker.started();
  return worker;
}

it('a claim whose COMMIT loses its OK is given back and called once', async () => {
  await startBehindProxy();
  const cut = proxy.cutAfterCommit(isClaim);

  const ids = await queue().insert(5, '/api/v1/npc/dialogue');
  await cut;
  await queue().waitForCounts({ completed: 5 }, 10_000);

  expect(stub.calls).toHaveLength(5);
  for (const id of ids) {
    // The first claim was committed: its row of the log was.
    expect(await queue().events(id)).toEqual(['claimed', 'released', 'claimed', 'completed']);
    expect(await queue().request(id)).toMatchObject({ attempts: 1, claim_no: 2 });
  }
  expect(await queue().responses()).toHaveLength(5);
});

it('a settle whose COMMIT loses its OK is written once, called once and not dropped', async () => {
  const worker = await startBehindProxy();
  const cut = proxy.cutAfterCommit(isSettle);

  const ids = await queue().insert(5, '/api/v1/npc/dialogue');
  await cut;
  await worker.waitForLog('Database trouble is over', 10_000);
  await queue().waitForCounts({ completed: 5 }, 10_000);

  expect(stub.calls).toHaveLength(5);
  for (const id of ids) expect(await queue().events(id)).toEqual(['claimed', 'completed']);
  expect(await queue().responses()).toHaveLength(5);
  expect(worker.log('Outcomes dropped: their claims were lost')).toEqual([]);
});

it('a retry whose COMMIT loses its OK costs one attempt, not two', async () => {
  let isFirst = true;
  stub.behaveAlways((call, response) => {
    const answer = isFirst ? behaviours.status(500) : behaviours.echo();
    isFirst = false;
    answer(call, response);
  });
  const worker = await startBehindProxy();
  const cut = proxy.cutAfterCommit(isRetry);

  const id = await queue().insertOne('/api/v1/npc/dialogue');
  await cut;
  const row = await queue().waitForStatus(id, 'completed', 10_000);

  expect(row.attempts).toBe(2);
  expect(stub.calls).toHaveLength(2);
  expect(await queue().events(id)).toEqual(['claimed', 'retried', 'claimed', 'completed']);
  expect(worker.log('Outcomes dropped: their claims were lost')).toEqual([]);
});

describe('a request of a client', () => {
  const isInsert = (sql: string) => sql.includes('INSERT INTO ai_requests');
  const openClient = async () => {
    const { settings } = queue();
    const client = await AiIpc.open({
      ...settings,
      host: proxy.host,
      port: proxy.port,
      kind: 'mariadb',
      ssl: 'disabled',
    });
    onTestFinished(() => client.close());
    return client;
  };

  it('is found by its id where the COMMIT loses its OK, and is there once', async () => {
    const client = await openClient();
    const cut = proxy.cutAfterCommit(() => true);

    const id = await client.request('dialogue', '/api/v1/npc/dialogue', { message: 'Hello' });
    await cut;

    expect(await client.status(id)).toBe(1);
    expect(await queue().statusCounts()).toEqual({ pending: 1 });
  });

  it('is told as not stored where the connection breaks before its COMMIT, and is not there', async () => {
    const client = await openClient();
    const cut = proxy.cutAfter(isInsert);

    const result = await client.ask('dialogue', '/api/v1/npc/dialogue', { message: 'Hello' });
    await cut;

    expect(result).toMatchObject({ id: -1, status: 'failed', error: { code: 'database_unavailable' } });
    expect(await queue().statusCounts()).toEqual({});
  });

  it('has a fate that nobody knows where the database is gone with the answer to its COMMIT, and is told so', async () => {
    const client = await openClient();
    const gone = proxy
      .cutAfterCommit((sql) => sql === 'COMMIT')
      .then(() => proxy.turnTo({ host: '127.0.0.1', port: 1 }));

    const result = await client.ask(
      'dialogue',
      '/api/v1/npc/dialogue',
      { message: 'Hello' },
      {
        timeoutSeconds: 600,
      },
    );
    await gone;

    const [{ id }] = (await queue().database.query('SELECT id FROM ai_requests')) as [{ id: number }];
    expect(result).toMatchObject({
      ...{ id, status: 'pending' },
      error: {
        code: 'fate_unknown',
        message: expect.stringContaining(`it may be there as ${id}, and be served`),
      },
    });
  });

  it('is cancelled where the COMMIT of its cancel loses its OK, and its client is told so', async () => {
    const client = await openClient();
    const id = await client.request('dialogue', '/api/v1/npc/dialogue', { message: 'Hello' });
    const cut = proxy.cutAfterCommit((sql) => sql.includes("SET status = 'cancelled'"));

    const isCancelled = await client.cancel(id);
    await cut;

    expect([isCancelled, await client.status(id), await queue().events(id)]).toEqual([
      true,
      6,
      ['cancelled'],
    ]);
  });

  it('stays as it is where the connection of its cancel breaks before its COMMIT', async () => {
    const client = await openClient();
    const id = await client.request('dialogue', '/api/v1/npc/dialogue', { message: 'Hello' });
    const cut = proxy.cutAfter((sql) => sql.startsWith('BEGIN'));

    const told = await client.cancel(id).catch((error: unknown) => error);
    await cut;

    // Nothing was written yet: that is known, and told as such.
    expect(told).toMatchObject({ code: 'database_unavailable' });
    expect([await client.status(id), await client.cancel(id)]).toEqual([1, true]);
  });
});
