import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AiIpc } from '../../src/client/index.ts';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { mariadbEnv, mariadbOption, runCli, startCli, useCli } from '../support/cli-process.ts';
import { createUser } from '../support/create-user.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { serverKind } from '../support/server-kind.ts';
import type { DatabaseSettings, TestDatabase } from '../support/test-database.ts';
import { useWorkers } from '../support/worker-process.ts';
import { diagnose, diagnosed, faultsOf } from './support/doctor-under-test.ts';

useCli();
const startWorker = useWorkers();
const server = new MariadbServer();
let stub: AiStub;
let queue: QueueObserver;
let settings: DatabaseSettings;
let id: number;

beforeAll(async () => {
  [stub] = await Promise.all([startAiStub(), server.start()]);
  queue = await QueueObserver.create(server.address);
  settings = { ...queue.settings, user: 'reader', password: 'of a replica' };
  await createUser(queue.database, "'reader'@'%'", settings.password);
  await queue.database.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON \`${settings.database}\`.* TO 'reader'@'%'`,
  );
  id = await queue.insertOne('/echo');
  await queue.database.query('SET GLOBAL read_only = ON');
});
afterAll(async () => {
  await server.remove();
  await stub.close();
});

const database = () => ({ settings }) as TestDatabase;
const run = (...words: string[]) =>
  runCli([...words, ...mariadbOption(database())], { env: mariadbEnv(database()) });

describe('on a server that takes no writes, such as a replica,', () => {
  it.each([
    ['requests', /pending .* \/echo/],
    ['show 1', /^Request 1: pending/],
    ['stats', /1 pending/],
    ['top --once', /Pending +1/],
    ['status 1', /^1$/m],
    ['npcs status', /^on$/m],
    ['export -', /"\/echo"/],
  ])('`ai-ipc %s` reads', async (words, expected) => {
    const { exitCode, stdout } = await run(...words.split(' '));
    expect(stdout).toMatch(expected);
    expect(exitCode).toBe(0);
  });

  it.each(['request dialogue /echo {}', 'cancel 1', 'retry 1', 'npcs off'])(
    '`ai-ipc %s` says that it cannot write there',
    async (words) => {
      const { exitCode, stderr } = await run(...words.split(' '));
      expect(stderr).toMatch(/takes no writes: a replica, .* Have DB_HOST and DB_PORT lead to the primary/);
      expect(exitCode).toBe(1);
    },
  );

  it('`ai-ipc bench` measures nothing there', async () => {
    const { exitCode, stderr } = await run('bench');
    expect(stderr).toMatch(
      /^ERROR bench_refused: .*takes no writes \(read_only=ON\)\. Nothing was written\./m,
    );
    expect(exitCode).toBe(1);
  });

  it('the pages of the dashboard show the queue', async () => {
    const dashboard = startCli(['dashboard', ...mariadbOption(database())], {
      env: { ...mariadbEnv(database()), DASHBOARD_BIND: '127.0.0.1:0' },
    });
    const [, url = ''] = await dashboard.waitForOutput(/listens on (http:\S+)/);
    expect(await (await fetch(`${url}/requests`)).text()).toContain('href="/requests/1"');
    expect(await (await fetch(url)).text()).toMatch(/pending/i);
  });

  it('a client reads, and hears that it cannot ask', async () => {
    const ai = await AiIpc.open({ kind: 'mariadb', ...settings });
    expect(await ai.status(id)).toBe(1);
    expect(await ai.ask('dialogue', '/echo', {})).toMatchObject({
      ...{ id: -1, status: 'failed', error: { code: 'database_unavailable' } },
    });
    await ai.close();
  });

  it('an account of one connection reads, too', async () => {
    const account = "'reader'@'%'";
    await queue.database.query(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS 1`);
    onTestFinished(async () => {
      await queue.database.query(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS 0`);
    });
    expect(await run('status', '1')).toMatchObject({ exitCode: 0, stdout: '1\n' });
  });

  it('the doctor says so, in place of what cannot be tried there', async () => {
    const look = () => diagnose({ settings }, { AI_SERVICE_BASE_URL: stub.url });
    const diagnosis = await diagnosed(look, (told) =>
      expect(faultsOf(told).find(({ part }) => part === 'writes')).toMatchObject({
        verdict: 'broken',
        reason: expect.stringContaining('takes no writes'),
        remedy: expect.stringContaining('lead to the primary'),
      }),
    );
    const parts = diagnosis.findings.map(({ part }) => part);
    expect(parts).not.toContain('claims');
    expect(parts).not.toContain('rights');
  });

  it('a worker waits until it is the primary', async () => {
    const worker = startWorker(settings, { AI_SERVICE_BASE_URL: stub.url });
    expect(await worker.waitForLog('Database cannot be reached, trying again')).toMatchObject({
      error: expect.stringContaining('takes no writes'),
    });
    expect(worker.log('Worker stopped')).toEqual([]);
    await queue.database.query('SET GLOBAL read_only = OFF');
    await queue.waitForStatus(await queue.insertOne('/echo'), 'completed', 10_000);
  });
});

it('on a replica that would take writes, `ai-ipc bench` measures nothing either: they would part it from its primary', async () => {
  const { isMysql } = await serverKind((sql) => queue.database.query(sql));
  const begin = isMysql
    ? [
        "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1, SOURCE_USER = 'nobody'",
        'START REPLICA',
      ]
    : ["CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1, MASTER_USER = 'nobody'", 'START SLAVE'];
  for (const statement of ['SET GLOBAL read_only = OFF', ...begin]) await queue.database.query(statement);
  const root = { settings: queue.settings } as TestDatabase;

  const { exitCode, stderr } = await runCli(['bench', ...mariadbOption(root)], { env: mariadbEnv(root) });

  expect(stderr).toMatch(/^ERROR bench_refused: .*a replica of 127\.0\.0\.1:1\. .* Measure the primary/m);
  expect(exitCode).toBe(1);
});
