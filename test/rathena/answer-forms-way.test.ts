import { expect, it } from 'vitest';
import { behaviours } from '../support/ai-stub.ts';
import { ANSWER_FORMS, completionOf, questionOf } from '../support/answer-forms/all.ts';
import { SECRET } from '../support/answer-forms/form.ts';
import { useModelWay } from '../support/model-way.ts';
import { useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const way = useModelWay();
const ENDED_WITHIN_MS = 60_000;
const LIFE_SECONDS = 300;

it('every form of an answer reaches the script as its right words, or as those of the offline brain', async () => {
  way.model.fail((call, response) => {
    const at = Number(/form (\d+)/.exec(call.body)?.[1]);
    behaviours.json(completionOf(ANSWER_FORMS[at]!))(call, response);
  });
  const { url } = await way.serve();
  await way.startWorker(url);
  const server = await startMapServer(way.queue.settings);

  const ids: number[] = [];
  for (const at of ANSWER_FORMS.keys()) {
    const args = ['dialogue', '/api/v1/npc/dialogue', JSON.stringify(questionOf(at)), 5, LIFE_SECONDS];
    ids.push(await server.number('ai_db_request', ...args));
  }

  const misread: object[] = [];
  for (const [at, { from, says }] of ANSWER_FORMS.entries()) {
    const answer = await server.text('ai_db_response', ids[at]!, ENDED_WITHIN_MS);
    const text = await server.text('ai_json_get', answer, 'text');
    const provider = await server.text('ai_json_get', answer, 'provider');
    const isRight =
      says === null ? provider === 'scripted' && text !== '' : provider === 'openai' && text === says;
    if (!isRight || answer.toLowerCase().includes(SECRET)) misread.push({ from, says, answer });
  }
  expect(misread).toEqual([]);
});
