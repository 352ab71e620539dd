import { describe, expect, it } from 'vitest';
import { useModelWay } from '../support/model-way.ts';
import { DIALOGUE, post, postAndHangUp, remembered } from './support/service-under-test.ts';

const SAGE = 'sage-of-prontera';
const BODY = { npc_id: SAGE, player_id: 7, message: 'Are you there?' };
const KEY = { 'Idempotency-Key': 'queue-1-1' };
const way = useModelWay();

/** A model that thinks for as long as somebody waits for it; tells how many calls it has begun, and how many were cut. */
function endlessModel(): { readonly begun: () => number; readonly cut: () => number } {
  let begun = 0;
  let cut = 0;
  way.model.fail((_, response) => {
    begun += 1;
    response.on('close', () => {
      cut += 1;
    });
  });
  return { begun: () => begun, cut: () => cut };
}

async function expectNoOutage(url: string): Promise<void> {
  way.model.clear();
  expect(await (await fetch(`${url}/api/v1/health`)).json()).toMatchObject({ status: 'ok' });
  expect((await post(`${url}${DIALOGUE}`, BODY)).body).toMatchObject({ provider: 'openai' });
}

describe('what nobody waits for any more is cut at the model', () => {
  it.each([
    ['without a key', {}],
    ['with a key, and does not come back', KEY],
  ])('where the caller hangs up %s', async (_, headers) => {
    const { url } = await way.serve({ deadlineMs: 300_000, modelTimeoutSeconds: 300 });
    const { begun, cut } = endlessModel();
    for (let round = 1; round <= 12; round += 1) {
      const caller = postAndHangUp(`${url}${DIALOGUE}`, BODY, headers);
      await expect.poll(begun).toBe(round);
      await caller.hangUp();
      await expect.poll(cut).toBe(round);
    }
    await expectNoOutage(url);
    await expect.poll(() => remembered(url, SAGE, 7)).toHaveLength(1);
  });

  it('but not while another waits with the same key', async () => {
    const { url } = await way.serve({ deadlineMs: 300_000, modelTimeoutSeconds: 300 });
    const { begun, cut } = endlessModel();
    const callers = [1, 2].map(() => postAndHangUp(`${url}${DIALOGUE}`, BODY, KEY));
    await expect.poll(begun).toBe(1);
    await callers[0]?.hangUp();
    // Whoever alone waits for a call is cut meanwhile, and that takes as long.
    const other = postAndHangUp(`${url}${DIALOGUE}`, BODY, { 'Idempotency-Key': 'queue-1-2' });
    await expect.poll(begun).toBe(2);
    await other.hangUp();
    await expect.poll(cut).toBe(1);
    await callers[1]?.hangUp();
    await expect.poll(cut).toBe(2);
  });

  it('where its request is cancelled while the worker waits for it', async () => {
    const { url } = await way.serve({ modelTimeoutSeconds: 300 });
    await way.startWorker(url, { AI_SERVICE_TIMEOUT: '300' });
    const { begun, cut } = endlessModel();
    const id = await way.queue.insertOne(DIALOGUE, { data: JSON.stringify(BODY), lifeSeconds: 300 });
    await expect.poll(begun).toBe(1);
    await way.queue.database.query(
      "UPDATE ai_requests SET status = 'cancelled' WHERE id = ? AND status = 'processing'",
      [id],
    );
    await expect.poll(cut).toBe(1);
    await expectNoOutage(url);
  });
});
