import { describe, expect, it } from 'vitest';
import { meanOf, SAGE, TALKS, talkAsFriend, WALKS, YOUNG_TALKS } from '../support/old-friend.ts';
import { useLlama } from './support/llama-under-test.ts';
import { DIALOGUE, post } from './support/service-under-test.ts';

/** Half a minute on a busy machine. */
const TALKS_TIMEOUT_MS = 300_000;

const ACTIONS = ['flee', 'fight', 'hide', 'call for help', 'pray', 'bargain'];
const ROUNDS = ACTIONS.length;
/** How likely the end of a text is cannot be bounded by a schema that all servers take. */
const SOON_ENDED = [['."', 5]];

const serveWithLlama = useLlama();

interface Asked {
  readonly response_format: { readonly type: string; readonly json_schema: { readonly name: string } };
}

describe('a real llama.cpp server', () => {
  it('answers what it is asked with nothing but what the schemas let it write', async () => {
    const args = ['--ctx-size', '4096', '--parallel', '1'];
    const served = await serveWithLlama(args, { body: { logit_bias: SOON_ENDED } });
    if (served === undefined) return;
    const { url, proxy } = served;
    const npc = { npc_id: SAGE, player_id: 7 };
    const written = () => JSON.parse(proxy.contents.at(-1) ?? '') as Record<string, string>;

    const { body } = await post(`${url}${DIALOGUE}`, { ...npc, message: 'Where am I?', options: ['Yes'] });
    expect(body).toMatchObject({ provider: 'openai', model: 'tiny', emotion: written()['emotion'] });
    expect(body['text']).toBe(written()['text']?.trim());

    // Random weights would choose any number, and write it without an end.
    for (let count = 1; count <= ROUNDS; count += 1) {
      const actions = ACTIONS.slice(0, count);
      const decision = await post(`${url}/api/v1/npc/decide`, { ...npc, context: { hp: 5 }, actions });
      const { choice, reason, confidence } = written();
      expect(decision.body).toMatchObject({
        action: actions[Number(choice) - 1],
        reason: reason?.trim(),
        confidence: Number(confidence),
      });
      const event = `${count} songs`;
      const emotion = await post(`${url}/api/v1/npc/emotion`, { ...npc, event });
      const felt = written();
      expect(emotion.body).toMatchObject({
        emotion: felt['emotion'],
        intensity: Number(felt['intensity']),
        valence: Number(felt['valence']),
      });
    }

    const asked = proxy.bodies.map((body) => (JSON.parse(body) as Asked).response_format);
    expect(asked.map(({ type }) => type)).toEqual(asked.map(() => 'json_schema'));
    expect(new Set(asked.map(({ json_schema }) => json_schema.name))).toEqual(
      new Set(['npc_speaks', 'npc_decides', 'npc_feels']),
    );
    expect(new Set(proxy.statuses)).toEqual(new Set([200]));
    const health = (await (await fetch(`${url}/api/v1/health`)).json()) as { models: object[] };
    expect(health.models).toMatchObject([{ answers: 1 + 2 * ROUNDS, failures: 0 }]);
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
