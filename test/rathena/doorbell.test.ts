import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { hostname, networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startAiStub } from '../support/ai-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';
import { FAKE_NPC, type MapServer, PLAYER, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const startWorker = useWorkers();
const queue = useQueue();
const DIALOGUE = '/api/v1/npc/dialogue';
/** ai_workers is read at most this often. */
const READ_EVERY_MS = 5_000;
const MARK = Buffer.from('mark');

let server: MapServer;
let sockets: Socket[];
beforeEach(async () => {
  sockets = [];
  await queue().clear();
  server = await startMapServer(queue().settings);
});
afterEach(async () => {
  for (const socket of sockets) socket.close();
});

/** A worker's ear: counts the datagrams that come to it. */
class Ear {
  readonly #socket: Socket;
  #rings = 0;
  #marks = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (message) => {
      if (message.equals(MARK)) this.#marks += 1;
      else this.#rings += 1;
    });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** How many there were: a mark that is sent now arrives behind all that were sent before. */
  async rings(): Promise<number> {
    const marks = this.#marks + 1;
    const { address, port } = this.#socket.address();
    this.#socket.send(MARK, port, address);
    await waitFor(() => this.#marks >= marks, { timeoutMs: 10_000, what: 'the mark' });
    return this.#rings;
  }
}

async function listen(address = '127.0.0.1'): Promise<Ear> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4').bind(0, address);
  sockets.push(socket);
  await once(socket, 'listening');
  return new Ear(socket);
}

/** One that lives beats on: its heartbeat is from later on, so that it lives as long as the test. */
async function addWorker(
  doorbell: string | null,
  { host = hostname(), ageSeconds = -600 } = {},
): Promise<void> {
  await queue().database.query(
    `INSERT INTO ai_workers (id, host, pid, version, doorbell, timeout_seconds, heartbeat_at)
     VALUES (UUID(), ?, 1, '1', ?, 30, NOW(3) - INTERVAL ? SECOND)`,
    [host, doorbell, ageSeconds],
  );
}

/** The first command starts the timer that reads ai_workers; then enough time goes by for it to have done so. */
async function letWorkersBeRead(): Promise<void> {
  await server.number('ai_db_status', 1);
  await tick();
  server.advance(READ_EVERY_MS + 100);
  await tick();
}

/** Resolves when the timers have run with the present time, and have taken what was read for them. */
async function tick(): Promise<void> {
  const id = await queue().insertOne('/clock');
  const round = async () => await server.text('ai_db_response', id, 60);
  await round();
  // A script that cannot sleep: its statement comes behind what the timers have sent, however long that takes.
  await server.call('ai_db_error', [id], { npc: FAKE_NPC, player: PLAYER });
  await round();
}

async function request(): Promise<number> {
  return await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}');
}

