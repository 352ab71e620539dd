import { once } from 'node:events';
import { connect } from 'node:net';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createService, type Service } from '../../src/service/server.ts';
import { behaviours } from '../support/ai-stub.ts';
import { posting } from '../support/json-body.ts';
import { type ModelStub, startModelStub } from '../support/model-stub.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import {
  DIALOGUE,
  databaseOf,
  modelServer,
  post,
  SCHEMA,
  useServices,
} from './support/service-under-test.ts';

const DECIDE = '/api/v1/npc/decide';
const serve = useServices();
let model: ModelStub;
beforeAll(async () => {
  model = await startModelStub();
});
afterEach(() => model.clear());
afterAll(() => model.close());

const refused = (status: number, code: string, message: RegExp) => ({
  status,
  body: { error: { code, message: expect.stringMatching(message) } },
});

/** What comes back for these bytes, until the service closes the line. */
async function exchange(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let got = '';
  socket.setEncoding('utf8').on('data', (text: string) => (got += text));
  socket.write(bytes);
  await once(socket, 'close');
  return got;
}

describe('ids that are not what they seem', () => {
  // 9007199254740993 is read as …992 by everything that speaks JSON in JavaScript: two players would be one.
  it.each(['9007199254740993', '-9007199254740993', '1e300'])('%s: 400', async (id) => {
    const { url } = await serve();
    for (const field of ['npc_id', 'player_id']) {
      const response = await fetch(url + DIALOGUE, posting(`{"message": "a", "${field}": ${id}}`));
      const answered = { status: response.status, body: await response.json() };
      expect(answered).toEqual(refused(400, 'bad_field', new RegExp(`${field} must be a number`)));
    }
  });

  it('1e999 is told as what it is', async () => {
    const { url } = await serve();
    const response = await fetch(url + DIALOGUE, posting('{"message":"a","npc_id":1e999}'));
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringMatching(/it was Infinity\.$/) },
    });
  });

  it('an NPC of the header is held to the length of an id', async () => {
    const { url } = await serve();
    const ask = (npc: string) => post(url + DIALOGUE, { message: 'a' }, { 'X-AI-IPC-Source-Npc': npc });
    expect(await ask('n'.repeat(200))).toMatchObject({ status: 200 });
    expect(await ask('n'.repeat(201))).toEqual(
      refused(400, 'bad_field', /X-AI-IPC-Source-Npc .*200 characters/),
    );
  });
});

describe('a caller who speaks HTTP badly', () => {
  it('is answered in HTTP/1.0 without a Host', async () => {
    const { url } = await serve();
    expect(await exchange(url, 'GET /api/v1/health HTTP/1.0\r\n\r\n')).toMatch(/ 200 OK\r\n.*"status":"ok"/s);
  });

  it('hangs up in the middle of a body, which is no failure of the service', async () => {
    const logged: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line) => logged.push(line) });
    const service: Service = createService({ port: 0, logger });
    const { url, port } = await service.start();
    try {
      for (let times = 0; times < 3; times++) {
        const socket = connect(port, '127.0.0.1');
        socket.write(
          `POST ${DIALOGUE} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\nExpect: 100-continue\r\n\r\n`,
        );
        // The service reads the body now.
        await once(socket, 'data');
        socket.destroy();
      }
      expect(await post(url + DIALOGUE, { message: 'Hello' })).toMatchObject({ status: 200 });
    } finally {
      await service.stop();
    }
    expect(logged).toEqual([]);
  });
});

