import { describe, expect, it } from 'vitest';
import { busySlots, ENDLESS_ANSWER, ENDLESS_SLOTS } from '../support/llama-slots.ts';
import { waitFor } from '../support/wait-for.ts';
import { useLlama } from './support/llama-under-test.ts';
import { DIALOGUE, postAndHangUp } from './support/service-under-test.ts';

const TIMEOUT_MS = 300_000;
/** Longer than any of its calls lasts. */
const SETTINGS = { modelTimeoutSeconds: 300, deadlineMs: 300_000 };
const OTHERS = 3;

const serveWithLlama = useLlama();

describe('of four talks on the four slots of a real llama.cpp server', () => {
  it.each([
    ['whose player left', {}, 'hangs up'],
    [
      'whose player left, and whose worker has a key to come again with',
      { 'Idempotency-Key': 'a' },
      'hangs up',
    ],
    ['whose deadline passed', { 'X-Deadline-Ms': '10000' }, 'waits'],
  ])(
    'the one %s is gone from its slot while the others are still being answered',
    async (_, headers, what) => {
      const served = await serveWithLlama(ENDLESS_SLOTS, { body: ENDLESS_ANSWER, settings: SETTINGS });
      if (served === undefined) return;
      const { url, llama } = served;
      const talk = (more: Record<string, string> = {}) =>
        postAndHangUp(`${url}${DIALOGUE}`, { message: 'Tell me all that you know' }, more);
      const tasksOf = async () => (await busySlots(llama.url)).map(({ task }) => task);
      const busy = (count: number) =>
        waitFor(async () => ((await tasksOf()).length === count ? await tasksOf() : null), {
          what: `${count} busy slots`,
        });

      const others = Array.from({ length: OTHERS }, () => talk());
      const tasks = await busy(OTHERS);
      const abandoned = talk(headers);
      const [task] = (await busy(OTHERS + 1)).filter((one) => !tasks.includes(one));
      // It looks for a hang-up after a second without any result; by then it has written some.
      await waitFor(
        async () => (await busySlots(llama.url)).some((slot) => slot.task === task && slot.written > 20),
        { what: 'some words of it' },
      );
      if (what === 'hangs up') await abandoned.hangUp();

      const left = await waitFor(
        async () => {
          const slots = await busySlots(llama.url);
          return slots.some((slot) => slot.task === task) ? null : slots;
        },
        { what: 'the abandoned task to be gone' },
      );
      expect(left.map((slot) => slot.task)).toEqual(tasks);
      for (const slot of left) expect(slot.written).toBeLessThan(ENDLESS_ANSWER.max_tokens);
      // Who left says nothing of the server; a deadline that passed says that it is too slow.
      const health = await (await fetch(`${url}/api/v1/health`)).json();
      expect(health).toMatchObject({ status: what === 'hangs up' ? 'ok' : 'degraded' });

      for (const one of others) await one.hangUp();
      await waitFor(async () => (await tasksOf()).length === 0, { what: 'all slots to be free' });
    },
    TIMEOUT_MS,
  );
});
