import { describe, expect, it } from 'vitest';
import { createLogger, descriptor } from '../../src/base/logger.ts';
import { createService } from '../../src/service/server.ts';
import { behaviours } from '../support/ai-stub.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { posting } from '../support/json-body.ts';
import { useModelWay } from '../support/model-way.ts';
import { DIALOGUE, modelServer, post, remembered } from './support/service-under-test.ts';

const SAGE = 'sage-of-prontera';
const way = useModelWay();

const FILTERED = behaviours.status(400, {
  body: { error: { message: 'The prompt was filtered', code: 'content_filter' } },
});
const RUDE = 'something rude';

describe('one player of a hundred whose lines the model server refuses', () => {
  it.each(['scripted', 'none'] as const)('changes nothing for the others (fallback %s)', async (fallback) => {
    way.model.failIf(({ user }) => user.includes(RUDE), FILTERED);
    const { url } = await way.serve({ fallback });
    await way.startWorker(url, { CONCURRENCY: '20' });

    const ids: number[] = [];
    for (let player = 0; player < 100; player += 1) {
      const lines = player === 0 ? Array<string>(12).fill(RUDE) : ['Is the road safe?'];
      for (const message of lines) {
        const data = JSON.stringify({ npc_id: SAGE, player_id: player, message });
        ids.push(await way.queue.insertOne(DIALOGUE, { data }));
      }
    }
    await way.queue.waitForCounts({ completed: ids.length }, 40_000);

    const answers = await Promise.all(ids.map(way.answerOf));
    const [refused, others] = [answers.slice(0, 12), answers.slice(12)];
    for (const answer of refused) expect(answer).toMatchObject({ limited: 'refused', provider: 'scripted' });
    for (const answer of others) expect(answer).toMatchObject({ provider: 'openai' });
    expect(others.some((answer) => 'limited' in answer)).toBe(false);
    // One call each, and none is made again.
    expect(way.model.calls).toHaveLength(ids.length);
    const [attempts] = await way.queue.database.query<{ most: number }[]>(
      'SELECT MAX(attempts) AS most FROM ai_requests',
    );
    expect(attempts).toEqual({ most: 1 });
    const health = (await (await fetch(`${url}/api/v1/health`)).json()) as unknown;
    expect(health).toMatchObject({ status: 'ok', provider: 'openai' });
  });

  it('is never remembered as said, and never told to the model again', async () => {
    way.model.failIf(({ data }) => data['says'] === RUDE, FILTERED);
    const { url } = await way.serve();
    const say = (message: string) => post(`${url}${DIALOGUE}`, { npc_id: SAGE, player_id: 5, message });
    expect((await say('I seek my brother')).body).toMatchObject({ provider: 'openai' });
    expect((await say(RUDE)).body).toMatchObject({ limited: 'refused' });
    await expect.poll(() => remembered(url, SAGE, 5)).toHaveLength(1);
    expect((await say('What did I tell you?')).body).toMatchObject({
      text: 'You told me "I seek my brother".',
    });
    await expect.poll(() => remembered(url, SAGE, 5)).toHaveLength(2);
    expect(JSON.stringify(await remembered(url, SAGE, 5))).not.toContain(RUDE);
    expect(way.model.calls.at(-1)?.body).not.toContain(RUDE);
  });

  it('an event and a situation that are refused are thought over by the offline brain', async () => {
    way.model.fail(FILTERED);
    const { url } = await way.serve({ fallback: 'none' }, { hasMemory: false });
    const decided = await post(`${url}/api/v1/npc/decide`, { context: 'orcs', actions: ['flee'] });
    expect(decided).toMatchObject({ status: 200, body: { action: 'flee' } });
    const felt = await post(`${url}/api/v1/npc/emotion`, { event: 'A gift' });
    expect(felt.status).toBe(200);
    expect(way.model.calls).toHaveLength(2);
  });
});

