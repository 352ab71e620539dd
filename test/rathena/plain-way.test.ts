import { beforeEach, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { insertSettled, setStatus, settle, waitForSleepers } from './arrange.ts';
import { CHAR_ID, FAKE_NPC, type MapServer, NPC, PLAYER, useMapServers } from './harness/map-server.ts';

/** Built with AI_IPC_NO_THREAD: all statements run on the map server's own connection. */
const startMapServer = useMapServers();
const queue = useQueue();
const DIALOGUE = '/api/v1/npc/dialogue';
const LONG_MS = 600_000;
/** Longer than it takes to see that a script waits. */
const SHORT_MS = 120_000;

let server: MapServer;
beforeEach(async () => {
  await queue().clear();
  server = await startMapServer(queue().settings, { settings: 'doorbell: no\n', way: 'plain' });
});

it('without a thread, each command has its value at once, and as the database has it now', async () => {
  const caller = { npc: FAKE_NPC, player: PLAYER };
  const asked = await server.call('ai_db_request', ['dialogue', DIALOGUE, '{"m":"안녕"}'], caller);
  const id = Number(asked.value);
  expect([id > 0, asked.runs]).toEqual([true, 1]);
  for (const [status, code] of [
    ['processing', 2],
    ['pending', 1],
    ['failed', 4],
  ] as const) {
    await setStatus(queue(), id, status);
    expect(await server.call('ai_db_status', [id], caller)).toMatchObject({ value: code, runs: 1 });
  }
  await setStatus(queue(), id, 'pending');
  expect(await server.call('ai_db_cancel', [id], caller)).toMatchObject({ value: 1, runs: 1 });
  expect(await server.text('ai_db_error', id)).toMatch(/^aborted: /);
  expect(await server.number('ai_db_status', 4_711)).toBe(0);
});

it('without a thread, a script waits for its answer, and others meanwhile do not', async () => {
  const [first, second] = [await queue().insertOne('/echo'), await queue().insertOne('/echo')];
  const answers = [
    server.text('ai_db_response', first, LONG_MS),
    server.text('ai_db_response', second, SHORT_MS),
  ];
  await waitForSleepers(server, 2);
  const done = await insertSettled(queue(), { response: '{"n":1}' });
  expect(await server.text('ai_db_response', done)).toBe('{"n":1}');
  server.advance(SHORT_MS);
  expect(await answers[1]).toBe('');
  await settle(queue(), first, { response: '{"n":2}' });
  expect(await answers[0]).toBe('{"n":2}');
});

it('without a thread, a held player who is warped has his request cancelled', async () => {
  server.place(NPC, 1, 100);
  server.place(PLAYER, 1, 100);
  const id = await queue().insertOne('/echo');
  const caller = { npc: NPC, player: PLAYER, window: true };
  const answer = expect(server.call('ai_db_response', [id, LONG_MS], caller)).rejects.toThrow('ended');
  await waitForSleepers(server, 1);
  server.place(PLAYER, 2, 100);
  await answer;
  await queue().waitForStatus(id, 'cancelled', 10_000);
  await expect.poll(() => server.linesAt('variable')).toEqual([`${CHAR_ID} @ai_busy 0`]);
});

it('without a thread, old requests are deleted, and what fails is told once', async () => {
  const done = await insertSettled(queue(), { response: '{}' });
  await queue().database.query('UPDATE ai_requests SET processed_at = NOW(3) - INTERVAL 1 DAY WHERE id = ?', [
    done,
  ]);
  expect(await server.number('ai_db_cleanup', 60)).toBe(1);
  await queue().database.query('RENAME TABLE ai_requests TO elsewhere');
  try {
    expect(await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}')).toBe(-1);
    expect(await server.number('ai_db_status', done)).toBe(0);
  } finally {
    await queue().database.query('RENAME TABLE elsewhere TO ai_requests');
  }
  expect(server.linesAt('sql')).toHaveLength(1);
  expect(server.linesAt('error').filter((line) => line.includes('AI-IPC'))).toHaveLength(1);
});
