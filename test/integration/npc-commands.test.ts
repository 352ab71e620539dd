import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AI_REQ_CANCELLED,
  AI_REQ_COMPLETED,
  AI_REQ_FAILED,
  AI_REQ_NOT_FOUND,
  AI_REQ_PENDING,
  AI_REQ_PROCESSING,
  AI_REQ_TIMEOUT,
  AiIpc,
  type DatabaseOptions,
} from '../../src/client/index.ts';
import { startCli, urlOf, useCli } from '../support/cli-process.ts';
import type { ProgramProcess } from '../support/program-process.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { type WorkerDatabase, WorkerProcess } from '../support/worker-process.ts';

const DIALOGUE = '/api/v1/npc/dialogue';
const ENDED_WITHIN_MS = 15_000;

/** A database as the client and the worker are told of it. */
interface Backend {
  readonly client: DatabaseOptions;
  readonly worker: WorkerDatabase;
  /** Makes a request look as if it had ended two minutes ago. */
  makeOld(id: number): Promise<void>;
  drop(): Promise<void>;
}

const BACKENDS: readonly { readonly name: string; readonly create: () => Promise<Backend> }[] = [
  { name: 'MariaDB', create: createMariadb },
  { name: 'SQLite', create: createSqlite },
];

async function createMariadb(): Promise<Backend> {
  const { database } = await QueueObserver.create();
  return {
    client: { kind: 'mariadb', ...database.settings },
    worker: database.settings,
    async makeOld(id) {
      const sql = 'UPDATE ai_requests SET processed_at = NOW(3) - INTERVAL 120 SECOND WHERE id = ?';
      await database.query(sql, [id]);
    },
    drop: () => database.drop(),
  };
}

