import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AiIpc } from '../../src/client/index.ts';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { mariadbEnv, mariadbOption, runCli, useCli } from '../support/cli-process.ts';
import { useQueue } from '../support/queue-observer.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers, type WorkerProcess } from '../support/worker-process.ts';

/** After a rest this long the next one is twice as long: time enough to ask within it. */
const LONG_REST_MS = 1_000;

const queue = useQueue();
const startWorker = useWorkers();
useCli();
const stub: AiStub = await startAiStub();
let proxy: TcpProxy;
let ai: AiIpc;

beforeEach(async () => {
  proxy = await TcpProxy.start(queue().settings);
  ai = await AiIpc.open({ kind: 'mariadb', ...queue().settings });
});
afterEach(async () => {
  await ai.close();
  await proxy.close();
  stub.clear();
  await queue().clear();
});
afterAll(() => stub.close());

/** A worker that looks by itself ever less often, up to once a minute. */
async function startSleepyWorker(env: Readonly<Record<string, string>> = {}): Promise<WorkerProcess> {
  const { host, port } = proxy;
  const worker = startWorker(
    { ...queue().settings, host, port },
    { AI_SERVICE_BASE_URL: stub.url, POLL_INTERVAL_MS: '60000', ...env },
  );
  await worker.started();
  return worker;
}

/** Resolves just after a look that came LONG_REST_MS after the one before, and found nothing: the next one comes later still. */
async function untilItRests(): Promise<void> {
  await waitFor(
    () => {
      const [last, before] = proxy.statements.filter(({ sql }) => sql.includes('LIMIT 1')).toReversed();
      return last?.isAnswered === true && before !== undefined && last.atMs - before.atMs >= LONG_REST_MS;
    },
    { timeoutMs: 20_000, what: 'a long rest between two looks' },
  );
}

/** A worker that is rung claims at once; one that polls looks first. `looks` are those after the request came. */
async function foundBy(id: number): Promise<'ring' | 'poll'> {
  await queue().waitForStatus(id, 'completed', 10_000);
  const [row] = await queue().database.query<{ created_ms: number }[]>(
    'SELECT CAST(UNIX_TIMESTAMP(created_at) * 1000 AS DOUBLE) AS created_ms FROM ai_requests WHERE id = ?',
    [id],
  );
  const insertedMs = row!.created_ms - performance.timeOrigin;
  const later = proxy.statements.filter(({ atMs }) => atMs > insertedMs);
  const claimAt = later.findIndex(({ sql }) => sql.includes('FOR UPDATE SKIP LOCKED'));
  const looks = later.slice(0, claimAt).filter(({ sql }) => sql.includes('LIMIT 1'));
  return looks.length === 0 ? 'ring' : 'poll';
}

describe('a worker that rests', () => {
  it('is rung by a client in another process', async () => {
    await startSleepyWorker();
    await untilItRests();

    const args = ['request', 'dialogue', '/api/v1/npc/dialogue', '{}', ...mariadbOption(queue().database)];
    const { exitCode, stdout } = await runCli(args, { env: mariadbEnv(queue().database) });

    expect(exitCode).toBe(0);
    expect(await foundBy(Number(stdout))).toBe('ring');
  });

  it('is rung by AiIpc, for one request and for many', async () => {
    await startSleepyWorker();
    await untilItRests();

    const id = await ai.request('dialogue', '/api/v1/npc/dialogue');
    expect(await foundBy(id)).toBe('ring');

    await untilItRests();
    const ids = await ai.requestMany([
      { type: 'dialogue', endpoint: '/one' },
      { type: 'dialogue', endpoint: '/two' },
    ]);
    for (const each of ids) expect(await foundBy(each)).toBe('ring');
  });

  it('is not rung by plain SQL: the poll finds that', async () => {
    await startSleepyWorker();
    await untilItRests();

    const id = await queue().insertOne('/api/v1/npc/dialogue');

    expect(await foundBy(id)).toBe('poll');
  });

  it('is not troubled by whatever else comes to its port', async () => {
    await startSleepyWorker();
    const [row] = await queue().database.query<{ doorbell: string }[]>('SELECT doorbell FROM ai_workers');
    const port = Number(row!.doorbell.split(':')[1]);
    const socket = createSocket('udp4');
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(60_000, 255), Buffer.from('{"id":1}')])
      await new Promise((resolve) => socket.send(bytes, port, '127.0.0.1', resolve));
    socket.close();

    const id = await ai.request('dialogue', '/api/v1/npc/dialogue');

    await queue().waitForStatus(id, 'completed', 10_000);
  });
});

it('DOORBELL_BIND=off: no doorbell is published, and the poll finds requests', async () => {
  await startSleepyWorker({ DOORBELL_BIND: 'off', POLL_INTERVAL_MS: '100' });
  expect(await queue().database.query('SELECT doorbell FROM ai_workers')).toEqual([{ doorbell: null }]);

  const id = await ai.request('dialogue', '/api/v1/npc/dialogue');

  // Nothing else could find it. (It looks so often that a look may be under way when the request comes.)
  await queue().waitForStatus(id, 'completed', 10_000);
});

it('DOORBELL_ADVERTISE is what clients are told', async () => {
  await startSleepyWorker({ DOORBELL_ADVERTISE: 'map-host.example:4000' });

  expect(await queue().database.query('SELECT doorbell FROM ai_workers')).toEqual([
    { doorbell: 'map-host.example:4000' },
  ]);
});

describe('a doorbell that cannot be hung up is reported, and the worker serves all the same', () => {
  it('a port that is taken', async () => {
    const other = createSocket('udp4').bind(0, '127.0.0.1');
    await once(other, 'listening');
    const worker = await startSleepyWorker({
      DOORBELL_BIND: `127.0.0.1:${other.address().port}`,
      POLL_INTERVAL_MS: '100',
    });

    const line = await worker.waitForLog('Doorbell does not work: new requests are found by polling');
    expect(line).toMatchObject({ level: 'ERROR', error: expect.stringContaining('EADDRINUSE') });
    const id = await ai.request('dialogue', '/api/v1/npc/dialogue');
    await queue().waitForStatus(id, 'completed', 10_000);
    other.close();
  });

  it('an address of another machine', async () => {
    const worker = await startSleepyWorker({ DOORBELL_BIND: '203.0.113.7:0', POLL_INTERVAL_MS: '100' });

    const line = await worker.waitForLog('Doorbell does not work: new requests are found by polling');
    expect(line).toMatchObject({ level: 'ERROR', error: expect.stringContaining('EADDRNOTAVAIL') });
    const id = await ai.request('dialogue', '/api/v1/npc/dialogue');
    await queue().waitForStatus(id, 'completed', 10_000);
  });
});
