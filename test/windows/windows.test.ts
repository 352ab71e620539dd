import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { querySqlite } from '../support/cli-process.ts';
import { useQueue } from '../support/queue-observer.ts';
import { newTree, snapshot, useTrees } from '../support/rathena-tree.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';
import { closeConsole, newFolder, runAiIpc, startAiIpc, startNode, useWine, windowsPath } from './wine.ts';

const CALLS = 5;
/** The log has milliseconds, and its clock is the same as Wine's. */
const CLOCK_MS = 5;

useWine();
useTrees();
const queue = useQueue();
let stub: AiStub;
beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());

function workerEnv(): Record<string, string> {
  return { AI_SERVICE_BASE_URL: stub.url, LOG_FOLDER: 'logs' };
}

/** A folder whose .env leads to this database. Windows has no empty variables, and the user's password is empty. */
function folderFor({ settings: { user, host, port, database } }: Pick<TestDatabase, 'settings'>): string {
  const cwd = newFolder();
  const lines = { DB_HOST: host, DB_PORT: port, DB_USER: user, DB_PASSWORD: '', DB_NAME: database };
  writeFileSync(
    join(cwd, '.env'),
    Object.entries(lines)
      .map(([name, value]) => `${name}=${value}\r\n`)
      .join(''),
  );
  return cwd;
}

it('the main job: five questions, five answers', async () => {
  const { exitCode, stdout } = await runAiIpc(['demo', '--database', 'sqlite:queue.sqlite'], {
    cwd: newFolder(),
  });
  expect(stdout).toContain('5 of 5 questions were answered.');
  expect(exitCode).toBe(0);
});

it('migrate makes the tables in MariaDB, and a second time finds nothing to do', async () => {
  const database = await createTestDatabase();
  try {
    const cwd = folderFor(database);
    expect(await runAiIpc(['migrate'], { cwd })).toMatchObject({ exitCode: 0 });
    const again = await runAiIpc(['migrate'], { cwd });
    expect(again.stdout).toMatch(/Nothing to upgrade/);
  } finally {
    await database.drop();
  }
});

it('worker and service answer what is asked in MariaDB, with data from a file', async () => {
  const cwd = folderFor(queue());
  const service = startAiIpc(['service', '--port', '0'], { cwd });
  const [, url = ''] = await service.waitForOutput(/listens on (http:\S+)/);
  startAiIpc(['worker'], { cwd, env: { AI_SERVICE_BASE_URL: url } });
  writeFileSync(
    join(cwd, 'question.json'),
    '\ufeff{"npc_id":"sage-of-prontera","message":"Where am I?"}\r\n',
  );

  const asked = await runAiIpc(['request', 'dialogue', '/api/v1/npc/dialogue', '@question.json'], { cwd });
  expect(asked.exitCode).toBe(0);
  const id = Number(asked.stdout);
  await waitFor(async () => (await queue().responses(id)).length === 1, {
    timeoutMs: 30_000,
    what: 'the answer',
  });
  const [answer] = await queue().responses(id);
  expect(answer?.response_data).toContain('Prontera');
  await queue().clear();
});

describe('five calls under way', () => {
  it('are given back by worker stop --now, and another worker answers them', async () => {
    const { cwd, worker } = await startWithCalls();
    const stopped = await runAiIpc(['worker', 'stop', '--now'], { cwd });
    expect(stopped.exitCode).toBe(0);
    expect(await worker.ended).toMatchObject({ exitCode: 0 });
    await expectGivenBack(cwd);
    await expectAnsweredByAnother(cwd);
  });

  it('are given back by a console window that is closed, and another worker answers them', async () => {
    const { cwd, worker } = await startWithCalls();
    const { closedAtMs } = await closeConsole(await workerPid());
    await worker.ended;
    await expectGivenBack(cwd);
    const [last] = await queue().database.query(
      "SELECT 1000 * UNIX_TIMESTAMP(MAX(created_at)) AS ms FROM ai_request_log WHERE event_type = 'released'",
    );
    const afterMs = Number(last?.['ms']) - closedAtMs;
    expect(afterMs).toBeGreaterThan(-CLOCK_MS);
    process.stdout.write(`All ${CALLS} calls were given back ${Math.round(afterMs)} ms after the close.\n`);
    await expectAnsweredByAnother(cwd);
  });
});

