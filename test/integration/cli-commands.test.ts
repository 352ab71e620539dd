import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import {
  mariadbEnv,
  mariadbOption,
  newFolder,
  querySqlite,
  runCli,
  serving,
  startCli,
  useCli,
} from '../support/cli-process.ts';
import type { ProgramResult } from '../support/program-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

/** The commands on one database: the same tests for both. */
interface Queue {
  readonly name: RegExp;
  run(...args: string[]): Promise<ProgramResult>;
  start(...args: string[]): ReturnType<typeof startCli>;
  startWorker(aiServiceUrl: string): ReturnType<typeof startCli>;
  query(sql: string): Promise<Record<string, unknown>[]>;
}

const DIALOGUE = '/api/v1/npc/dialogue';

let mariadb: TestDatabase;
let stub: AiStub;

beforeAll(async () => {
  stub = await startAiStub();
  mariadb = await createTestDatabase();
  await runCli(['migrate', ...mariadbOption(mariadb)], { env: mariadbEnv(mariadb) });
});
/** Also the workers: one that was killed would seem alive for 10 s more. */
beforeEach(async () => {
  for (const table of ['ai_requests', 'ai_request_log', 'ai_workers'])
    await mariadb.query(`DELETE FROM ${table}`);
});
afterAll(async () => {
  await mariadb.drop();
  await stub.close();
});
afterEach(() => stub.clear());
useCli();

const QUEUES: Record<string, () => Queue> = {
  SQLite: () => {
    const file = join(newFolder(), 'queue.sqlite');
    const where = ['--database', `sqlite:${file}`];
    return {
      name: /^Database: SQLite .+queue\.sqlite\n/,
      run: (...args) => runCli([...args, ...where]),
      start: (...args) => startCli([...args, ...where]),
      startWorker: (url) => startCli(['worker', ...where], { env: { AI_SERVICE_BASE_URL: url } }),
      query: async (sql) => querySqlite(file, sql),
    };
  },
  MariaDB: () => {
    const where = mariadbOption(mariadb);
    const env = mariadbEnv(mariadb);
    return {
      name: /^Database: MariaDB root@127\.0\.0\.1:\d+\/ai_ipc_test_\w+\n/,
      run: (...args) => runCli([...args, ...where], { env }),
      start: (...args) => startCli([...args, ...where], { env }),
      startWorker: (url) => startCli(['worker', ...where], { env: { ...env, AI_SERVICE_BASE_URL: url } }),
      query: (sql) => mariadb.query(sql),
    };
  },
};