describe('after an INSERT', () => {
  it('the living worker gets one datagram', async () => {
    const ear = await listen();
    await addWorker(`127.0.0.1:${ear.port}`);
    await letWorkersBeRead();
    expect(await ear.rings()).toBe(0);

    await request();
    expect(await ear.rings()).toBe(1);
    await request();
    await request();
    expect(await ear.rings()).toBe(3);
  });

  it('each of the living workers gets one', async () => {
    const ears = [await listen(), await listen(), await listen('::1')];
    await addWorker(`127.0.0.1:${ears[0]!.port}`);
    await addWorker(`127.0.0.1:${ears[1]!.port}`);
    await addWorker(`[::1]:${ears[2]!.port}`);
    await letWorkersBeRead();

    await request();

    for (const ear of ears) expect(await ear.rings()).toBe(1);
  });

  it('a refused request rings nobody, nor does a read', async () => {
    const ear = await listen();
    await addWorker(`127.0.0.1:${ear.port}`);
    await letWorkersBeRead();

    expect(await server.number('ai_db_request', 't', 'x', '{}')).toBe(-1);
    await server.number('ai_db_status', 1);
    await server.number('ai_db_cancel', 1);

    expect(await ear.rings()).toBe(0);
  });

  it('a worker that does not live any more gets none', async () => {
    const ear = await listen();
    await addWorker(`127.0.0.1:${ear.port}`, { ageSeconds: 12 });
    await letWorkersBeRead();
    await request();
    expect(await ear.rings()).toBe(0);
  });

  it('a worker that goes is rung no more', async () => {
    const ear = await listen();
    await addWorker(`127.0.0.1:${ear.port}`);
    await letWorkersBeRead();
    await request();
    await queue().database.query('DELETE FROM ai_workers');
    server.advance(READ_EVERY_MS + 100);
    await tick();

    await request();

    expect(await ear.rings()).toBe(1);
  });

  it('a loopback address of another host is not rung; its other addresses are', async () => {
    const ears = [await listen(), await listen('::1')];
    await addWorker(`127.0.0.1:${ears[0]!.port}`, { host: 'another-host' });
    await addWorker(`[::1]:${ears[1]!.port}`, { host: 'another-host' });
    const [address] = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    const outer = address === undefined ? undefined : await listen(address.address);
    if (outer) await addWorker(`${address!.address}:${outer.port}`, { host: 'another-host' });
    await letWorkersBeRead();

    await request();

    for (const ear of ears) expect(await ear.rings()).toBe(0);
    if (outer) expect(await outer.rings()).toBe(1);
  });

  it.each([
    '',
    ':',
    'nonsense',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '127.0.0.1:-1',
    '[::1',
    '999.1.1.1:80',
    `${'x'.repeat(95)}:1`,
  ])('a doorbell of %j harms nobody', async (doorbell) => {
    const ear = await listen();
    await addWorker(doorbell);
    await addWorker(null);
    await addWorker(`127.0.0.1:${ear.port}`);
    await letWorkersBeRead();

    expect(await request()).toBeGreaterThan(0);

    expect(await ear.rings()).toBe(1);
  });

  it('a port where nobody listens harms nobody', async () => {
    const ear = await listen();
    const gone = await listen();
    const { port } = gone;
    sockets.pop()!.close();
    await addWorker(`127.0.0.1:${port}`);
    await addWorker(`127.0.0.1:${ear.port}`);
    await letWorkersBeRead();

    for (let round = 0; round < 5; round += 1) expect(await request()).toBeGreaterThan(0);

    expect(await ear.rings()).toBe(5);
  });
});

it('ai_workers is read by a timer at most every 5 s, and never by a command', async () => {
  const proxy = await TcpProxy.start(queue().settings);
  onTestFinished(() => proxy.close());
  const reads = () => proxy.statements.filter(({ sql }) => sql.includes('ai_workers')).length;
  const { host, port } = proxy;
  server = await startMapServer({ ...queue().settings, host, port });
  await addWorker(null);
  await letWorkersBeRead();
  const startMs = performance.now();
  const before = reads();
  for (let round = 0; round < 20; round += 1) await request();
  const read = reads() - before;
  const mostReads = 1 + Math.floor((performance.now() - startMs) / READ_EVERY_MS);
  expect(before).toBeGreaterThanOrEqual(2);
  expect(read).toBeLessThanOrEqual(mostReads);
});

it('the life of a request that names none is what the workers tell', async () => {
  await addWorker(null);
  await queue().database.query('UPDATE ai_workers SET timeout_seconds = 77');
  await letWorkersBeRead();

  const id = await request();

  expect(await queue().database.query('SELECT timeout FROM ai_requests WHERE id = ?', [id])).toEqual([
    { timeout: 77 },
  ]);
});

it('a real worker that polls once a minute serves at once', async () => {
  const ai = await startAiStub();
  const worker = startWorker(queue().settings, { AI_SERVICE_BASE_URL: ai.url, POLL_INTERVAL_MS: '60000' });
  await worker.started();
  await letWorkersBeRead();

  const id = await server.number('ai_db_request', 'dialogue', '/echo', '{"message":"Hello"}');
  const answer = await server.text('ai_db_response', id, 30_000);

  expect(JSON.parse(answer)).toMatchObject({ echo: { message: 'Hello' } });
  await worker.stop();
  await ai.close();
});
