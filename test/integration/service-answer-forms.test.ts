import { describe, expect, it } from 'vitest';
import { behaviours } from '../support/ai-stub.ts';
import { ANSWER_FORMS, completionOf, questionOf } from '../support/answer-forms/all.ts';
import { type AnswerForm, PLAYER, SECRET } from '../support/answer-forms/form.ts';
import { startCli, urlOf, useCli } from '../support/cli-process.ts';
import { useModelWay } from '../support/model-way.ts';
import { DIALOGUE, post } from './support/service-under-test.ts';

const SAGE = 'sage-of-prontera';
const way = useModelWay();
useCli();

/** From now on the model answers "form 12" as the twelfth form has it. */
function answerInForms(): void {
  way.model.fail((call, response) => {
    const at = Number(/form (\d+)/.exec(call.body)?.[1]);
    behaviours.json(completionOf(ANSWER_FORMS[at]!))(call, response);
  });
}

function questionAbout(at: number) {
  return { ...questionOf(at), player_id: `p${at}` };
}

/** The forms whose answer is another one than it should be. */
function misreadIn(answers: readonly Record<string, unknown>[]): unknown[] {
  return answers.flatMap((answer, at) => {
    const { from, says } = ANSWER_FORMS[at] as AnswerForm;
    const { text, provider } = answer;
    const isRight = says === null ? provider === 'scripted' : provider === 'openai' && text === says;
    return isRight && !JSON.stringify(answer).toLowerCase().includes(SECRET) ? [] : [{ from, says, answer }];
  });
}

describe('every form of an answer gives the right words, or those of the offline brain', () => {
  it('over HTTP', async () => {
    answerInForms();
    const { url } = await way.serve({}, { hasMemory: false });
    const answers: Record<string, unknown>[] = [];
    for (const at of ANSWER_FORMS.keys()) {
      const { status, body } = await post(`${url}${DIALOGUE}`, questionAbout(at));
      expect(status).toBe(200);
      answers.push(body);
    }
    expect(misreadIn(answers)).toEqual([]);
    expect(way.model.calls).toHaveLength(ANSWER_FORMS.length);
  });

  it('through queue, worker and service, and no thought is remembered', async () => {
    answerInForms();
    const { url } = await way.serve();
    await way.startWorker(url);
    for (const at of ANSWER_FORMS.keys()) {
      await way.queue.insertOne(DIALOGUE, {
        lifeSeconds: 600,
        data: JSON.stringify(questionAbout(at)),
      });
    }
    await way.queue.waitForCounts({ completed: ANSWER_FORMS.length }, 50_000);

    const rows = await way.queue.database.query<{ response_data: string }[]>(
      'SELECT response_data FROM ai_responses ORDER BY request_id',
    );
    const answers = rows.map((row) => JSON.parse(row.response_data) as Record<string, unknown>);
    expect(misreadIn(answers)).toEqual([]);

    const recall = () =>
      way.queue.database.query<{ player_id: string; answered: string }[]>(
        "SELECT player_id, said, answered FROM ai_npc_memory WHERE kind <> 'folded'",
      );
    // A turn is remembered when its answer has reached the worker: a moment later.
    await expect.poll(recall).toHaveLength(ANSWER_FORMS.length);
    const remembered = await recall();
    expect(JSON.stringify(remembered).toLowerCase()).not.toContain(SECRET);
    const wordsOf = new Map(remembered.map(({ player_id, answered }) => [player_id, answered]));
    for (const [at, { says }] of ANSWER_FORMS.entries()) {
      if (says !== null) expect(wordsOf.get(`p${at}`)).toBe(says);
    }
  });
});

it('each reading stands in the debug log, without a word of it', async () => {
  way.model.write(`<think>He is ${SECRET} tired.</think>{"text": "Come in, ${PLAYER}."}`);
  const env = { AI_PROVIDER_URL: way.model.url, AI_MODEL: 'tiny', LOG_LEVEL: 'debug', LOG_FORMAT: 'json' };
  const service = startCli(['service', '--port', '0'], { env });
  const url = await urlOf(service);
  await post(`${url}${DIALOGUE}`, questionAbout(0));
  await expect.poll(() => service.stderr).toContain('Read what the model wrote');
  const line = service.stderr.split('\n').find((one) => one.includes('Read what the model wrote'))!;
  expect(JSON.parse(line)).toMatchObject({
    level: 'DEBUG',
    persona: SAGE,
    model: 'tiny',
    evidence: ['text after closed thoughts', 'JSON as asked'],
    left_out: [{ why: 'thoughts', characters: expect.any(Number) }],
  });
  expect(service.stderr).not.toMatch(new RegExp(`${SECRET}|Come in|form 0`));
});
