import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { AiIpc } from '../../src/client/ai-ipc.ts';
import { loadSettings } from '../../src/config/load.ts';
import { ConnectionPool } from '../../src/database/connection-pool.ts';
import type { Database } from '../../src/database/database.ts';
import { isFull, isLasting } from '../../src/database/database-errors.ts';
import type { HostChange } from '../../src/database/hosts.ts';
import {
  type ConnectionSettings,
  connectLikePool,
  openMariadbPool,
} from '../../src/database/mariadb-pool.ts';
import { examine } from '../../src/doctor/examine.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { createTestDatabase, type DatabaseSettings, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

/** How long a host that is away may keep anybody. */
const FAILOVER_MS = 5_000;
const COUNT = 'SELECT n FROM counters WHERE id = 1 FOR UPDATE';

const [first, second] = [new MariadbServer(), new MariadbServer()];
const startWorker = useWorkers();
const stub: AiStub = await startAiStub();
let onFirst: TestDatabase;
let onSecond: TestDatabase;

beforeAll(async () => {
  await Promise.all([first.start(), second.start()]);
  onFirst = await prepare(first);
  onSecond = await prepare(second, onFirst.settings.database);
});
afterAll(async () => {
  await Promise.all([first.remove(), second.remove()]);
  await stub.close();
});

it.each([
  ['is stopped in order', () => first.stop(), () => first.start()],
  ['stands still', () => first.pause(), async () => first.resume()],
  ['becomes read-only', () => setReadOnly('ON'), () => setReadOnly('OFF')],
])('while the first host %s the second serves, and then the first again', async (_, leave, comeBack) => {
  const { database, changes } = open();
  expect(await portOf(database)).toBe(first.address.port);

  await leave();
  await untilServedBy(second, database);
  expect(changes.slice(-1)).toMatchObject([{ from: nameOf(first), to: nameOf(second) }]);
  expect(changes.at(-1)?.reason).toContain(nameOf(first));
  expect(await portsOfMany(database)).toEqual([second.address.port]);

  await comeBack();
  await untilServedBy(first, database);
  expect(changes.slice(-1)).toEqual([{ from: nameOf(second), to: nameOf(first), reason: '' }]);
  expect(await portsOfMany(database)).toEqual([first.address.port]);
});

it('a host that becomes read-only while a connection to it is opened is left all the same', async () => {
  const settings = settingsOf();
  let opened = 0;
  const pool = new ConnectionPool({
    ...{ name: 'both', min: 1, max: 1, hasReserve: false, isLasting, isFull },
    open: async (where) => {
      const connection = await connectLikePool(settings, where);
      if (++opened === 1) await setReadOnly('ON');
      return connection;
    },
    several: {
      preferred: first.address,
      openBefore: () => Promise.resolve(undefined),
      onMove: () => undefined,
    },
  });
  onTestFinished(async () => {
    await setReadOnly('OFF');
    await pool.close();
  });

  await waitFor(
    async () => {
      const member = await pool.acquire();
      pool.release(member);
      return member.place.port === second.address.port;
    },
    { timeoutMs: FAILOVER_MS, what: 'the second to serve' },
  );
});

it('a transaction that is under way on the second host ends there, while others go back to the first', async () => {
  await first.pause();
  const holder = await onSecond.connect();
  let isLetGo: Promise<unknown> | undefined;
  // At once when others go back: a wait for a row takes 5 s at most.
  const letGo = ({ to }: HostChange) => {
    if (to === nameOf(first)) isLetGo = holder.query('COMMIT');
  };
  const { database, changes } = open({}, letGo);
  await untilServedBy(second, database);
  await holder.query('BEGIN');
  await holder.query(COUNT);
  const counted = countUntil(database, () => changes.at(-1)?.to === nameOf(first));
  await waitFor(isWaiting, { what: 'the transaction to wait for the row' });

  first.resume();
  await untilServedBy(first, database);
  await isLetGo;

  expect(await counted).toBe(second.address.port);
});

it('where no host serves, the error names all of them, and it goes on with the first that does', async () => {
  await Promise.all([first.kill(), second.kill()]);
  const { database } = open();
  await expect(portOf(database)).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(
      new RegExp(
        `${nameOf(first)},${nameOf(second)}/\\w+: none of these hosts serves\\. .*${first.address.port}.*Nothing listens.*${second.address.port}`,
      ),
    ),
  });

  await second.start();
  await untilServedBy(second, database);
  await first.start();
  await untilServedBy(first, database);
});

it('a password that the first host refuses is told, and tried nowhere else', async () => {
  const { database } = open({ password: 'wrong', user: 'counter' });
  await expect(portOf(database)).rejects.toMatchObject({
    code: 'database_denied',
    message: expect.stringContaining(`counter@${nameOf(first)}/`),
  });
});

