import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { createService } from '../../src/service/server.ts';
import { behaviours } from '../support/ai-stub.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type ModelStub, startModelStub } from '../support/model-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { useWorkers } from '../support/worker-process.ts';
import {
  DIALOGUE,
  databaseOf,
  modelServer,
  post,
  remembered,
  useServices,
} from './support/service-under-test.ts';

const SAGE = 'sage-of-prontera';
const queue = useQueue();
const startWorker = useWorkers();
const serve = useServices();
let model: ModelStub;

beforeAll(async () => {
  model = await startModelStub();
});
afterAll(() => model.close());
afterEach(async () => {
  model.clear();
  await queue().database.query('DELETE FROM ai_npc_memory');
  await queue().clear();
});

const FILTERED = behaviours.status(400, {
  body: { error: { message: 'The prompt was filtered', code: 'content_filter' } },
});
const RUDE = 'something rude';

async function answerOf(id: number): Promise<Record<string, unknown>> {
  const [row] = await queue().database.query<{ response_data: string }[]>(
    'SELECT response_data FROM ai_responses WHERE request_id = ?',
    [id],
  );
  return JSON.parse(row?.response_data ?? '{}') as Record<string, unknown>;
}

describe('one player of a hundred whose lines the model server refuses', () => {
  it.each(['scripted', 'none'] as const)('changes nothing for the others (fallback %s)', async (fallback) => {
    model.failIf(({ user }) => user.includes(RUDE), FILTERED);
    const { url } = await serve({ ...modelServer(model), fallback }, databaseOf(queue().settings));
    await startWorker(queue().settings, { AI_SERVICE_BASE_URL: url, CONCURRENCY: '20' }).started();

    const ids: number[] = [];
    for (let player = 0; player < 100; player += 1) {
      const lines = player === 0 ? Array<string>(12).fill(RUDE) : ['Is the road safe?'];
      for (const message of lines) {
        const data = JSON.stringify({ npc_id: SAGE, player_id: player, message });
        ids.push(await queue().insertOne(DIALOGUE, { data }));
      }
    }
    await queue().waitForCounts({ completed: ids.length }, 40_000);

    const answers = await Promise.all(ids.map(answerOf));
    const [refused, others] = [answers.slice(0, 12), answers.slice(12)];
    for (const answer of refused) expect(answer).toMatchObject({ limited: 'refused', provider: 'scripted' });
    for (const answer of others) expect(answer).toMatchObject({ provider: 'openai' });
    expect(others.some((answer) => 'limited' in answer)).toBe(false);
    // One call each, and none is made again.
    expect(model.calls).toHaveLength(ids.length);
    const [attempts] = await queue().database.query<{ most: number }[]>(
      'SELECT MAX(attempts) AS most FROM ai_requests',
    );
    expect(attempts).toEqual({ most: 1 });
    const health = (await (await fetch(`${url}/api/v1/health`)).json()) as unknown;
    expect(health).toMatchObject({ status: 'ok', provider: 'openai' });
  });

  it('is never remembered as said, and never told to the model again', async () => {
    model.failIf(({ data }) => data['says'] === RUDE, FILTERED);
    const { url } = await serve(modelServer(model), databaseOf(queue().settings));
    const say = (message: string) => post(`${url}${DIALOGUE}`, { npc_id: SAGE, player_id: 5, message });
    expect((await say('I seek my brother')).body).toMatchObject({ provider: 'openai' });
    expect((await say(RUDE)).body).toMatchObject({ limited: 'refused' });
    await expect.poll(() => remembered(url, SAGE, 5), { timeout: 5_000 }).toHaveLength(1);
    expect((await say('What did I tell you?')).body).toMatchObject({
      text: 'You told me "I seek my brother".',
    });
    await expect.poll(() => remembered(url, SAGE, 5), { timeout: 5_000 }).toHaveLength(2);
    expect(JSON.stringify(await remembered(url, SAGE, 5))).not.toContain(RUDE);
    expect(model.calls.at(-1)?.body).not.toContain(RUDE);
  });

  it('an event and a situation that are refused are thought over by the offline brain', async () => {
    model.fail(FILTERED);
    const { url } = await serve({ ...modelServer(model), fallback: 'none' });
    const decided = await post(`${url}/api/v1/npc/decide`, { context: 'orcs', actions: ['flee'] });
    expect(decided).toMatchObject({ status: 200, body: { action: 'flee' } });
    const felt = await post(`${url}/api/v1/npc/emotion`, { event: 'A gift' });
    expect(felt.status).toBe(200);
    expect(model.calls).toHaveLength(2);
  });
});