describe('a decision about what a player said', () => {
  it.each(['{', '{hello}', '{"a":'])('%j is a sentence', async (message) => {
    const { url } = await serve();
    expect(await post(url + DECIDE, { message })).toMatchObject({ status: 200 });
  });

  it('and a context nested deeper than a stack does not keep the model from it', async () => {
    const { url } = await serve({ ...modelServer(model), fallback: 'none' });
    model.write(JSON.stringify({ choice: 2, reason: 'So be it.', confidence: 1 }));
    const context = `${'{"enemy":'.repeat(50_000)}"orc"${'}'.repeat(50_000)}`;
    const body = `{"context": ${context}, "actions": ["talk", "flee"]}`;
    const response = await fetch(url + DECIDE, posting(body));
    expect(await response.json()).toMatchObject({ action: 'flee' });
    expect(model.calls[0]?.data).toMatchObject({ situation: expect.stringContaining('enemy orc') });
  });
});

describe('a model server that counts nonsense', () => {
  it.each(['1e300', '-1', '"10"', '1e400'])('%s tokens are counted for it', async (count) => {
    const { url } = await serve(modelServer(model));
    const message = { role: 'assistant', content: '{"text": "Well met."}' };
    const usage = JSON.stringify({ prompt_tokens: 7, completion_tokens: 7 }).replaceAll('7', count);
    model.fail(
      behaviours.raw(
        `{"choices": [{"index": 0, "message": ${JSON.stringify(message)}}], "usage": ${usage}}`,
        {
          headers: { 'content-type': 'application/json' },
        },
      ),
    );
    const { body } = await post(url + DIALOGUE, { message: 'Hello' });
    const { prompt, completion } = body['tokens'] as { prompt: number; completion: number };
    expect(body['provider']).toBe('openai');
    expect(prompt).toBeGreaterThan(100);
    expect(prompt).toBeLessThan(10_000);
    expect(completion).toBe(6);
  });
});

describe('a database that says nothing any more', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  beforeAll(async () => {
    database = await createTestDatabase();
    await database.loadSqlFile(SCHEMA);
    proxy = await TcpProxy.start(database.settings);
  });
  afterAll(async () => {
    await proxy.close();
    await database.drop();
  });

  it('at the start: health tells it from the beginning', async () => {
    proxy.stall();
    try {
      const { url } = await serve(
        {},
        databaseOf({ ...database.settings, host: proxy.host, port: proxy.port }),
      );
      const health = await (await fetch(`${url}/api/v1/health`)).json();
      expect(health).toMatchObject({
        status: 'degraded',
        reason: expect.stringMatching(/^NPCs remember nothing/),
      });
    } finally {
      proxy.resume();
    }
  });

  it('a fact is refused within the deadline: 503, and told when the worker comes again', async () => {
    const { url } = await serve({}, databaseOf({ ...database.settings, host: proxy.host, port: proxy.port }));
    const tell = (headers: Record<string, string>) =>
      post(`${url}/api/v1/npc/facts`, { npc_id: 'guard', player_id: 9, fact: 'Ana paid.' }, headers);
    expect((await tell({})).status).toBe(200);
    proxy.stall();
    try {
      const answered = await tell({ 'X-Deadline-Ms': '500' });
      expect(answered).toEqual(refused(503, 'unavailable', /memory did not answer within 500 ms/));
    } finally {
      proxy.resume();
    }
    // The worker tries a 503 again: until what was under way when the database fell silent is over.
    await expect.poll(async () => (await tell({})).body).toMatchObject({ facts: 1 });
  });

  it.each(['GET', 'DELETE'])('%s of the memory is answered within the deadline: 503', async (method) => {
    const { url } = await serve({}, databaseOf({ ...database.settings, host: proxy.host, port: proxy.port }));
    const path = `${url}/api/v1/npc/sage-of-prontera/memory?player_id=7`;
    const ask = (headers: Record<string, string>) => fetch(path, { method, headers });
    expect((await ask({})).status).toBe(200);
    proxy.stall();
    try {
      const response = await ask({ 'X-Deadline-Ms': '500' });
      const answered = { status: response.status, body: await response.json() };
      expect(answered).toEqual(refused(503, 'unavailable', /memory did not answer within 500 ms/));
      expect((await ask({ 'X-Deadline-Ms': 'soon' })).status).toBe(400);
    } finally {
      proxy.resume();
    }
  });
});