describe('a model server that asks for fewer calls', () => {
  it('gets none before Retry-After is over, and callers are told when to come again', async () => {
    const clock = new FakeClock();
    const logger = createLogger({ level: 'error', format: 'json', to: descriptor(2) });
    logger.level = 'silent';
    const settings = { ...modelServer(way.model), fallback: 'none' } as const;
    const service = createService({ port: 0, logger, clock, settings });
    const { url } = await service.start();
    const say = () => fetch(`${url}${DIALOGUE}`, posting('{"message":"Hello"}'));
    try {
      way.model.fail(behaviours.status(429, { retryAfter: '5' }));
      const first = await say();
      expect([first.status, first.headers.get('retry-after')]).toEqual([429, '5']);
      expect(await first.json()).toMatchObject({ error: { code: 'model_busy' } });
      way.model.clear();
      await clock.advance(4_999);
      const second = await say();
      expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
      expect(way.model.calls).toHaveLength(0);
      expect(await (await fetch(`${url}/api/v1/health`)).json()).toMatchObject({ status: 'ok' });
      await clock.advance(1);
      expect((await say()).status).toBe(200);
      expect(way.model.calls).toHaveLength(1);
    } finally {
      await service.stop();
    }
  });

  it('through the worker: the request lives on, its attempt is given back, and the model answers it', async () => {
    way.model.failIf(() => way.model.calls.length === 1, behaviours.status(429, { retryAfter: '2' }));
    const { url } = await way.serve({ fallback: 'none' }, { hasMemory: false });
    await way.startWorker(url);
    const id = await way.queue.insertOne(DIALOGUE);
    await way.queue.waitForStatus(id, 'completed', 20_000);
    expect(await way.answerOf(id)).toMatchObject({ provider: 'openai' });
    const [busy, answered, ...others] = way.model.calls;
    expect(others).toEqual([]);
    // The only bound of time that means something: not before. Timers may be a few milliseconds early.
    expect(answered!.atMs - busy!.atMs).toBeGreaterThan(1_990);
    expect(await way.queue.request(id)).toMatchObject({ attempts: 1 });
  });

  it('with a fallback the offline brain answers at once, and health is well', async () => {
    way.model.fail(behaviours.status(429, { retryAfter: '60' }));
    const { url } = await way.serve({}, { hasMemory: false });
    for (let call = 0; call < 12; call += 1) {
      const { body } = await post(`${url}${DIALOGUE}`, { message: 'Hello' });
      expect(body).toMatchObject({ provider: 'scripted' });
      expect(body).not.toHaveProperty('limited');
    }
    expect(way.model.calls).toHaveLength(1);
    expect(await (await fetch(`${url}/api/v1/health`)).json()).toMatchObject({ status: 'ok' });
  });
});

describe('a model that is loaded on demand', () => {
  const warmed = () => {
    const { modelServer: server } = modelServer(way.model);
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
    way.model.fail((call, response) => {
      begun += 1;
      response.on('close', () => {
        if (!response.writableEnded) ended += 1;
      });
      void loaded.then(() => behaviours.json({ choices: [{ message: { content: 'Hi' } }] })(call, response));
    });
    const { url } = await way.serve(warmed(), { hasMemory: false });
    expect(await statusOf(url)).toBe('loading');
    const talk = () => post(`${url}${DIALOGUE}`, { message: 'Hello' }, { 'X-Deadline-Ms': '10000' });
    for (let call = 0; call < 3; call += 1) {
      expect(await talk()).toMatchObject({ status: 200, body: { limited: 'loading', provider: 'scripted' } });
    }
    load();
    await expect.poll(() => statusOf(url)).toBe('ok');
    expect([begun, ended, way.model.calls.length, way.model.warmUps.length]).toEqual([1, 0, 0, 1]);
    way.model.clear();
    expect((await post(`${url}${DIALOGUE}`, { message: 'Hello' })).body).toMatchObject({
      provider: 'openai',
    });
  });

  it('and whose server says so, is waited for', async () => {
    way.model.fail(behaviours.status(503, { body: { error: { message: 'Loading model', code: 503 } } }));
    const { url } = await way.serve(warmed(), { hasMemory: false });
    await expect.poll(() => statusOf(url)).toBe('loading');
    const { body } = await post(`${url}${DIALOGUE}`, { message: 'Hello' });
    expect(body).toMatchObject({ limited: 'loading' });
    expect(way.model.calls).toHaveLength(0);
    way.model.clear();
    await expect.poll(() => statusOf(url)).toBe('ok');
    expect((await post(`${url}${DIALOGUE}`, { message: 'Hello' })).body).toMatchObject({
      provider: 'openai',
    });
  });
});
