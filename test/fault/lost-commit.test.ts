import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
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
  expect(await queue().statusCounts()).toEqual({ processing: 5 });
  await queue().waitForCounts({ completed: 5 }, 10_000);

  expect(stub.calls).toHaveLength(5);
  for (const id of ids) {
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
