import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../../test/support/ai-stub.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { Slots } from './slots.ts';
import { createTransport } from './transport.ts';

let server: AiStub;
beforeAll(async () => {
  server = await startAiStub();
});
afterAll(() => server.close());
beforeEach(() => server.clear());

const clock = new FakeClock(0);

function open(fixed: number | null = null, path = '/v1'): Slots {
  const transport = createTransport({
    baseUrl: `${server.url}${path}`,
    apiKey: null,
    timeoutMs: 1_000,
    clock,
  });
  return new Slots({ clock, transport, fixed });
}

describe('Slots', () => {
  it.each([
    ['/v1', '/props'],
    ['/v1?a=b', '/props'],
    ['/llama/v1', '/llama/props'],
  ])('are as many as llama.cpp tells (address %s)', async (path, place) => {
    server.behave(place, behaviours.json({ total_slots: 4, chat_template: 'x' }));
    const slots = open(null, path);
    expect(slots.count()).toBe(Number.POSITIVE_INFINITY);
    slots.lookUp();
    await expect.poll(() => slots.count()).toBe(4);
    slots.lookUp();
    expect(server.calls).toHaveLength(1);
  });

  it('are asked for again after ten seconds where the server is not there yet', async () => {
    const ownClock = new FakeClock(0);
    const transport = createTransport({
      ...{ baseUrl: `${server.url}/v1`, apiKey: null, timeoutMs: 1_000, clock: ownClock },
    });
    const slots = new Slots({ clock: ownClock, transport, fixed: null });
    server.behave('/props', behaviours.json({ error: { message: 'Loading model' } }, { status: 503 }));
    slots.lookUp();
    await expect.poll(() => server.calls.length).toBe(1);
    await expect.poll(() => server.inFlight).toBe(0);
    server.behave('/props', behaviours.json({ total_slots: 4 }));
    await ownClock.advance(9_999);
    slots.lookUp();
    await ownClock.advance(1);
    slots.lookUp();
    await expect.poll(() => slots.count()).toBe(4);
    expect(server.calls).toHaveLength(2);
  });

  it.each([{ total_slots: 0 }, { total_slots: 'many' }, { total_slots: 1e9 }, {}, 'page'])(
    'are any number where a server tells %j',
    async (told) => {
      server.behave('/props', behaviours.json(told));
      const slots = open();
      slots.lookUp();
      await expect.poll(() => server.calls.length).toBe(1);
      await expect.poll(() => server.inFlight).toBe(0);
      expect(slots.count()).toBe(Number.POSITIVE_INFINITY);
    },
  );

  it('are what an admin set, and nobody is asked', () => {
    const slots = open(2);
    slots.lookUp();
    slots.wereTooMany(2);
    expect([slots.count(), server.calls.length]).toEqual([2, 0]);
  });

  it('are learnt from load: one less than were too many, and one more after twenty answers', () => {
    const slots = open();
    slots.wereTooMany(8);
    expect(slots.count()).toBe(7);
    for (let answer = 0; answer < 19; answer += 1) slots.answered(7);
    slots.answered(3);
    expect(slots.count()).toBe(7);
    slots.answered(7);
    expect(slots.count()).toBe(8);
    for (const running of [5, 2, 1, 1]) slots.wereTooMany(running);
    expect(slots.count()).toBe(1);
  });
});