describe.each(Object.keys(QUEUES))('on %s', (kind) => {
  /** Inserts a request that nobody serves, and returns its id. */
  async function insert(queue: Queue, ...more: string[]): Promise<string> {
    const { stdout } = await queue.run('request', 'dialogue', DIALOGUE, '{"message":"Hello"}', ...more);
    return stdout.trim();
  }

  it('request prints the id alone on stdout and names the database on stderr', async () => {
    const queue = QUEUES[kind]!();

    const { exitCode, stdout, stderr } = await queue.run('request', 'dialogue', DIALOGUE, '{"message":"Hi"}');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^[1-9]\d*\n$/);
    expect(stderr).toMatch(queue.name);
    const row = `SELECT request_type, endpoint, request_data, priority, timeout, status FROM ai_requests WHERE id = ${stdout}`;
    expect(await queue.query(row)).toEqual([
      {
        request_type: 'dialogue',
        endpoint: DIALOGUE,
        request_data: '{"message":"Hi"}',
        priority: 5,
        timeout: 30,
        status: 'pending',
      },
    ]);
  });

  it('request stores data, priority, life, NPC and map; what is out of range is clamped', async () => {
    const queue = QUEUES[kind]!();
    const ids = [
      await insert(queue, '99', '20', '--npc', 'Guide', '--map', 'prontera'),
      await insert(queue, '-1', '0'),
      await insert(queue, '7', '99999999999999999999'),
    ];

    const rows = await queue.query(
      `SELECT priority, timeout, source_npc, source_map FROM ai_requests WHERE id IN (${ids}) ORDER BY id`,
    );

    expect(rows).toEqual([
      { priority: 10, timeout: 20, source_npc: 'Guide', source_map: 'prontera' },
      { priority: 1, timeout: 1, source_npc: null, source_map: null },
      { priority: 7, timeout: 31_536_000, source_npc: null, source_map: null },
    ]);
  });

  it('a pending request has status 1 and no answer; cancel gives 1 and then 0; then its status is 6', async () => {
    const queue = QUEUES[kind]!();
    const id = await insert(queue);

    expect(await queue.run('status', id)).toMatchObject({ exitCode: 0, stdout: '1\n' });
    expect(await queue.run('response', id)).toMatchObject({ exitCode: 0, stdout: '\n' });
    expect(await queue.run('cancel', id)).toMatchObject({ exitCode: 0, stdout: '1\n' });
    expect(await queue.run('cancel', id)).toMatchObject({ exitCode: 0, stdout: '0\n' });
    expect(await queue.run('status', id)).toMatchObject({ exitCode: 0, stdout: '6\n' });
  });

  it('what is not there has status 0, no answer and nothing to cancel', async () => {
    const queue = QUEUES[kind]!();

    for (const id of ['999999', '0', '-5']) {
      expect(await queue.run('status', id)).toMatchObject({ exitCode: 0, stdout: '0\n' });
      expect(await queue.run('response', id)).toMatchObject({ exitCode: 0, stdout: '\n' });
      expect(await queue.run('cancel', id)).toMatchObject({ exitCode: 0, stdout: '0\n' });
    }
  });

  it('--json tells each of them in one line', async () => {
    const queue = QUEUES[kind]!();
    const json = async (...args: string[]) => {
      const { stdout } = await queue.run(...args, '--json');
      expect(stdout).toMatch(/^[^\n]+\n$/);
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const { id } = await json('request', 'dialogue', DIALOGUE);

    expect(await json('status', String(id))).toEqual({ id, code: 1, status: 'pending' });
    expect(await json('response', String(id))).toEqual({
      id,
      status: 'pending',
      response: '',
      error_code: null,
      error_message: null,
      processing_time_ms: null,
    });
    expect(await json('cancel', String(id))).toEqual({ id, cancelled: true });
    expect(await json('status', '999999')).toEqual({ id: 999_999, code: 0, status: 'not_found' });
    expect(await json('cleanup')).toEqual({ deleted: expect.any(Number) });
  });

  it('cleanup deletes what ended longer ago than the age, which is at least 60 s', async () => {
    const queue = QUEUES[kind]!();
    await queue.run('cleanup', '60');
    const [old, young] = [await insert(queue), await insert(queue)];
    for (const id of [old, young]) expect(await queue.run('cancel', id)).toMatchObject({ stdout: '1\n' });
    await queue.query(`UPDATE ai_requests SET processed_at = '2020-01-01 00:00:00' WHERE id = ${old}`);

    expect(await queue.run('cleanup', '1')).toMatchObject({ exitCode: 0, stdout: '1\n' });
    expect(await queue.run('status', old)).toMatchObject({ stdout: '0\n' });
    expect(await queue.run('status', young)).toMatchObject({ stdout: '6\n' });
  });

  it('with a worker, ask prints the answer, and the answer can be read again', async () => {
    const queue = QUEUES[kind]!();
    stub.behaveAlways(behaviours.json({ text: 'Prontera, of course.' }));
    const worker = queue.startWorker(stub.url);
    await serving(worker);

    const asked = await queue.run('ask', 'Where am I?', '--npc', 'Guide', '--json');

    const { id, ...result } = JSON.parse(asked.stdout) as { id: number };
    const json = { text: 'Prontera, of course.' };
    expect(result).toEqual({ status: 'completed', text: 'Prontera, of course.', json, error: null });
    expect(await queue.run('response', String(id))).toMatchObject({ stdout: `${JSON.stringify(json)}\n` });
    expect(await queue.run('status', String(id))).toMatchObject({ stdout: '3\n' });
    expect(stub.calls.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { message: 'Where am I?', npc_id: 'Guide' },
    ]);
    expect(await worker.stop('SIGTERM')).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends ask with %i, and cancels the request that nobody serves', async (signal, exitCode) => {
    const queue = QUEUES[kind]!();
    const asking = queue.start('ask', 'Is anybody there?');
    const rows = () => queue.query('SELECT status FROM ai_requests').catch(() => []);
    await waitFor(async () => (await rows()).length > 0, { timeoutMs: 30_000, what: 'the request' });

    const asked = await asking.stop(signal);

    expect(asked).toMatchObject({ exitCode, stdout: '-1\n' });
    expect(asked.stderr).toMatch(/^ERROR aborted: The wait was aborted; the request is cancelled\.$/m);
    expect(await rows()).toEqual([{ status: 'cancelled' }]);
  });

  it('a request that the AI service refuses is told with its reason', async () => {
    const queue = QUEUES[kind]!();
    stub.behaveAlways(behaviours.status(404));
    const worker = queue.startWorker(stub.url);
    await serving(worker);

    const asked = await queue.run('ask', 'Hello?');

    expect(asked).toMatchObject({ exitCode: 1, stdout: '-1\n' });
    expect(asked.stderr).toMatch(/ERROR ai_client_error: .*404/);
    await worker.stop('SIGTERM');
  });
});
