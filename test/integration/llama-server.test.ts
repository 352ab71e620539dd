import { describe, expect, it } from 'vitest';
import { meanOf, SAGE, TALKS, talkAsFriend, WALKS, YOUNG_TALKS } from '../support/old-friend.ts';
import { useLlama } from './support/llama-under-test.ts';
import { DIALOGUE, post } from './support/service-under-test.ts';

/** Half a minute on a busy machine. */
const TALKS_TIMEOUT_MS = 300_000;

const serveWithLlama = useLlama();

interface Asked {
  readonly response_format: { readonly type: string; readonly json_schema: { readonly name: string } };
}

describe('a real llama.cpp server', () => {
  it('answers a dialogue, a decision and an emotion in the form of their schemas', async () => {
    const served = await serveWithLlama(['--ctx-size', '4096', '--parallel', '1']);
    if (served === undefined) return;
    const { url } = served;
    const npc = { npc_id: SAGE, player_id: 7 };
    const dialogue = await post(`${url}${DIALOGUE}`, { ...npc, message: 'Where am I?', options: ['Yes'] });
    expect(dialogue.body).toMatchObject({ provider: 'openai', model: 'tiny', text: expect.any(String) });
    const decision = await post(`${url}/api/v1/npc/decide`, {
      ...npc,
      ...{ context: { hp: 5 }, actions: ['flee', 'fight'] },
    });
    // Random weights may choose an action that there is none of, or write a number without an end: then the offline
    // brain answers. The server took the question and its schema all the same.
    expect(decision.body).toMatchObject({ action: expect.stringMatching(/^(?:flee|fight)$/) });
    const emotion = await post(`${url}/api/v1/npc/emotion`, { ...npc, event: 'A song' });
    expect(emotion.body).toMatchObject({ emotion: expect.any(String) });
    const asked = served.proxy.bodies.map((body) => (JSON.parse(body) as Asked).response_format);
    expect(asked.map(({ type, json_schema }) => [type, json_schema.name])).toEqual([
      ['json_schema', 'npc_speaks'],
      ['json_schema', 'npc_decides'],
      ['json_schema', 'npc_feels'],
    ]);
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