async function createSqlite(): Promise<Backend> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-npc-test-'));
  const file = join(folder, 'queue.sqlite');
  return {
    client: { kind: 'sqlite', file },
    worker: { sqliteFile: file },
    async makeOld(id) {
      const database = new DatabaseSync(file, { timeout: 5_000 });
      const ago = "strftime('%Y-%m-%d %H:%M:%f', 'now', '-120 seconds')";
      database.prepare(`UPDATE ai_requests SET processed_at = ${ago} WHERE id = ?`).run(id);
      database.close();
    },
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

let service: ProgramProcess;
let serviceUrl: string;

useCli();
beforeAll(async () => {
  const args = ['service', '--port', '0', '--test-endpoints'];
  service = startCli(args, { stay: 'file' });
  serviceUrl = await urlOf(service);
});

describe.each(BACKENDS)("the document's seven NPC tests on $name", ({ create }) => {
  let backend: Backend;
  let worker: WorkerProcess;
  let ai: AiIpc;

  beforeAll(async () => {
    backend = await create();
    worker = new WorkerProcess(backend.worker, { AI_SERVICE_BASE_URL: serviceUrl });
    await worker.started();
    ai = await AiIpc.open(backend.client);
  });
  afterAll(async () => {
    await ai.close();
    await worker.kill();
    await backend.drop();
  });

  /** Polls as a script does; returns the statuses that it saw, in order, without repetitions. */
  async function statusesUntil(id: number, last: number): Promise<number[]> {
    const seen: number[] = [];
    await waitFor(
      async () => {
        const status = await ai.status(id);
        if (seen.at(-1) !== status) seen.push(status);
        return status === last;
      },
      { timeoutMs: ENDED_WITHIN_MS, what: `status ${last} of request ${id}` },
    );
    return seen;
  }

  it('1. Basic Request/Response', async () => {
    const id = await ai.request('dialogue', DIALOGUE, '{"message":"Hello AI","npc_id":123}', { priority: 5 });
    expect(id).toBeGreaterThan(0);

    const response = await waitFor(async () => (await ai.response(id)) || undefined, {
      timeoutMs: ENDED_WITHIN_MS,
      what: 'the response',
    });

    expect(JSON.parse(response)).toMatchObject({ npc_id: 123, text: expect.stringMatching(/\w/) });
  });

  it('2. Status Checking', async () => {
    expect(await ai.status(999_999)).toBe(AI_REQ_NOT_FOUND);

    // It cannot end before it was seen in the making.
    service.signal('SIGSTOP');
    const id = await ai.request('test', '/api/v1/test/delay/500');
    const seen = await statusesUntil(id, AI_REQ_PROCESSING).finally(() => service.signal('SIGCONT'));
    seen.push(...(await statusesUntil(id, AI_REQ_COMPLETED)));

    // The first look may already find it claimed.
    const inTurn = seen.filter((status, index) => status !== seen[index - 1] && status !== AI_REQ_PENDING);
    expect(inTurn).toEqual([AI_REQ_PROCESSING, AI_REQ_COMPLETED]);
    expect([AI_REQ_PENDING, AI_REQ_PROCESSING]).toContain(seen[0]);
  });

  it('3. Cancel Request', async () => {
    const id = await ai.request('test', '/api/v1/test/delay/20000');
    await statusesUntil(id, AI_REQ_PROCESSING);

    expect(await ai.cancel(id)).toBe(true);

    expect(await ai.status(id)).toBe(AI_REQ_CANCELLED);
    expect(await ai.cancel(id)).toBe(false);
    expect(await ai.cancel(999_999)).toBe(false);
    const cut = await worker.waitForLog('Call cut: its request was cancelled or expired', 5_000);
    expect(cut['request_id']).toBe(id);
    expect([await ai.status(id), await ai.response(id)]).toEqual([AI_REQ_CANCELLED, '']);
  });

  it('4. Timeout Handling', async () => {
    const startedMs = performance.now();
    const id = await ai.request('test', '/api/v1/test/delay/20000', '{}', { timeoutSeconds: 3 });
    await statusesUntil(id, AI_REQ_TIMEOUT);

    expect(performance.now() - startedMs).toBeGreaterThan(2_990);
    expect(await ai.response(id)).toBe('');
    expect(await ai.read(id)).toMatchObject({ errorCode: 'attempt_timeout', status: 'timeout' });
  });

  it('5. Cleanup (Admin)', async () => {
    const old = await ai.request('dialogue', DIALOGUE, { message: 'Hello' });
    const recent = await ai.request('dialogue', DIALOGUE, { message: 'Hello' });
    await statusesUntil(old, AI_REQ_COMPLETED);
    await statusesUntil(recent, AI_REQ_COMPLETED);
    await backend.makeOld(old);

    expect(await ai.cleanup(60)).toBe(1);

    expect(await ai.status(old)).toBe(AI_REQ_NOT_FOUND);
    expect(await ai.response(old)).toBe('');
    expect(await ai.status(recent)).toBe(AI_REQ_COMPLETED);
  });

  it('6. Batch Processing', async () => {
    const endpoints = [DIALOGUE, '/api/v1/npc/decide', '/api/v1/npc/emotion', '/api/v1/test/delay/100'];
    const inputs = Array.from({ length: 20 }, (_, index) => ({
      type: 'batch',
      endpoint: endpoints[index % endpoints.length]!,
      data: { message: `Where am I? ${index}`, npc_id: index },
      priority: 1 + (index % 10),
    }));

    const ids = await ai.requestMany(inputs);
    for (const id of ids) await statusesUntil(id, AI_REQ_COMPLETED);

    expect(new Set(ids).size).toBe(20);
    const answers = await Promise.all(ids.map((id) => ai.response(id)));
    for (const [index, answer] of answers.entries()) {
      const isTest = index % endpoints.length === 3;
      expect(JSON.parse(answer)).toMatchObject(isTest ? { delayed_ms: 100 } : { npc_id: index });
    }
  });

  it('7. Error Handling', async () => {
    await expect(ai.request('dialogue', 'http://evil.example/')).rejects.toMatchObject({
      code: 'bad_endpoint',
    });
    await expect(ai.request('dialogue', DIALOGUE, '{"message":')).rejects.toMatchObject({ code: 'bad_json' });
    const wrong = await ai.request('dialogue', '/no/such/endpoint');
    const broken = await ai.request('test', '/api/v1/test/status/500');

    await statusesUntil(wrong, AI_REQ_FAILED);
    const seen = await statusesUntil(broken, AI_REQ_FAILED);

    expect(seen).not.toContain(AI_REQ_COMPLETED);
    expect(await ai.response(wrong)).toBe('');
    expect(await ai.read(wrong)).toMatchObject({ errorCode: 'ai_client_error' });
    expect(await ai.read(broken)).toMatchObject({ errorCode: 'ai_server_error' });
    const { error } = await ai.ask('dialogue', '/no/such/endpoint');
    expect(error).toMatchObject({ code: 'ai_client_error', message: expect.stringContaining('404') });
  });
});
