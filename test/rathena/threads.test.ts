import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { type Argument, FAKE_NPC, type MapServer, NPC, PLAYER, useMapServers } from './harness/map-server.ts';

/** Built with ThreadSanitizer: a map server in which two threads use the same data ends with an error. */
const startMapServer = useMapServers();
/** A server of this file's own, because it is stopped and killed. */
const mariadb = new MariadbServer();
const DIALOGUE = '/api/v1/npc/dialogue';
const ROUNDS = 30;

let queue: QueueObserver;
let server: MapServer;
beforeAll(async () => {
  await mariadb.start();
  queue = await QueueObserver.create(mariadb.address);
});
afterAll(() => mariadb.remove());
beforeEach(async () => {
  await queue.clear();
  const settings = 'client_codepage: euckr\nmax_open_requests: 0\nmax_open_requests_per_character: 0\n';
  server = await startMapServer(queue.settings, { settings, way: 'threads' });
  server.place(NPC, 1, 100);
  server.place(PLAYER, 1, 100);
});

/** Scripts of every kind, all at once; resolves when each has a value or was ended. */
async function storm(): Promise<void> {
  const text = Buffer.from('22bec8b3e722', 'hex');
  const calls: Promise<unknown>[] = [];
  const call = (command: string, args: readonly Argument[], caller = {}) =>
    calls.push(server.call(command, args, { npc: NPC, ...caller }).catch(() => undefined));
  for (let id = 1; id <= ROUNDS; id += 1) {
    call('ai_db_request', ['dialogue', DIALOGUE, id % 2 === 0 ? '{}' : text]);
    call('ai_db_request', ['dialogue', DIALOGUE, '{}'], { npc: FAKE_NPC, player: PLAYER });
    call('ai_db_response', [id, 500]);
    call('ai_db_response', [id]);
    call('ai_db_status', [id]);
    if (id % 3 === 0) call('ai_db_cancel', [id]);
    if (id % 10 === 0) call('ai_db_cleanup', [60]);
    call('ai_db_error', [id]);
    call('ai_json_escape', [text]);
    call('ai_db_turn', [0]);
  }
  call('ai_db_request', ['dialogue', DIALOGUE, '{}'], { player: PLAYER, window: true });
  server.place(PLAYER, 2, 100);
  await Promise.all(calls);
}

it('no data is used by two threads at a time, and the map server ends in order', async () => {
  await storm();
  await queue.database.query("UPDATE ai_requests SET status = 'completed' WHERE status = 'pending'");
  await storm();
  expect((await queue.statusCounts())['completed']).toBeGreaterThan(0);
});

it('nor while the database stands still, is killed and comes back', async () => {
  await storm();
  await mariadb.pause();
  await storm();
  mariadb.resume();
  await storm();
  await mariadb.kill();
  await storm();
  await mariadb.start();
  server.advance(2_000);
  await storm();
  server.reloadScripts();
  expect(await server.number('ai_db_turn', 0)).toBe(1);
});

it('nor when it ends in the midst of it', async () => {
  const ended = storm();
  await mariadb.pause();
  const stopped = server.stop();
  await ended;
  await stopped;
  mariadb.resume();
});
