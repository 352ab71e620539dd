import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AiIpc, type AskOptions, type ClientOptions, type DatabaseOptions } from '../../src/client/index.ts';
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
import type { ProgramProcess } from '../support/program-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

const DIALOGUE = '/api/v1/npc/dialogue';
/**
 * By then a worker with nothing to do looks no more than every 8 s, and its next look is 6 s and more away: its rests are
 * doubled, 2 ms and so on.
 */
const REST_MS = 9_500;

interface Queue {
  readonly options: DatabaseOptions;
  startWorker(env?: Record<string, string>): Promise<ProgramProcess>;
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Inserts in a transaction of the caller's own, which then ends as it is told. */
  insertInTransaction(ai: AiIpc, end: 'COMMIT' | 'ROLLBACK'): Promise<number>;
}

let mariadb: TestDatabase;
let stub: AiStub;
const clients: AiIpc[] = [];

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
afterEach(async () => {
  stub.clear();
  for (const client of clients.splice(0)) await client.close();
});
useCli();

async function startWorkerOn(where: string[], env: Record<string, string>): Promise<ProgramProcess> {
  const worker = startCli(['worker', ...where], { env: { AI_SERVICE_BASE_URL: stub.url, ...env } });
  await serving(worker);
  return worker;
}

const QUEUES: Record<string, () => Queue> = {
  SQLite: () => {
    const file = join(newFolder(), 'queue.sqlite');
    return {
      options: { kind: 'sqlite', file },
      startWorker: (env = {}) => startWorkerOn(['--database', `sqlite:${file}`], env),
      query: async (sql) => querySqlite(file, sql),
      async insertInTransaction(ai, end) {
        const connection = new DatabaseSync(file);
        connection.exec('BEGIN IMMEDIATE');
        const id = await ai.request('dialogue', DIALOGUE, { message: 'Hi' }, { connection });
        connection.exec(end);
        connection.close();
        return id;
      },
    };
  },
  MariaDB: () => ({
    options: { kind: 'mariadb', ...mariadb.settings },
    startWorker: (env = {}) => startWorkerOn(mariadbOption(mariadb), { ...mariadbEnv(mariadb), ...env }),
    query: (sql) => mariadb.query(sql),
    async insertInTransaction(ai, end) {
      const connection = await mariadb.connect();
      await connection.beginTransaction();
      const id = await ai.request('dialogue', DIALOGUE, { message: 'Hi' }, { connection });
      await connection.query(end);
      return id;
    },
  }),
};