/** A worker with calls under way that nobody answers. */
async function startWithCalls() {
  stub.behaveAlways(behaviours.never());
  const before = stub.calls.length;
  const cwd = folderFor(queue());
  const worker = startAiIpc(['worker'], { cwd, env: workerEnv() });
  await queue().insert(CALLS, '/api/v1/npc/dialogue');
  await waitFor(() => stub.calls.length === before + CALLS, { timeoutMs: 60_000, what: 'five calls' });
  return { cwd, worker };
}

/** As Windows numbers its processes. */
async function workerPid(): Promise<number> {
  const sql = 'SELECT pid FROM ai_workers ORDER BY heartbeat_at DESC LIMIT 1';
  const [worker] = await queue().database.query<{ pid: number }[]>(sql);
  return worker!.pid;
}

async function expectGivenBack(cwd: string): Promise<void> {
  expect(await queue().statusCounts()).toEqual({ pending: CALLS });
  const log = readFileSync(join(cwd, 'logs', 'ai-ipc-worker.log'), 'utf8');
  expect(log.match(/INFO: Worker stopped/g)).toHaveLength(1);
}

async function expectAnsweredByAnother(cwd: string): Promise<void> {
  stub.behaveAlways(behaviours.echo());
  const other = startAiIpc(['worker'], { cwd, env: workerEnv() });
  await queue().waitForCounts({ completed: CALLS }, 60_000);
  expect((await runAiIpc(['worker', 'stop'], { cwd })).exitCode).toBe(0);
  expect(await other.ended).toMatchObject({ exitCode: 0 });
  await queue().clear();
}

it('service stop ends a service', async () => {
  const cwd = newFolder();
  const service = startAiIpc(['service', '--port', '0', '--database', 'sqlite:queue.sqlite'], { cwd });
  const [, port = ''] = await service.waitForOutput(/listens on http:\S+:(\d+)/);
  expect(await runAiIpc(['service', 'stop', '--port', port], { cwd })).toMatchObject({ exitCode: 0 });
  expect(await service.ended).toMatchObject({ exitCode: 0 });
});

it('a SQLite file can be renamed and copied as soon as it is closed, and has all that was stored', async () => {
  const cwd = newFolder();
  const entry = windowsPath(join(process.env['AI_IPC_WINDOWS_PACKAGE'] ?? '', 'dist/client/index.js'));
  writeFileSync(
    join(cwd, 'store.mjs'),
    `import { renameSync } from 'node:fs';
     import { pathToFileURL } from 'node:url';
     const { AiIpc } = await import(pathToFileURL(${JSON.stringify(entry)}));
     const ai = await AiIpc.open({ kind: 'sqlite', file: 'queue.sqlite' });
     for (let n = 1; n <= 20; n += 1) await ai.request('dialogue', '/api/v1/npc/dialogue', { n });
     await ai.close();
     renameSync('queue.sqlite', 'moved.sqlite');`,
  );
  expect(await startNode(['store.mjs'], { cwd }).ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(readdirSync(cwd).sort()).toEqual(['moved.sqlite', 'store.mjs']);
  mkdirSync(join(cwd, 'copy'));
  copyFileSync(join(cwd, 'moved.sqlite'), join(cwd, 'copy', 'queue.sqlite'));
  const rows = querySqlite(join(cwd, 'copy', 'queue.sqlite'), 'SELECT COUNT(*) AS rows FROM ai_requests');
  expect(rows).toEqual([{ rows: 20 }]);
});

it('rathena install, install again, uninstall: the tree is byte for byte what it was', async () => {
  const dir = newTree();
  const before = snapshot(dir);
  const cwd = newFolder();
  const first = await runAiIpc(['rathena', 'install', windowsPath(dir)], { cwd });
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(first.stdout).toContain('open rAthena.sln in Visual Studio');
  const second = await runAiIpc(['rathena', 'install', windowsPath(dir)], { cwd });
  expect(second.stdout).toContain('nothing to do');
  expect((await runAiIpc(['rathena', 'uninstall', windowsPath(dir)], { cwd })).exitCode).toBe(0);
  expect(snapshot(dir)).toEqual(before);
});
