import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { ringBackOf, ringFor } from '../base/doorbell-note.ts';
import { joinHostAndPort } from '../base/host-and-port.ts';
import type { QueueStore, WorkerRow } from '../queue/queue-store.ts';
import { openSqliteStore } from '../store/sqlite-store.ts';
import { WorkerDirectory } from './worker-directory.ts';

let folder: string;
let file: string;
let store: QueueStore;
let directory: WorkerDirectory;
const bells: Socket[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ai-ipc-directory-'));
  file = join(folder, 'queue.sqlite');
  store = await openSqliteStore(file);
  directory = new WorkerDirectory(store);
});

afterEach(async () => {
  directory.close();
  for (const bell of bells.splice(0)) bell.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

/** A doorbell that counts its rings, and keeps what each said and where it came from. */
async function hangUpBell(host = '127.0.0.1') {
  const bell = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  bells.push(bell);
  const notes: string[] = [];
  const callers: RemoteInfo[] = [];
  bell.on('message', (note, caller) => {
    notes.push(String(note));
    callers.push(caller);
  });
  bell.bind(0, host);
  await once(bell, 'listening');
  const address = joinHostAndPort(host, bell.address().port);
  return { bell, address, notes, callers, rings: () => notes.length };
}

async function addWorker(changes: Partial<WorkerRow>): Promise<void> {
  const worker = { id: `w${Math.random()}`, host: hostname(), pid: 1, version: '1', inFlight: 0 };
  await store.heartbeat({ ...worker, doorbell: null, timeoutSeconds: 30, ...changes });
}

function makeAllSilent(): void {
  const database = new DatabaseSync(file);
  database.exec("UPDATE ai_workers SET heartbeat_at = '2020-01-01 00:00:00.000'");
  database.close();
}

it('each living worker is rung', async () => {
  const [first, second] = [await hangUpBell(), await hangUpBell()];
  await addWorker({ doorbell: first.address });
  await addWorker({ doorbell: second.address });

  await directory.ring();

  await vi.waitFor(() => expect([first.rings(), second.rings()]).toEqual([1, 1]), 60_000);
});

it('a worker that is silent, far away behind a loopback address, or without a bell is not rung', async () => {
  const [silent, far, near] = [await hangUpBell(), await hangUpBell(), await hangUpBell()];
  await addWorker({ doorbell: silent.address });
  makeAllSilent();
  await addWorker({ doorbell: far.address, host: 'another-host' });
  await addWorker({ doorbell: null });
  await addWorker({ doorbell: 'nonsense' });
  await addWorker({ doorbell: near.address });

  await directory.ring();

  await vi.waitFor(() => expect(near.rings()).toBe(1), 60_000);
  expect([silent.rings(), far.rings()]).toEqual([0, 0]);
});

it('a ring that is on its way still leaves when the directory is closed', async () => {
  const bell = await hangUpBell();
  await addWorker({ doorbell: bell.address });

  await directory.ring();
  directory.close();

  await vi.waitFor(() => expect(bell.rings()).toBe(1), 60_000);
});

it.each(['127.0.0.1', '::1'])('a worker at %s is told whom to ring back, and is heard then', async (host) => {
  const rung = vi.spyOn(directory.ringBacks, 'ring');
  const { bell, address, notes, callers } = await hangUpBell(host);
  await addWorker({ doorbell: address });

  await directory.ring();
  await directory.ring(7);

  await vi.waitFor(() => expect(notes).toEqual(['\0', String(ringFor(7))]), 60_000);
  const [, caller] = callers;
  // Nobody on the network can send anything there.
  expect(caller!.address).toBe(host);
  for (const note of [Buffer.alloc(0), Buffer.alloc(60_000, 7), ringFor(8), ringBackOf(7)])
    bell.send(note, caller!.port, host);
  await vi.waitFor(() => expect(rung).toHaveBeenCalled(), 60_000);
  expect(rung.mock.calls).toEqual([[7]]);
});

it('its socket is closed with it', async () => {
  const { address, callers } = await hangUpBell();
  await addWorker({ doorbell: address });
  await directory.ring(7);
  await vi.waitFor(() => expect(callers).toHaveLength(1), 60_000);

  directory.close();

  const taker = createSocket('udp4');
  bells.push(taker);
  taker.bind({ port: callers[0]!.port, address: '127.0.0.1', exclusive: true });
  await once(taker, 'listening');
  // Nor is one left open that was opened afterwards.
  await directory.ring(8);
  await vi.waitFor(() => expect(callers).toHaveLength(2), 60_000);
  const last = createSocket('udp4');
  bells.push(last);
  last.bind({ port: callers[1]!.port, address: '127.0.0.1', exclusive: true });
  await once(last, 'listening');
});

it('workers are looked for once in five seconds', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  onTestFinished(() => now.mockRestore());
  await addWorker({ timeoutSeconds: 45 });
  await directory.timeoutSeconds();
  makeAllSilent();

  now.mockReturnValue(4_999);
  expect(await directory.timeoutSeconds()).toBe(45);
  now.mockReturnValue(5_000);
  expect(await directory.timeoutSeconds()).toBeUndefined();
});

it('nobody who was known is rung once the database is away', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  onTestFinished(() => now.mockRestore());
  const bell = await hangUpBell();
  await addWorker({ doorbell: bell.address });
  await directory.ring();
  await vi.waitFor(() => expect(bell.rings()).toBe(1), 60_000);

  await store.close();
  now.mockReturnValue(5_000);
  await directory.ring();
  directory.close();

  // What is sent afterwards comes in afterwards.
  const last = createSocket('udp4');
  bells.push(last);
  last.send('last', Number(bell.address.split(':')[1]), '127.0.0.1');
  await vi.waitFor(() => expect(bell.rings()).toBeGreaterThan(1), 60_000);
  expect(bell.rings()).toBe(2);
});

it('the life of requests is what a living worker tells', async () => {
  await addWorker({ timeoutSeconds: 45 });

  expect(await directory.timeoutSeconds()).toBe(45);
});

it('without a living worker there is no life to tell', async () => {
  await addWorker({ timeoutSeconds: 45 });
  makeAllSilent();

  expect(await directory.timeoutSeconds()).toBeUndefined();
});

it('a database that is away is no trouble here: nobody is rung', async () => {
  await store.close();

  await expect(directory.ring()).resolves.toBeUndefined();
  expect(await directory.timeoutSeconds()).toBeUndefined();
});
