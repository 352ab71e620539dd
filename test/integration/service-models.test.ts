import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceSettings } from '../../src/config/load.ts';
import { NAMED_MODEL } from '../../src/config/service-schema.ts';
import { defaultsOf } from '../../src/config/setting.ts';
import { OWN_PERSONAS } from '../../src/mind/persona/persona-book.ts';
import { behaviours } from '../support/ai-stub.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type ModelStub, startModelStub } from '../support/model-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { DIALOGUE, databaseOf, modelServer, post, useServices } from './support/service-under-test.ts';

const QUESTS = 'sage-of-prontera';
const CHATTER = 'neutral';
const queue = useQueue();
const serve = useServices();
let good: ModelStub;
let cheap: ModelStub;
let folder: string;

beforeAll(async () => {
  [good, cheap] = await Promise.all([startModelStub(), startModelStub()]);
  folder = await mkdtemp(join(tmpdir(), 'ai-ipc-models-'));
  await copyFile(join(OWN_PERSONAS, 'neutral.yaml'), join(folder, 'neutral.yaml'));
  await writePersona('{server: quests}');
});
afterAll(async () => {
  await Promise.all([good.close(), cheap.close()]);
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  good.clear();
  cheap.clear();
  await queue().database.query('DELETE FROM ai_npc_budget');
  await good.comeBack();
  await cheap.comeBack();
});

/** The sage, whose quests are told by a model of their own. */
async function writePersona(modelSettings: string): Promise<void> {
  const text = await readFile(join(OWN_PERSONAS, `${QUESTS}.yaml`), 'utf8');
  const others = text.replace(/^model_settings:.*\n/m, '');
  await writeFile(join(folder, `${QUESTS}.yaml`), `${others}\nmodel_settings: ${modelSettings}\n`);
}

function named(stub: ModelStub, others: Partial<ServiceSettings['models'][string]> = {}) {
  return { ...defaultsOf(NAMED_MODEL), url: stub.url, model: 'good', isWarmedUp: false, ...others };
}

/** The cheap one for all, the good one for who names it; where that fails, the cheap one. */
function settings(quests: Partial<ServiceSettings['models'][string]> = {}): Partial<ServiceSettings> {
  return {
    ...modelServer(cheap),
    models: { quests: named(good, { fallbacks: ['default'], ...quests }) },
    personasDir: folder,
  };
}

async function say(url: string, npc: string, message = 'Is the road safe?', deadlineMs = 10_000) {
  const headers = { 'X-Deadline-Ms': String(deadlineMs) };
  return await post(`${url}${DIALOGUE}`, { npc_id: npc, player_id: 7, message }, headers);
}

async function healthOf(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(`${url}/api/v1/health`)).json()) as Record<string, unknown>;
}

async function usedByPlayer(): Promise<number> {
  const rows = await queue().database.query<{ tokens: bigint | number }[]>(
    'SELECT tokens FROM ai_npc_budget WHERE player_id = ?',
    ['7'],
  );
  return Number(rows[0]?.tokens ?? 0);
}

