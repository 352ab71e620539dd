import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MODEL_FAULTS, type ModelFault, type ModelStub, startModelStub } from '../support/model-stub.ts';
import { modelServer, post, useServices } from './support/service-under-test.ts';

/** The model's faults that take long last longer than this: the answer does not come from waiting for them. */
const DEADLINE_MS = 2_500;
const SLOW: readonly ModelFault[] = ['late', 'never', 'trickle'];
const BUSY: readonly ModelFault[] = ['rateLimited', 'overloaded'];
/** What may be the format's fault: one call more, of the two, finds out. */
const PROBED: readonly ModelFault[] = ['nullContent', 'serverError'];
const BODIES = {
  '/api/v1/npc/decide': { npc_id: 'sage-of-prontera', context: 'a visitor', actions: ['talk', 'wait'] },
  '/api/v1/npc/emotion': { npc_id: 'sage-of-prontera', event: 'a gift' },
};

const start = useServices();
let model: ModelStub;
beforeAll(async () => {
  model = await startModelStub();
});
afterAll(() => model.close());
beforeEach(() => model.clear());

function refusalFor(fault: ModelFault): [number, string] {
  if (SLOW.includes(fault)) return [504, 'model_timeout'];
  if (BUSY.includes(fault)) return [429, 'model_busy'];
  return fault === 'nullContent' ? [500, 'model_useless'] : [502, 'model_failed'];
}

/** Both endpoints at once, with a deadline as the worker sends it. */
async function askAll(url: string) {
  return await Promise.all(
    Object.entries(BODIES).map(([path, body]) =>
      post(url + path, body, { 'X-Deadline-Ms': `${DEADLINE_MS}` }),
    ),
  );
}

describe('a model server in trouble, asked to decide and to feel', () => {
  it.each(MODEL_FAULTS)('%s: the offline brain answers within the deadline', async (fault) => {
    model.fail(fault);
    const { url } = await start(modelServer(model));
    const answers = await askAll(url);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.body['action']).toMatch(/^(?:talk|wait)$/);
    // Once the server has asked for fewer calls, there may be no second one.
    expect(model.calls.length).toBeLessThanOrEqual(PROBED.includes(fault) ? 3 : 2);
    expect(model.calls.length).toBeGreaterThanOrEqual(BUSY.includes(fault) ? 1 : 2);
  });

  it.each(MODEL_FAULTS)('%s: without a fallback, an error within the deadline', async (fault) => {
    model.fail(fault);
    const { url } = await start({ ...modelServer(model), fallback: 'none' });
    const [status, code] = refusalFor(fault);
    const refused = { status, body: { error: { code, message: expect.stringMatching(/\.$/) } } };
    expect(await askAll(url)).toEqual([refused, refused]);
  });
});
