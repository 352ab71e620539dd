import { describe, expect, it } from 'vitest';
import { goodAnswer, type ModelCall } from '../support/model-stub.ts';
import { useModelWay } from '../support/model-way.ts';
import { DIALOGUE, modelServer, post } from './support/service-under-test.ts';

const SAGE = 'sage-of-prontera';
/** One more than stay word for word. */
const TALKS = 29;
const WRITTEN = 'I sell apples. My name is Bruno.';
const way = useModelWay();

function isSummary({ request }: ModelCall): boolean {
  return request.response_format?.json_schema?.name === 'npc_remembers';
}

const summariesAsked = () => way.model.calls.filter(isSummary).length;

/** A model that answers, and tells older talks so. */
function tellSo(summary: string): void {
  way.model.write((call) => (isSummary(call) ? summary : goodAnswer(call)));
}

async function talkOften(url: string, player: number): Promise<void> {
  for (let talk = 1; talk <= TALKS; talk += 1) {
    const said = { npc_id: SAGE, player_id: player, message: `I have ${talk} apples` };
    expect((await post(`${url}${DIALOGUE}`, said)).body).toMatchObject({ provider: 'openai' });
  }
}

async function memoryOf(url: string, player: number) {
  const response = await fetch(`${url}/api/v1/npc/${SAGE}/memory?player_id=${player}`);
  return (await response.json()) as { summary: string | null; turns: unknown[] };
}

describe('with AI_SUMMARY_MODEL', () => {
  it('older talks are told in short by the model when nobody talks, and the next prompts have it', async () => {
    tellSo(JSON.stringify({ text: WRITTEN }));
    const { url } = await way.serve({ summaryModel: 'default' });
    await talkOften(url, 1);
    await expect.poll(async () => (await memoryOf(url, 1)).summary).toBe('I sell apples.\nMy name is Bruno.');
    expect((await memoryOf(url, 1)).turns).toHaveLength(8);
    expect(summariesAsked()).toBe(1);
    await post(`${url}${DIALOGUE}`, { npc_id: SAGE, player_id: 1, message: 'Hello' });
    const { earlier } = way.model.calls.at(-1)!.data as { earlier: { summary: string } };
    expect(earlier.summary).toBe(WRITTEN);
  });

  it('a model of its own is asked, and no other', async () => {
    tellSo(JSON.stringify({ text: WRITTEN }));
    const { modelServer: first } = modelServer(way.model);
    const models = { notes: { ...first!, model: 'notes', timeoutSeconds: null } };
    const { url } = await way.serve({ models, summaryModel: 'notes' });
    await talkOften(url, 2);
    await expect.poll(async () => (await memoryOf(url, 2)).summary).toMatch(/^I sell apples/);
    const asked = way.model.calls.map((call) => [isSummary(call), call.request.model]);
    expect(asked.filter(([isOne]) => isOne)).toEqual([[true, 'notes']]);
    expect(asked.some(([isOne, model]) => !isOne && model === 'notes')).toBe(false);
  });

  it('what rules made stays where the model gives nothing but thoughts', async () => {
    tellSo('<think>He sells apples, I suppose. {"text": "He sells apples."}');
    const { url } = await way.serve({ summaryModel: 'default' });
    await talkOften(url, 3);
    const { summary } = await memoryOf(url, 3);
    await expect.poll(summariesAsked).toBe(1);
    expect((await post(`${url}${DIALOGUE}`, { npc_id: SAGE, player_id: 4, message: 'Hi' })).status).toBe(200);
    expect(summary).toMatch(/^I have 1 apples\n/);
    expect((await memoryOf(url, 3)).summary).toBe(summary);
    expect(await (await fetch(`${url}/api/v1/health`)).json()).toMatchObject({ status: 'ok' });
  });

  it('it is given up when a player talks, who is answered, and made later', async () => {
    let cut = 0;
    way.model.failIf(isSummary, (_, response) => {
      response.on('close', () => {
        cut += 1;
      });
    });
    const { modelServer: server } = modelServer(way.model);
    const { url } = await way.serve({ modelServer: { ...server!, slots: 1 }, summaryModel: 'default' });
    await talkOften(url, 5);
    await expect.poll(summariesAsked).toBe(1);
    expect(cut).toBe(0);
    const { body } = await post(`${url}${DIALOGUE}`, { npc_id: SAGE, player_id: 6, message: 'Hi' });
    expect(body).toMatchObject({ provider: 'openai' });
    await expect.poll(() => cut).toBe(1);
    way.model.clear();
    tellSo(JSON.stringify({ text: WRITTEN }));
    await expect.poll(async () => (await memoryOf(url, 5)).summary).toMatch(/^I sell apples/);
  });
});

it('without it no model is asked for a summary', async () => {
  tellSo(JSON.stringify({ text: WRITTEN }));
  const { url } = await way.serve();
  await talkOften(url, 7);
  expect((await memoryOf(url, 7)).summary).toMatch(/^I have 1 apples\n/);
  expect(summariesAsked()).toBe(0);
});