describe('two model servers', () => {
  it('answer for the personas that are theirs, each counted for itself', async () => {
    const { url } = await serve(settings());
    expect(await say(url, QUESTS)).toMatchObject({
      status: 200,
      body: { provider: 'openai', model: 'good' },
    });
    expect(await say(url, CHATTER)).toMatchObject({
      status: 200,
      body: { provider: 'openai', model: 'stub' },
    });
    const second = await say(url, CHATTER);
    expect([good.calls.length, cheap.calls.length]).toEqual([1, 2]);
    const { tokens } = second.body as { tokens: { prompt: number; completion: number } };
    const { models } = (await healthOf(url)) as { models: Record<string, unknown>[] };
    expect(models).toMatchObject([
      {
        ...{ server: 'default', model: 'stub', status: 'ok', answers: 2, failures: 0 },
        tokens: { completion: 2 * tokens.completion },
      },
      { server: 'quests', model: 'good', status: 'ok', answers: 1, failures: 0 },
    ]);
  });

  it('step in for each other, and then the offline brain; health names who is down', async () => {
    const { url } = await serve(settings());
    await good.goDown();
    expect((await say(url, QUESTS)).body).toMatchObject({ provider: 'openai', model: 'stub' });
    expect(await healthOf(url)).toMatchObject({
      status: 'degraded',
      reason: expect.stringMatching(/^The model of quests does not answer: .*ECONNREFUSED/),
      ...{ provider: 'openai', model: 'stub' },
      models: [
        { server: 'default', status: 'ok', answers: 1 },
        { server: 'quests', status: 'down', answers: 0, failures: 1, tokens: { prompt: 0, completion: 0 } },
      ],
    });
    await cheap.goDown();
    expect((await say(url, QUESTS)).body).toMatchObject({ provider: 'scripted', model: null });
    await good.comeBack();
    expect((await say(url, QUESTS)).body).toMatchObject({ model: 'good' });
    expect(await healthOf(url)).toMatchObject({
      reason: expect.stringMatching(/^The model of default does not answer/),
      models: [{ status: 'down' }, { status: 'ok' }],
    });
  });

  it('one that is paused for being down pauses nobody else, and is back for all once it answers', async () => {
    const { url } = await serve({ ...settings(), fallback: 'none' });
    await good.goDown();
    for (let talk = 0; talk < 15; talk += 1)
      expect((await say(url, QUESTS)).body).toMatchObject({ model: 'stub' });
    expect((await say(url, CHATTER)).body).toMatchObject({ model: 'stub' });
    expect(await healthOf(url)).toMatchObject({ status: 'degraded', model: 'stub' });
    await good.comeBack();
    await expect.poll(async () => (await say(url, QUESTS)).body['model'], { interval: 200 }).toBe('good');
  });

  it('a silent one leaves the next one time to answer before the deadline', async () => {
    good.fail('never');
    const clock = new FakeClock();
    const { url } = await serve({ ...settings(), fallback: 'none' }, undefined, { clock });
    const answer = say(url, QUESTS, 'Is the road safe?', 3_000);
    await waitFor(() => good.calls.length === 1, { what: 'the call of the first one' });
    // Its time stands still once the next one is asked.
    const isNextAsked = async () => {
      await clock.advance(10);
      return cheap.calls.length === 1;
    };
    await waitFor(isNextAsked, { what: 'the call of the next one' });
    expect((await answer).body).toMatchObject({ model: 'stub' });
    expect([good.calls.length, cheap.calls.length]).toEqual([1, 1]);
  });

  it('count what both spent on one answer, also for the budget of the player', async () => {
    good.write('As an AI language model I have no opinion.');
    const budget = { ...settings(), playerDailyTokens: 1_000_000 };
    const { url } = await serve(budget, databaseOf(queue().settings));
    const { tokens } = (await say(url, QUESTS)).body as { tokens: { prompt: number; completion: number } };
    const { models } = (await healthOf(url)) as { models: { tokens: { prompt: number } }[] };
    const [first, second] = models.map((one) => one.tokens.prompt);
    expect(second).toBeGreaterThan(0);
    expect(tokens.prompt).toBe((first ?? 0) + (second ?? 0));
    await expect.poll(usedByPlayer).toBe(tokens.prompt + tokens.completion);
  });

  it('a message that the first one refuses is not sent to the next one', async () => {
    const body = { error: { message: 'The prompt was filtered', code: 'content_filter' } };
    good.fail(behaviours.status(400, { body }));
    const { url } = await serve(settings());
    expect((await say(url, QUESTS)).body).toMatchObject({ provider: 'scripted', limited: 'refused' });
    expect(cheap.calls).toHaveLength(0);
  });
});

describe('a persona that names', () => {
  afterEach(() => writePersona('{server: quests}'));

  it('a model besides gets it on its own server, and not on the one that steps in', async () => {
    await writePersona('{server: quests, model: large}');
    const { url } = await serve(settings());
    expect((await say(url, QUESTS)).body).toMatchObject({ model: 'large' });
    await good.goDown();
    expect((await say(url, QUESTS)).body).toMatchObject({ model: 'stub' });
    expect(await healthOf(url)).toMatchObject({
      models: [
        { server: 'default', model: 'stub' },
        { server: 'quests', model: 'good', answers: 0 },
        { server: 'quests', model: 'large', answers: 1, failures: 1 },
      ],
    });
  });

  it('a server that is not set is answered by the first one', async () => {
    await writePersona('{server: qests, model: large}');
    const { url } = await serve(settings());
    expect((await say(url, QUESTS)).body).toMatchObject({ provider: 'openai', model: 'stub' });
    expect(good.calls).toHaveLength(0);
  });

  it('no server speaks by its rules where only further ones are set', async () => {
    const { url } = await serve({ ...settings({ fallbacks: [] }), modelServer: null, fallback: 'none' });
    expect((await say(url, CHATTER)).body).toMatchObject({ provider: 'scripted', model: null });
    expect((await say(url, QUESTS)).body).toMatchObject({ provider: 'openai', model: 'good' });
    expect(await healthOf(url)).toMatchObject({ status: 'ok', provider: 'scripted', model: null });
  });
});
