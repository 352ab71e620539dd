import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../support/fake-clock.ts';
import { MODEL_FAULTS, type ModelFault, type ModelStub, startModelStub } from '../support/model-stub.ts';
import { waitFor } from '../support/wait-for.ts';
import { modelServer, post, useServices } from './support/service-under-test.ts';

const DEADLINE_MS = 2_500;
/** Where the minds must come to an end, as src/service/base/deadline.ts has it. */
const THINKING_MS = 2_250;
/** The model's faults that last longer: the answer does not come from waiting for them. */
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

/**
 * Both endpoints at once, with a deadline as the worker sends it. For the service time stands still, and where the model takes
 * long, at the end of the thinking: what is answered, is answered within the deadline.
 */
async function askAll(fault: ModelFault, settings: Parameters<typeof start>[0] = {}) {
  model.fail(fault);
  const clock = new FakeClock();
  const { url } = await start({ ...modelServer(model), ...settings }, undefined, { clock });
  const answers = Promise.all(
    Object.entries(BODIES).map(([path, body]) =>
      post(url + path, body, { 'X-Deadline-Ms': `${DEADLINE_MS}` }),
    ),
  );
  if (SLOW.includes(fault)) {
    await waitFor(() => model.calls.length === 2, { what: 'both calls' });
    await clock.advance(THINKING_MS);
  }
  return await answers;
}

describe('a model server in trouble, asked to decide and to feel', () => {
  it.each(MODEL_FAULTS)('%s: the offline brain answers within the deadline', async (fault) => {
    const answers = await askAll(fault);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.body['action']).toMatch(/^(?:talk|wait)$/);
    // Once the server has asked for fewer calls, there may be no second one.
    expect(model.calls.length).toBeLessThanOrEqual(PROBED.includes(fault) ? 3 : 2);
    expect(model.calls.length).toBeGreaterThanOrEqual(BUSY.includes(fault) ? 1 : 2);
  });

  it.each(MODEL_FAULTS)('%s: without a fallback, an error within the deadline', async (fault) => {
    const [status, code] = refusalFor(fault);
    const refused = { status, body: { error: { code, message: expect.stringMatching(/\.$/) } } };
    expect(await askAll(fault, { fallback: 'none' })).toEqual([refused, refused]);
  });
});
