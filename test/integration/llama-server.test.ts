import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MODEL_SERVER } from '../../src/config/service-schema.ts';
import { defaultsOf } from '../../src/config/setting.ts';
import { fetchLlamaServer, type LlamaServer, startLlamaServer } from '../support/llama-server.ts';
import { meanOf, SAGE, TALKS, talkAsFriend, WALKS, YOUNG_TALKS } from '../support/old-friend.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { startTimingsProxy, type TimingsProxy } from '../support/timings-proxy.ts';
import { DIALOGUE, databaseOf, post, SCHEMA, useServices } from './support/service-under-test.ts';

/** Half a minute on a busy machine. */
const TALKS_TIMEOUT_MS = 300_000;
const FETCH_TIMEOUT_MS = 600_000;
/** The sampler's, so that the model with its random weights writes the same in each run. */
const SEED = ['--seed', '1'];
let root: string | undefined;
let reason = '';
beforeAll(async () => {
  root = await fetchLlamaServer().catch((error: Error) => {
    reason = error.message;
    process.stderr.write(`left out: no real llama.cpp server was asked, as ${reason}\n`);
    return undefined;
  });
}, FETCH_TIMEOUT_MS);

const serve = useServices();
let database: TestDatabase;
let llama: LlamaServer | undefined;
let proxy: TimingsProxy | undefined;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.loadSqlFile(SCHEMA);
});
afterEach(async () => {
  await proxy?.close();
  await llama?.stop();
  await database.drop();
  proxy = undefined;
  llama = undefined;
});

/** A service whose model is a real server; undefined where there is none, and then the reason is one of the network's. */
async function serveWithLlama(args: readonly string[]) {
  if (root === undefined) {
    expect(reason).toMatch(/^llama\.cpp cannot be had: /);
    return undefined;
  }
  llama = await startLlamaServer(root, [...SEED, ...args]);
  proxy = await startTimingsProxy(llama.url);
  const modelServer = {
    ...defaultsOf(MODEL_SERVER),
    ...{ url: `${proxy.url}/v1`, model: 'tiny', isWarmedUp: false },
  };
  const settings = { modelServer, modelTimeoutSeconds: 60, deadlineMs: 60_000 };
  const { url } = await serve(settings, databaseOf(database.settings));
  return { url, proxy };
}

describe('a real llama.cpp server', () => {
  it('answers a dialogue, a decision and an emotion in the form of their schemas', async () => {
    const served = await serveWithLlama(['--ctx-size', '4096', '--parallel', '1']);
    if (served === undefined) return;
    const { url } = served;
    const npc = { npc_id: SAGE, player_id: 7 };
    const dialogue = await post(`${url}${DIALOGUE}`, { ...npc, message: 'Where am I?', options: ['Yes'] });
    expect(dialogue.body).toMatchObject({ provider: 'openai', model: 'tiny', text: expect.any(String) });
    await post(`${url}/api/v1/npc/decide`, { ...npc, context: { hp: 5 }, actions: ['flee', 'fight'] });
    await post(`${url}/api/v1/npc/emotion`, { ...npc, event: 'A song' });
    expect(served.proxy.statuses).toEqual([200, 200, 200]);
  });

  it.each(WALKS)(
    'reads at most 150 new tokens a talk of a player who %s',
    async (_, walk) => {
      const served = await serveWithLlama(['--ctx-size', '16384', '--parallel', '4']);
      if (served === undefined) return;
      const providers = await talkAsFriend(`${served.url}${DIALOGUE}`, walk);
      expect(new Set(providers)).toEqual(new Set(['openai']));
      expect(served.proxy.timings).toHaveLength(TALKS);
      const read = served.proxy.timings.slice(YOUNG_TALKS).map(({ prompt_n }) => prompt_n);
      expect(meanOf(read)).toBeLessThanOrEqual(150);
    },
    TALKS_TIMEOUT_MS,
  );

  it(
    'answers an old friend with 1,024 tokens a slot, and is never asked for more than that',
    async () => {
      const served = await serveWithLlama(['--ctx-size', '1024', '--parallel', '1']);
      if (served === undefined) return;
      const [, [, walk]] = WALKS;
      const providers = await talkAsFriend(`${served.url}${DIALOGUE}`, walk);
      expect(providers.at(-1)).toBe('openai');
      expect(new Set(served.proxy.statuses)).toEqual(new Set([200]));
    },
    TALKS_TIMEOUT_MS,
  );
});
