import { beforeEach, describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { settle, waitForSleepers } from './arrange.ts';
import { type Argument, CHAR_ID, type MapServer, NPC, PLAYER, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
const LONG_MS = 600_000;
const NOBODY = 0;
const FAR = 200;
/** In the place of an id: of another open request, and of the next one. */
const [OTHER, NEW] = [-100, -200];

let server: MapServer;
beforeEach(async () => {
  await queue().clear();
  server = await startMapServer(queue().settings);
  server.place(NPC, 1, 100);
  server.place(PLAYER, 1, 100);
});

interface Wait {
  readonly id: number;
  readonly answer: Promise<string>;
}

/** A request for which a player's script waits. */
async function wait(window: boolean, timeoutMs = LONG_MS): Promise<Wait> {
  const id = await queue().insertOne('/echo');
  const answer = server
    .call('ai_db_response', [id, timeoutMs], { npc: NPC, player: PLAYER, window })
    .then(({ value }) => String(value));
  answer.catch(() => undefined); // Whoever awaits it hears of it.
  if (timeoutMs === LONG_MS) await waitForSleepers(server, 1);
  return { id, answer };
}

async function waitForStatus(id: number, status: string): Promise<void> {
  await queue().waitForStatus(id, status, 10_000);
}

describe('with a dialogue window, the player is held', () => {
  it('he is stopped, and goes on with the answer', async () => {
    const { id, answer } = await wait(true);
    expect(server.linesAt('walk')[0]).toBe(`stopped ${PLAYER} 9`);
    await settle(queue(), id, { response: '{"text":"Hi"}' });
    expect(await answer).toBe('{"text":"Hi"}');
  });

  it('he goes on with "" when the time is over', async () => {
    const { answer } = await wait(true, 300);
    expect(await answer).toBe('');
  });

  it('a client that asks for the next page changes nothing', async () => {
    const { id, answer } = await wait(true);
    for (let press = 0; press < 20; press += 1) server.pressNext(PLAYER);
    await server.counters();
    expect((await server.counters())['Scripts']).toBe(1);
    await settle(queue(), id, { response: '{}' });
    expect(await answer).toBe('{}');
  });

  it.each([
    ['a warp', () => server.place(PLAYER, 2, 100), 1],
    ['a log-out', () => server.remove(PLAYER), 0],
    ['@reloadscript', () => server.reloadScripts(), 1],
  ])('%s frees him, and the request is cancelled', async (_name, leave, guards) => {
    const { id, answer } = await wait(true);
    leave();
    await expect(answer).rejects.toThrow('ended');
    await waitForStatus(id, 'cancelled');
    // The variables of who has logged out have gone with him.
    await waitFor(() => server.linesAt('variable').length === guards, {
      timeoutMs: 10_000,
      what: `${guards} guards to be given back`,
    });
  });

  it.each<[string, readonly Argument[], number | string]>([
    ['ai_db_request', ['dialogue', '/api/v1/npc/dialogue', '{}'], NEW],
    ['ai_db_response', [4_711, 50], ''],
    ['ai_db_response', [OTHER], ''],
    ['ai_db_status', [OTHER], 1],
    ['ai_db_cancel', [OTHER], 1],
    ['ai_db_cleanup', [60], 0],
    ['ai_db_error', [OTHER], ''],
    ['ai_db_turn', [0], 1],
  ])(
    'his client closes the dialogue, and he clicks at once: %s is run for him anew',
    async (command, args, value) => {
      const other = await queue().insertOne('/echo');
      const { id, answer } = await wait(true);
      const ended = expect(answer).rejects.toThrow('ended');
      server.closeDialogue(PLAYER);
      const given = args.map((argument) => (argument === OTHER ? other : argument));
      const again = server.call(command, given, { npc: NPC, player: PLAYER, window: true });
      await ended;
      const result = (await again).value;
      expect(typeof result === 'number' ? result : String(result)).toBe(value === NEW ? id + 1 : value);
      await waitForStatus(id, 'cancelled');
    },
  );

  it('his NPC moves away: the script ends, and the request is cancelled', async () => {
    const { id, answer } = await wait(true, 400);
    server.place(NPC, 1, FAR);
    await expect(answer).rejects.toThrow('ended');
    await waitForStatus(id, 'cancelled');
    expect(server.linesAt('variable')).toEqual([`${CHAR_ID} @ai_busy 0`]);
  });

  it('of two who wait for one request, one who leaves does not cancel it', async () => {
    const { id, answer } = await wait(true);
    const other = server.text('ai_db_response', id, LONG_MS);
    await waitForSleepers(server, 2);
    server.place(PLAYER, 2, 100);
    await expect(answer).rejects.toThrow('ended');
    await settle(queue(), id, { response: '{"n":1}' });
    expect(await other).toBe('{"n":1}');
  });

  it('a held player waits again in the same script state', async () => {
    const ids = await queue().insert(2, '/echo');
    for (const id of ids) {
      const answer = server.call('ai_db_response', [id, LONG_MS], { npc: NPC, player: PLAYER, window: true });
      await waitForSleepers(server, 1);
      await settle(queue(), id, { response: `{"n":${id}}` });
      expect(String((await answer).value)).toBe(`{"n":${id}}`);
    }
  });
});

describe('without a window, the player may go', () => {
  it('he stays near: he is stopped, and the script goes on', async () => {
    const { id, answer } = await wait(false);
    expect(server.linesAt('walk')).toEqual([]);
    server.place(PLAYER, 1, 114);
    await settle(queue(), id, { response: '{}' });
    expect(await answer).toBe('{}');
    expect(server.linesAt('walk')).toEqual([`stopped ${PLAYER} 9`]);
  });

  it.each([
    ['walked off', 1],
    ['is on another map', 2],
  ])('he %s: the script ends, with the guard given back', async (_name, map) => {
    const { id, answer } = await wait(false);
    server.place(PLAYER, map, FAR);
    await settle(queue(), id, { response: '{}' });
    await expect(answer).rejects.toThrow('ended');
    expect(server.linesAt('variable')).toEqual([`${CHAR_ID} @ai_busy 0`]);
  });

  it('he walked off, and the time is over: the request is cancelled', async () => {
    const { id, answer } = await wait(false, 400);
    server.place(PLAYER, 1, FAR);
    await expect(answer).rejects.toThrow('ended');
    await waitForStatus(id, 'cancelled');
  });

  it('who was far already when the wait began goes on', async () => {
    server.place(PLAYER, 1, FAR);
    const { id, answer } = await wait(false);
    await settle(queue(), id, { response: '{}' });
    expect(await answer).toBe('{}');
  });
});

it('an id that no request can have is answered at once', async () => {
  const caller = { npc: NPC, player: NOBODY };
  for (const id of [-5, 0, -9_223_372_036_854_775_808n]) {
    const { value } = await server.call('ai_db_response', [id, 1_000], caller);
    expect(String(value)).toBe('');
  }
});