describe('a model server that asks for fewer calls', () => {
  it('gets none before Retry-After is over, and callers are told when to come again', async () => {
    const clock = new FakeClock();
    const logger = createLogger({ level: 'error', format: 'json', fd: 2 });
    logger.level = 'silent';
    const settings = { ...modelServer(model), fallback: 'none' } as const;
    const service = createService({ port: 0, logger, clock, settings });
    const { url } = await service.start();
    const say = () => fetch(`${url}${DIALOGUE}`, { method: 'POST', body: '{"message":"Hello"}' });
    try {
      model.fail(behaviours.status(429, { retryAfter: '5' }));
      const first = await say();
      expect([first.status, first.headers.get('retry-after')]).toEqual([429, '5']);
      expect(await first.json()).toMatchObject({ error: { code: 'model_busy' } });
      model.clear();
      await clock.advance(4_999);
      const second = await say();
      expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
      expect(model.calls).toHaveLength(0);
      expect(await (await fetch(`${url}/api/v1/health`)).json()).toMatchObject({ status: 'ok' });
      await clock.advance(1);
      expect((await say()).status).toBe(200);
      expect(model.calls).toHaveLength(1);
    } finally {
      await service.stop();
    }
  });

  it('through the worker: the request lives on, its attempt is given back, and the model answers it', async () => {
    model.fail(behaviours.status(429, { retryAfter: '2' }));
    const { url } = await serve({ ...modelServer(model), fallback: 'none' });
    await startWorker(queue().settings, { AI_SERVICE_BASE_URL: url }).started();
    const id = await queue().insertOne(DIALOGUE);
    await expect.poll(() => model.calls.length, { timeout: 10_000 }).toBe(1);
    const [busy] = model.calls;
    model.clear();
    await queue().waitForStatus(id, 'completed', 20_000);
    expect(await answerOf(id)).toMatchObject({ provider: 'openai' });
    const [answered, ...others] = model.calls;
    expect(others).toEqual([]);
    // The only bound of time that means something: not before. Timers may be a few milliseconds early.
    expect(answered!.atMs - busy!.atMs).toBeGreaterThan(1_990);
    expect(await queue().request(id)).toMatchObject({ attempts: 1 });
  });

  it('with a fallback the offline brain answers at once, and health is well', async () => {
    model.fail(behaviours.status(429, { retryAfter: '60' }));
    const { url } = await serve(modelServer(model));
    for (let call = 0; call < 12; call += 1) {
      const { body } = await post(`${url}${DIALOGUE}`, { message: 'Hello' });
      expect(body).toMatchObject({ provider: 'scripted' });
      expect(body).not.toHaveProperty('limited');
    }
    expect(model.calls).toHaveLength(1);
    expect(await (await fetch(`${url}/api/v1/health`)).json()).toMatchObject({ status: 'ok' });
  });
});

describe('a model that is loaded on demand', () => {
  const warmed = () => {
    const { modelServer: server } = modelServer(model);
    return { modelServer: server === null ? null : { ...server, isWarmedUp: true } };
  };
  const statusOf = async (url: string) => {
    const health = (await (await fetch(`${url}/api/v1/health`)).json()) as { status: string };
    return health.status;
  };

  it('is loaded by one call that outlives every wait; the talk after it is answered by the model', async () => {
    let load: () => void = () => undefined;
    const loaded = new Promise<void>((resolve) => {
      load = resolve;
    });
    let begun = 0;
    let ended = 0;
    // Whoever hangs up ends the load with it, as Ollama does.
    model.fail((call, response) => {
      begun += 1;
      response.on('close', () => {
        if (!response.writableEnded) ended += 1;
      });
      void loaded.then(() => behaviours.json({ choices: [{ message: { content: 'Hi' } }] })(call, response));
    });
    const { url } = await serve(warmed());
    expect(await statusOf(url)).toBe('loading');
    const talk = () => post(`${url}${DIALOGUE}`, { message: 'Hello' }, { 'X-Deadline-Ms': '300' });
    for (let call = 0; call < 3; call += 1) {
      expect(await talk()).toMatchObject({ status: 200, body: { limited: 'loading', provider: 'scripted' } });
    }
    load();
    await expect.poll(() => statusOf(url), { timeout: 5_000 }).toBe('ok');
    expect([begun, ended, model.calls.length, model.warmUps.length]).toEqual([1, 0, 0, 1]);
    model.clear();
    expect((await post(`${url}${DIALOGUE}`, { message: 'Hello' })).body).toMatchObject({
      provider: 'openai',
    });
  });

  it('and whose server says so, is waited for', async () => {
    model.fail(behaviours.status(503, { body: { error: { message: 'Loading model', code: 503 } } }));
    const { url } = await serve(warmed());
    await expect.poll(() => statusOf(url), { timeout: 5_000 }).toBe('loading');
    const { body } = await post(`${url}${DIALOGUE}`, { message: 'Hello' });
    expect(body).toMatchObject({ limited: 'loading' });
    expect(model.calls).toHaveLength(0);
    model.clear();
    await expect.poll(() => statusOf(url), { timeout: 10_000 }).toBe('ok');
    expect((await post(`${url}${DIALOGUE}`, { message: 'Hello' })).body).toMatchObject({
      provider: 'openai',
    });
  });
});
