import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ringBackOf, ringFor } from '../../src/base/doorbell-note.ts';
import { AiIpc, type AskResult } from '../../src/client/index.ts';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { useQueue } from '../support/queue-observer.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';
import { type WorkerDatabase, WorkerProcess } from '../support/worker-process.ts';

const DIALOGUE = '/api/v1/npc/dialogue';
/** The longest rest between two looks. */
const LONGEST_REST_MS = 50;

const queue = useQueue();
const stub: AiStub = await startAiStub();
const sockets: Socket[] = [];
/** Time stands still for those who ask: what they see without any, they were rung for. */
let clock: FakeClock;
let ai: AiIpc;

beforeEach(() => {
  clock = new FakeClock();
});
afterEach(async () => {
  await ai.close();
  for (const socket of sockets.splice(0)) socket.close();
  stub.clear();
});
afterAll(() => stub.close());

async function startWorker(
  database: WorkerDatabase,
  env: Readonly<Record<string, string>> = {},
): Promise<WorkerProcess> {
  const worker = new WorkerProcess(database, { AI_SERVICE_BASE_URL: stub.url, ...env });
  await worker.started();
  return worker;
}

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'listening');
  return socket;
}

/** Asks, and resolves while the AI service holds the call and who asks rests; `release` lets it answer. */
async function askAndHold(count = 1) {
  const { behaviour, release } = holdAnswers();
  stub.behaveAlways(behaviour);
  const asks = Array.from({ length: count }, () => ai.ask('dialogue', DIALOGUE, { message: 'Hi' }));
  await waitFor(() => stub.inFlight === count, { what: 'the calls' });
  // Two timers each: of its wait, and of its rest until it looks.
  await waitFor(() => clock.sleeping === 2 * count, { what: 'those who ask to rest' });
  return { end: Promise.all(asks), release };
}

describe('with a worker in another process, on MariaDB', () => {
  let worker: WorkerProcess;
  let proxy: TcpProxy;

  beforeAll(async () => {
    worker = await startWorker(queue().settings);
    proxy = await TcpProxy.start(queue().settings);
  });
  afterAll(async () => {
    await worker.kill();
    await proxy.close();
  });
  beforeEach(async () => {
    proxy.statements.splice(0);
    const { host, port } = proxy;
    ai = await AiIpc.open({ kind: 'mariadb', ...queue().settings, host, port }, { clock });
  });

  const looks = () => proxy.statements.filter(({ sql }) => sql.includes('JOIN ai_responses')).length;

  it('an ask looks when it is rung back, and not before', async () => {
    const { end, release } = await askAndHold();
    expect(looks()).toBe(0);
    release();

    expect(await end).toMatchObject([{ status: 'completed', error: null }]);
    expect([looks(), clock.sleeping]).toEqual([1, 0]);
  });

  it('so does each of several, and each hears of its own', async () => {
    const { end, release } = await askAndHold(4);
    release();

    const ids = (await end).map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(looks()).toBe(4);
  });

  it('strangers who ring change nothing, whatever they say and how often: one look at the most', async () => {
    const spy = await hangBesideIt();
    const { end, release } = await askAndHold();
    const { note, port } = await spy.rung;
    const id = Number(/\d+/.exec(note)?.[0]);
    expect(note).toBe(String(ringFor(id)));
    const stranger = await openSocket();
    const say = (what: Buffer) => stranger.send(what, port, '127.0.0.1');

    for (const what of [Buffer.alloc(0), Buffer.alloc(60_000, 9), ringFor(id), ringBackOf(id + 1)]) say(what);
    say(ringBackOf(id));
    await waitFor(() => looks() === 1, { what: 'the look of the one that names the request' });
    for (let flood = 0; flood < 100; flood += 1) say(ringBackOf(id));
    release();
    await queue().waitForStatus(id, 'completed', 10_000);
    // Its true ring back is none that is heard: now it looks by itself, when it would have looked.
    expect(looks()).toBe(1);
    await clock.advance(LONGEST_REST_MS);

    expect(await end).toMatchObject([{ id, status: 'completed' }]);
    expect(looks()).toBe(2);
  });

  // The last of them: it ends the worker.
  it('a worker that drains rings back for the calls that it lets end', async () => {
    const { end, release } = await askAndHold();
    worker.signal('SIGTERM');
    await worker.waitForLog('Worker finishes its calls and stops');
    release();

    expect(await end).toMatchObject([{ status: 'completed' }]);
    expect(await worker.ended).toMatchObject({ exitCode: 0 });
  });
});

/** Another doorbell that clients ring: `rung` is what the first ring says, and the port it came from. */
async function hangBesideIt() {
  const socket = await openSocket();
  const rung = once(socket, 'message').then(([note, { port }]) => ({
    note: String(note),
    port: Number(port),
  }));
  await queue().database.query(
    "INSERT INTO ai_workers (id, host, pid, version, doorbell) VALUES ('beside:1:00000000', ?, 1, '1', ?)",
    [hostname(), `127.0.0.1:${socket.address().port}`],
  );
  return { rung };
}

describe('with a worker in another process, on SQLite', () => {
  let folder: string;
  let worker: WorkerProcess;
  /** The port of its doorbell. */
  let bell: number;
  /** Stands before the doorbell: what it rings back is kept here, and lost to who waits. */
  let relay: Socket;
  const lost: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ai-ipc-ring-back-'));
    relay = createSocket('udp4').bind(0, '127.0.0.1');
    await once(relay, 'listening');
    const { port } = relay.address();
    const free = createSocket('udp4').bind(0, '127.0.0.1');
    await once(free, 'listening');
    bell = free.address().port;
    free.close();
    relay.on('message', (note, caller) => {
      if (caller.port === bell) lost.push(String(note));
      else relay.send(note, bell, '127.0.0.1');
    });
    worker = await startWorker(
      { sqliteFile: join(folder, 'queue.sqlite') },
      { DOORBELL_BIND: `127.0.0.1:${bell}`, DOORBELL_ADVERTISE: `127.0.0.1:${port}` },
    );
  });
  afterAll(async () => {
    await worker.kill();
    relay.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    ai = await AiIpc.open({ kind: 'sqlite', file: join(folder, 'queue.sqlite') }, { clock });
  });

  it('an ask whose ring back is lost sees its answer all the same, when it looks', async () => {
    const { end, release } = await askAndHold();
    let answer: AskResult | undefined;
    end.then(
      ([first]) => {
        answer = first;
      },
      () => undefined,
    );
    release();
    await waitFor(() => lost.length > 0, { what: 'the ring back' });
    expect(answer).toBeUndefined();

    await clock.advance(LONGEST_REST_MS);
    const [seen] = await end;

    expect(seen).toMatchObject({ status: 'completed' });
    expect(lost).toEqual([String(ringBackOf(seen!.id))]);
  });

  // The last of them: for a while the doorbell is deaf.
  it('a flood of wishes, for requests that never end, costs nobody an answer', async () => {
    const flood = await openSocket();
    let heard = 0;
    flood.on('message', () => {
      heard += 1;
    });
    for (let id = 1_000_001; id <= 1_010_000; id += 1) flood.send(ringFor(id), bell, '127.0.0.1');

    const asked = ai.ask('dialogue', DIALOGUE, { message: 'Hi' });
    const answered = await waitFor(
      async () => {
        await clock.advance(LONGEST_REST_MS);
        return await Promise.race([asked, undefined]);
      },
      { what: 'the answer' },
    );

    expect(answered).toMatchObject({ status: 'completed' });
    expect(heard).toBe(0);
  });
});