it('a worker, a client and the doctor go on with the second host, and back', async () => {
  const host = `${nameOf(first)},${nameOf(second)}`;
  const [before, meanwhile] = await prepareQueues();
  const worker = startWorker({ ...before.settings, host }, { AI_SERVICE_BASE_URL: stub.url });
  await worker.started();
  await before.waitForStatus(await before.insertOne('/echo'), 'completed', FAILOVER_MS);

  await first.kill();
  const client = await AiIpc.open({ kind: 'mariadb', ...before.settings, host });
  onTestFinished(() => client.close());
  expect(await client.ask('dialogue', '/echo', { message: 'x' })).toMatchObject({ status: 'completed' });
  expect(await meanwhile.responses()).toHaveLength(1);
  expect(await worker.waitForLog('Going on with another host of the database')).toMatchObject({
    ...{ from: nameOf(first), to: nameOf(second) },
    reason: expect.stringContaining(`Nothing listens on port ${first.address.port}`),
  });
  expect(await doctorOf(host, before.settings)).toMatchObject([
    { verdict: 'ok', reason: `${nameOf(second)} serves; no other one stands by.` },
    { verdict: 'warning', reason: expect.stringContaining(`serves in place of ${nameOf(first)}: `) },
  ]);

  await first.start();
  await worker.waitForLog('Back on a preferred host of the database');
  const id = await before.insertOne('/echo');
  await before.waitForStatus(id, 'completed', FAILOVER_MS);
  // The second host has never heard of it.
  await waitFor(async () => (await client.status(id)) === 3, { what: 'the client to be back' });
  expect(await doctorOf(host, before.settings)).toMatchObject([
    { verdict: 'ok', reason: `${nameOf(first)} serves; ${nameOf(second)} stands by.` },
  ]);
  expect(worker.hasEnded).toBe(false);
});

function open(
  changed: { readonly user?: string; readonly password?: string } = {},
  onChange: (change: HostChange) => void = () => undefined,
) {
  const changes: HostChange[] = [];
  const database = openMariadbPool({
    ...settingsOf(),
    ...changed,
    onHostChange(change) {
      changes.push(change);
      onChange(change);
    },
  });
  onTestFinished(() => database.close());
  return { database, changes };
}

function settingsOf(): ConnectionSettings {
  const { host, port } = first.address;
  return {
    ...{ host, port, otherHosts: [{ host: second.address.host, port: second.address.port }] },
    ...{ user: 'root', password: '', database: onFirst.settings.database },
    ...{ socketPath: null, sslCaFile: null, minPoolSize: 2, maxPoolSize: 4 },
  };
}

function nameOf({ address }: MariadbServer): string {
  return `127.0.0.1:${address.port}`;
}

async function portOf(database: Database): Promise<number> {
  const [row] = await database.query('SELECT @@port AS port');
  return Number(row?.['port']);
}

/** As many as there are connections, at the same time. */
async function portsOfMany(database: Database): Promise<number[]> {
  const ports = await Promise.all(Array.from({ length: 8 }, () => portOf(database)));
  return [...new Set(ports)];
}

async function untilServedBy(server: MariadbServer, database: Database): Promise<void> {
  await waitFor(async () => (await portOf(database)) === server.address.port, {
    timeoutMs: FAILOVER_MS,
    what: `${nameOf(server)} to serve`,
  });
}

/** Two queues that take each other for the same. */
async function prepareQueues(): Promise<[QueueObserver, QueueObserver]> {
  const before = await QueueObserver.create(first.address);
  const meanwhile = await QueueObserver.create(second.address, before.settings.database);
  const [meta] = await before.database.query("SELECT value FROM ai_ipc_meta WHERE name = 'queue_id'");
  await meanwhile.database.query("UPDATE ai_ipc_meta SET value = ? WHERE name = 'queue_id'", [
    meta?.['value'],
  ]);
  return [before, meanwhile];
}

/** What it says of the hosts. */
async function doctorOf(host: string, { user, database }: DatabaseSettings): Promise<Finding[]> {
  const env = { DB_HOST: host, DB_USER: user, DB_PASSWORD: '', DB_NAME: database };
  const settings = loadSettings({ env: { ...env, AI_SERVICE_BASE_URL: stub.url }, cwd: '/' });
  return (await examine(settings, '0.0.0')).filter(({ part }) => part === 'hosts');
}

async function setReadOnly(value: 'ON' | 'OFF'): Promise<void> {
  await onFirst.query(`SET GLOBAL read_only = ${value}`);
}

async function prepare(server: MariadbServer, name?: string): Promise<TestDatabase> {
  const database = await createTestDatabase(server.address, name);
  await database.query('CREATE TABLE counters (id INT PRIMARY KEY, n INT NOT NULL) ENGINE=InnoDB');
  await database.query('INSERT INTO counters VALUES (1, 0)');
  return database;
}

/** Where it was done, as the server that did it says. */
async function count(database: Database): Promise<number> {
  return await database.lockAndWrite(
    { sql: `${COUNT.replace('n FROM', 'n, @@port AS port FROM')}`, values: [] },
    ([row]) => ({
      writes: [{ sql: 'UPDATE counters SET n = n + 1 WHERE id = 1', values: [] }],
      result: Number(row?.['port']),
    }),
  );
}

/** A wait for a row takes 5 s at most, which the way back may outlast: then another one is under way. */
async function countUntil(database: Database, isBack: () => boolean): Promise<number | Error> {
  for (let tries = 1; ; tries++) {
    try {
      return await count(database);
    } catch (error) {
      if (isBack() || tries === 4) return error as Error;
    }
  }
}

/** INNODB_TRX would show what it showed before to whoever looks again within 0.1 s. */
async function isWaiting(): Promise<boolean> {
  const [row] = await onSecond.query<{ Status: string }[]>('SHOW ENGINE INNODB STATUS');
  return row?.Status.includes('LOCK WAIT') ?? false;
}