describe.each(Object.keys(QUEUES))('on %s', (kind) => {
  async function open(queue: Queue, options: ClientOptions = {}): Promise<AiIpc> {
    const ai = await AiIpc.open(queue.options, { timeoutSeconds: 30, ...options });
    clients.push(ai);
    return ai;
  }

  async function ask(queue: Queue, data: unknown, options: AskOptions = {}) {
    return await (await open(queue)).ask('dialogue', DIALOGUE, data, options);
  }

  it('a request is a row with the defaults of the commands, and its id a number', async () => {
    const queue = QUEUES[kind]!();
    const ai = await open(queue);

    const id = await ai.request('dialogue', DIALOGUE);

    expect(id).toBeTypeOf('number');
    expect(
      await queue.query(
        `SELECT request_type, endpoint, request_data, priority, timeout, source_npc, source_map FROM ai_requests WHERE id = ${id}`,
      ),
    ).toEqual([
      {
        request_type: 'dialogue',
        endpoint: DIALOGUE,
        request_data: null,
        priority: 5,
        timeout: 30,
        source_npc: null,
        source_map: null,
      },
    ]);
    expect(await ai.status(id)).toBe(1);
    expect(await ai.response(id)).toBe('');
  });

  it('JSON text is stored as it stands, every other value as its JSON', async () => {
    const queue = QUEUES[kind]!();
    const ai = await open(queue);
    const text = '{ "message" : "Grüße \\u00e9 😀" }';
    const inputs = [text, { message: 'Hi "you"' }, [1, 2], 7, true, '"a string"'];

    const ids = await ai.requestMany(inputs.map((data) => ({ type: 'dialogue', endpoint: DIALOGUE, data })));

    const rows = await queue.query(`SELECT request_data FROM ai_requests WHERE id IN (${ids}) ORDER BY id`);
    expect(rows.map((row) => row['request_data'])).toEqual([
      text,
      '{"message":"Hi \\"you\\""}',
      '[1,2]',
      '7',
      'true',
      '"a string"',
    ]);
  });

  it('priority, life, NPC and map out of range are brought into it', async () => {
    const queue = QUEUES[kind]!();
    const ai = await open(queue);
    const request = { type: 'dialogue', endpoint: DIALOGUE };

    const ids = await ai.requestMany([
      { ...request, priority: 0, timeoutSeconds: 0 },
      {
        ...request,
        priority: 99,
        timeoutSeconds: 1e9,
        sourceNpc: 'N'.repeat(200),
        sourceMap: 'm'.repeat(60),
      },
    ]);

    expect(
      await queue.query(
        `SELECT priority, timeout, source_npc, source_map FROM ai_requests WHERE id IN (${ids}) ORDER BY id`,
      ),
    ).toEqual([
      { priority: 1, timeout: 1, source_npc: null, source_map: null },
      { priority: 10, timeout: 31_536_000, source_npc: 'N'.repeat(100), source_map: 'm'.repeat(30) },
    ]);
  });

  it('requestMany inserts all or none, and gives the ids in the same order', async () => {
    const queue = QUEUES[kind]!();
    const ai = await open(queue);
    const type = `t${randomUUID()}`;
    const good = ['/1', '/2', '/3'].map((endpoint) => ({ type, endpoint }));

    const ids = await ai.requestMany(good);
    await expect(ai.requestMany([...good, { type, endpoint: 'bad' }])).rejects.toMatchObject({
      code: 'bad_endpoint',
    });

    expect(
      await queue.query(
        `SELECT id, endpoint FROM ai_requests WHERE request_type = '${type}' ORDER BY endpoint`,
      ),
    ).toEqual(ids.map((id, index) => ({ id, endpoint: good[index]!.endpoint })));
    expect(await ai.requestMany([])).toEqual([]);
  });

  const circle: Record<string, unknown> = {};
  circle['self'] = circle;

  it.each([
    ['bad_type', ['', DIALOGUE]],
    ['bad_type', ['x'.repeat(51), DIALOGUE]],
    ['bad_endpoint', ['t', 'http://elsewhere/']],
    ['bad_endpoint', ['t', `/${'x'.repeat(255)}`]],
    ['bad_json', ['t', DIALOGUE, '{"open":']],
    ['bad_json', ['t', DIALOGUE, circle]],
    ['bad_json', ['t', DIALOGUE, 1n]],
    ['bad_json', ['t', DIALOGUE, () => 1]],
    ['data_too_large', ['t', DIALOGUE, 'x'.repeat(70_000)]],
    ['bad_argument', ['t', DIALOGUE, {}, { priority: Number.NaN }]],
    ['bad_argument', ['t', DIALOGUE, {}, { connection: {} }]],
  ] as [string, Parameters<AiIpc['request']>][])(
    '%s is thrown before anything is stored',
    async (code, args) => {
      const ai = await open(QUEUES[kind]!());

      await expect(ai.request(...args)).rejects.toMatchObject({ name: 'AiIpcError', code });
    },
  );

  it('ids that cannot be ids are refused; those that can be nobody has status 0', async () => {
    const ai = await open(QUEUES[kind]!());

    await expect(ai.status(1.5)).rejects.toMatchObject({ code: 'bad_id' });
    await expect(ai.status(Number.NaN)).rejects.toMatchObject({ code: 'bad_id' });
    await expect(ai.response(2 ** 53)).rejects.toMatchObject({ code: 'id_too_large' });
    await expect(ai.cancel(2 ** 60)).rejects.toMatchObject({ code: 'id_too_large' });
    for (const id of [0, -1, 2 ** 53 - 1]) {
      expect([await ai.status(id), await ai.response(id), await ai.cancel(id)]).toEqual([0, '', false]);
      expect(await ai.read(id)).toBeUndefined();
    }
  });

  it('cancel is true once; cleanup counts what is old enough', async () => {
    const queue = QUEUES[kind]!();
    const ai = await open(queue);
    await ai.cleanup(60);
    const id = await ai.request('dialogue', DIALOGUE);

    expect([await ai.cancel(id), await ai.cancel(id), await ai.status(id)]).toEqual([true, false, 6]);
    expect(await ai.cleanup(0)).toBe(0);
    await queue.query(`UPDATE ai_requests SET processed_at = '2020-01-01 00:00:00' WHERE id = ${id}`);
    expect(await ai.cleanup()).toBe(1);
    expect(await ai.status(id)).toBe(0);
    await expect(ai.cleanup(Number.NaN)).rejects.toMatchObject({ code: 'bad_argument' });
  });

  it("a request in the caller's own transaction is there when that commits, and not when it rolls back", async () => {
    const queue = QUEUES[kind]!();
    const ai = await open(queue);

    const kept = await queue.insertInTransaction(ai, 'COMMIT');
    expect(await ai.status(kept)).toBe(1);
    const lost = await queue.insertInTransaction(ai, 'ROLLBACK');
    // SQLite gives an id again that nobody ever saw.
    expect(await queue.query(`SELECT id FROM ai_requests WHERE id = ${lost}`)).toEqual([]);
  });

  it('ask gives text and parsed answer; response gives the JSON as the AI service wrote it', async () => {
    const queue = QUEUES[kind]!();
    const ai = await open(queue);
    const answer = '{"text":"Grüße", "n":1.0}';
    stub.behaveAlways(behaviours.raw(answer, { headers: { 'content-type': 'application/json' } }));
    await queue.startWorker();

    const result = await ai.ask('dialogue', DIALOGUE, { message: 'Hi' }, { sourceNpc: 'Guide' });

    expect(result).toEqual({
      id: expect.any(Number),
      status: 'completed',
      text: 'Grüße',
      json: { text: 'Grüße', n: 1 },
      error: null,
    });
    expect(await ai.response(result.id)).toBe(answer);
    expect(await ai.status(result.id)).toBe(3);
    expect(await ai.read(result.id)).toMatchObject({ processingTimeMs: expect.any(Number) });
    expect(stub.calls[0]).toMatchObject({
      body: '{"message":"Hi"}',
      headers: { 'x-ai-ipc-source-npc': 'Guide' },
    });
  });

  it('whatever goes wrong with a question is in its result', async () => {
    const queue = QUEUES[kind]!();
    await queue.startWorker({ MAX_ATTEMPTS: '1' });

    stub.behaveAlways(behaviours.status(404));
    expect(await ask(queue, {})).toMatchObject({
      status: 'failed',
      text: '',
      error: { code: 'ai_client_error' },
    });
    stub.behaveAlways(behaviours.status(500));
    expect(await ask(queue, {})).toMatchObject({ status: 'failed', error: { code: 'ai_server_error' } });
    stub.behaveAlways(behaviours.never());
    expect(await ask(queue, {}, { timeoutSeconds: 1 })).toMatchObject({
      status: 'timeout',
      json: null,
      error: { message: expect.stringMatching(/\.$/) },
    });
    expect(await ask(queue, '{')).toMatchObject({ id: -1, status: 'failed', error: { code: 'bad_json' } });
  });

  it('without a worker, ask says so after the life of the request', async () => {
    const result = await ask(QUEUES[kind]!(), {}, { timeoutSeconds: 1 });

    expect(result).toMatchObject({
      status: 'pending',
      error: { code: 'expired', message: expect.stringContaining('Is `ai-ipc worker` running') },
    });
  });

  it('abort ends the wait at once and cancels the request', async () => {
    const queue = QUEUES[kind]!();
    const ai = await open(queue);
    stub.behaveAlways(behaviours.never());
    await queue.startWorker();
    const abort = new AbortController();
    const asked = ai.ask('dialogue', `/${randomUUID()}`, {}, { signal: abort.signal });
    const path = await waitFor(() => stub.calls[0]?.path, { timeoutMs: 20_000, what: 'a call' });
    abort.abort(new Error('the player left'));

    await expect(asked).rejects.toMatchObject({ code: 'aborted', cause: { message: 'the player left' } });
    expect(await queue.query(`SELECT status FROM ai_requests WHERE endpoint = '${path}'`)).toEqual([
      { status: 'cancelled' },
    ]);
    await waitFor(() => stub.inFlight === 0, { timeoutMs: 20_000, what: 'the call to be cut' });
  });

  it('a question whose signal is aborted already is never inserted', async () => {
    const queue = QUEUES[kind]!();
    const ai = await open(queue);
    const endpoint = `/${randomUUID()}`;

    await expect(ai.ask('t', endpoint, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(await queue.query(`SELECT id FROM ai_requests WHERE endpoint = '${endpoint}'`)).toEqual([]);
  });

  it('the life of a request that names none is what the running worker tells', async () => {
    const queue = QUEUES[kind]!();
    await queue.startWorker({ TIMEOUT_SECONDS: '77' });
    const ai = await AiIpc.open(queue.options);
    clients.push(ai);

    const id = await ai.request('dialogue', DIALOGUE);

    expect(await queue.query(`SELECT timeout FROM ai_requests WHERE id = ${id}`)).toEqual([{ timeout: 77 }]);
  });

  it('a worker that looks once a minute hears the doorbell', async () => {
    const queue = QUEUES[kind]!();
    stub.behaveAlways(behaviours.json({ text: 'At once.' }));
    await queue.startWorker({ POLL_INTERVAL_MS: '60000' });
    const ai = await open(queue);
    await ai.ask('dialogue', DIALOGUE, {});
    await delay(REST_MS);

    // The next poll would come too late for it.
    const answer = await ai.ask('dialogue', DIALOGUE, {}, { timeoutSeconds: 6 });

    expect(answer).toMatchObject({ error: null, text: 'At once.' });
  });
});
