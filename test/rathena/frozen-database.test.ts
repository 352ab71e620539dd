import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { settle, untilBegun, waitForSleepers } from './arrange.ts';
import { type Caller, FAKE_NPC, type MapServer, NPC, PLAYER, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
/** A server of this file's own, because it is stopped: connections stay open, and nothing answers. */
const mariadb = new MariadbServer();
const DIALOGUE = '/api/v1/npc/dialogue';
const CROWD = 60;
/** As patience.h has it: after a standstill that was in vain, also that of a slow connection, there is none for so long. */
const NO_STANDSTILL_MS = 1_000;
/** How often a freeze may come too late. */
const MOST_TRIES = 5;
const SETTINGS = 'doorbell: no\nmax_open_requests_per_character: 3\n';

let queue: QueueObserver;
let server: MapServer;
beforeAll(async () => {
  await mariadb.start();
  queue = await QueueObserver.create(mariadb.address);
});
afterAll(() => mariadb.remove());
beforeEach(async () => {
  await queue.clear();
  server = await startMapServer(queue.settings, { settings: SETTINGS, way: 'threads' });
  server.place(NPC, 1, 100);
  server.place(PLAYER, 1, 100);
});
afterEach(async () => {
  if (mariadb.isRunning) mariadb.resume();
  else await mariadb.start();
});

/** So many scripts ask for the reason of another request each. */
function reasons(): Promise<string>[] {
  return Array.from({ length: CROWD }, (_, at) => server.text('ai_db_error', 5_000 + at));
}

/** An id, or -1. What comes is awaited elsewhere. */
function ask(caller: Caller = { npc: NPC }): Promise<number> {
  const asked = server
    .call('ai_db_request', ['dialogue', DIALOGUE, '{}'], caller)
    .then(({ value }) => Number(value));
  asked.catch(() => undefined);
  return asked;
}

/**
 * Resolves when so many requests are open and one more, which is asked last: so all others have had their turn. Of those
 * that nobody wanted any more, one may have been on its way: it is cancelled.
 */
async function untilOpen(count: number): Promise<void> {
  // A connection that was given up meanwhile costs a second.
  await expect.poll(() => ask()).toBeGreaterThan(0);
  await expect.poll(async () => (await queue.statusCounts())['pending']).toBe(count + 1);
  expect(Object.keys(await queue.statusCounts()).filter((status) => status !== 'cancelled')).toEqual([
    'pending',
  ]);
}

describe('while the database stands still, the game goes on', () => {
  it('what was known of a request is told, and who asks has his id when the database goes on', async () => {
    const known = await ask();
    expect(await server.number('ai_db_status', known)).toBe(1);
    await mariadb.pause();

    const asked = [ask(), ask(), ask()];

    // All at once: who asks has four seconds.
    const rounds = Array.from({ length: 20 }, async () => [
      await server.number('ai_db_status', known),
      await server.text('ai_json_get', '{"a":[1,2]}', 'a[1]'),
    ]);
    expect(await Promise.all(rounds)).toEqual(rounds.map(() => [1, '2']));
    mariadb.resume();
    for (const id of await Promise.all(asked)) expect(id).toBeGreaterThan(known);
    await untilOpen(4);
  });

  it('who waits gets his answer afterwards', async () => {
    const id = await ask();
    const answer = server.text('ai_db_response', id, 600_000);
    await waitForSleepers(server, 1);
    await mariadb.pause();
    expect(await server.number('ai_db_turn', 0)).toBe(1);
    mariadb.resume();
    await settle(queue, id, { response: '{"n":1}' });
    expect(await answer).toBe('{"n":1}');
  });

  it('who cannot sleep is given -1, and what the database takes of it afterwards is cancelled', async () => {
    await ask();
    server.advance(NO_STANDSTILL_MS);
    await mariadb.pause();
    expect(await ask({ npc: FAKE_NPC, player: PLAYER })).toBe(-1);
    expect(await server.text('ai_db_error', -1)).toMatch(
      /^database_unavailable: The database did not answer in time\. If it still takes the request, it is cancelled\.$/,
    );
    // Nobody else holds up the game in this second.
    const { value, microseconds } = await server.call('ai_db_status', [4_711], { npc: FAKE_NPC });
    expect([value, microseconds < 1_000_000]).toEqual([0, true]);
    mariadb.resume();
    await untilOpen(1);
  });

  it('one that does not go on in time is a -1, and nothing of it is asked for nobody', async () => {
    await ask();
    await mariadb.pause();
    expect(await Promise.all([ask(), ask()])).toEqual([-1, -1]);
    mariadb.resume();
    await untilOpen(1);
  });

  it('for so long that the connection is given up, in the midst of an INSERT: nothing of it is kept', async () => {
    await ask();
    await queue.database.query(
      'CREATE TRIGGER slow BEFORE INSERT ON ai_requests FOR EACH ROW SET NEW.priority = NEW.priority + SLEEP(1)',
    );
    // Where the test stands still itself, it freezes the database behind an INSERT, and another one is asked for.
    let passed = 0;
    while ((await askAndFreeze()) > 0) {
      passed += 1;
      expect(passed).toBeLessThan(MOST_TRIES);
      mariadb.resume();
    }
    // This one fails with the new connection, which nobody answers.
    expect(await ask()).toBe(-1);
    mariadb.resume();
    // Waits for the transaction of the INSERT.
    await queue.database.query('DROP TRIGGER slow');
    await expect.poll(() => ask()).toBeGreaterThan(0);
    expect(await queue.statusCounts()).toEqual({ pending: 2 + passed });
  });

  /** Freezes the database while it sleeps in an INSERT; gives what the script got. */
  async function askAndFreeze(): Promise<number> {
    const asked = ask();
    let isOver = false;
    void asked.then(() => {
      isOver = true;
    });
    const sleeping = "SELECT 1 FROM information_schema.PROCESSLIST WHERE STATE = 'User sleep'";
    const isAsleep = async () => isOver || (await queue.database.query<object[]>(sleeping)).length > 0;
    await expect.poll(isAsleep).toBe(true);
    await mariadb.pause();
    return await asked;
  }

  it('what scripts have given up on is not asked any more when it goes on', async () => {
    await ask();
    await queue.database.query("SET GLOBAL log_output = 'TABLE'");
    await queue.database.query('SET GLOBAL general_log = ON');
    await mariadb.pause();
    const late = 'database_unavailable: The database did not answer in time.';
    for (const reason of await Promise.all(reasons())) expect(reason).toBe(late);
    mariadb.resume();
    await untilOpen(1);
    await queue.database.query('SET GLOBAL general_log = OFF');
    const [asked] = await queue.database.query<{ reasons: bigint | number }[]>(
      "SELECT COUNT(*) AS reasons FROM mysql.general_log WHERE argument LIKE 'SELECT r.status, r.error_code%'",
    );
    expect(Number(asked!.reasons)).toBeLessThan(CROWD / 2);
  });

  it('and is killed: not each of those who wait tries to connect', async () => {
    await ask();
    const before = await server.counters();
    await mariadb.pause();
    const asked = reasons();
    await untilBegun(server);
    // Without a moment in which it goes on.
    process.kill(mariadb.pid!, 'SIGKILL');
    await mariadb.kill();
    for (const reason of await Promise.all(asked)) expect(reason).toMatch(/^database_unavailable: /);
    const after = await server.counters();
    expect(after['Connects']! - before['Connects']!).toBeLessThan(CROWD / 4);
  });

  it('requests that have no id yet count for the limit, until they have one', async () => {
    await ask();
    await mariadb.pause();
    const asked = [1, 2, 3].map(() => ask({ npc: NPC, player: PLAYER }));
    expect(await ask({ npc: NPC, player: PLAYER })).toBe(-1);
    expect(await server.text('ai_db_error', -1)).toMatch(/^too_many_open: /);
    mariadb.resume();
    const ids = await Promise.all(asked);
    expect(Math.min(...ids)).toBeGreaterThan(0);
    expect(await ask({ npc: NPC, player: PLAYER })).toBe(-1);
    expect(await server.number('ai_db_cancel', ids[0]!)).toBe(1);
    expect(await ask({ npc: NPC, player: PLAYER })).toBeGreaterThan(0);
  });

  it.each([
    ['is warped', true, () => server.place(PLAYER, 2, 100)],
    ['logs out', true, () => server.remove(PLAYER)],
    ['loses his script by @reloadscript', true, () => server.reloadScripts()],
    ['loses it while it sleeps', false, () => server.reloadScripts()],
  ])('a player who %s before there is an id: his request is cancelled', async (_name, window, leave) => {
    await ask();
    await mariadb.pause();
    const asked = ask({ npc: NPC, player: PLAYER, window });
    await waitForSleepers(server, 1);
    leave();
    await expect(asked).rejects.toThrow('ended');
    mariadb.resume();
    await untilOpen(1);
  });

  it('but not what he told an NPC', async () => {
    await ask();
    await mariadb.pause();
    const told = server.call('ai_db_request', ['facts', '/api/v1/npc/facts', '{}'], {
      npc: NPC,
      player: PLAYER,
    });
    await waitForSleepers(server, 1);
    server.reloadScripts();
    await expect(told).rejects.toThrow('ended');
    mariadb.resume();
    await untilOpen(2);
  });

  it('by @reloadscript, and others ask at once under the same numbers: none of those that are gone counts any more', async () => {
    await ask();
    await mariadb.pause();
    const gone = [1, 2, 3].map(() => ask({ npc: NPC, player: PLAYER }));
    await waitForSleepers(server, 3);
    server.reloadScripts();
    const asked = [1, 2, 3].map(() => ask({ npc: NPC }));
    for (const call of gone) await expect(call).rejects.toThrow('ended');
    mariadb.resume();
    for (const id of await Promise.all(asked)) expect(id).toBeGreaterThan(0);
    await untilOpen(4);
    for (let count = 0; count < 3; count += 1)
      expect(await ask({ npc: NPC, player: PLAYER })).toBeGreaterThan(0);
    expect(await ask({ npc: NPC, player: PLAYER })).toBe(-1);
  });

  it('the map server ends all the same', async () => {
    await ask();
    await mariadb.pause();
    const asked = ask();
    await waitForSleepers(server, 1);
    const ended = expect(asked).rejects.toThrow('ended');
    await server.stop();
    await ended;
  });
});

describe('a row that another transaction holds', () => {
  it('refuses nobody else, and its cancel is done as soon as it can be', async () => {
    const [locked, free] = [await ask(), await ask()];
    const other = await queue.database.connect();
    await other.beginTransaction();
    await other.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [locked]);
    const cancelled = server.number('ai_db_cancel', locked);

    // All at once: a cancel has two seconds.
    const statuses = Array.from({ length: 20 }, () => [
      server.number('ai_db_status', locked),
      server.number('ai_db_status', free),
    ]).flat();
    const asked = ask();
    expect(await Promise.all(statuses)).toEqual(statuses.map(() => 1));
    expect(await server.number('ai_db_cancel', free)).toBe(1);
    expect(await asked).toBeGreaterThan(free);

    await other.rollback();
    await other.end();
    expect(await cancelled).toBe(1);
    expect(await queue.events(locked)).toEqual(['cancelled']);
    expect(server.linesAt('error', 'sql')).toEqual([]);
  });

  it('is cancelled also when the script that wanted it is gone', async () => {
    const id = await ask();
    const other = await queue.database.connect();
    await other.beginTransaction();
    await other.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [id]);
    const cancelled = server.number('ai_db_cancel', id);
    await untilBegun(server);
    server.reloadScripts();
    await expect(cancelled).rejects.toThrow('ended');
    expect(await ask()).toBeGreaterThan(id);
    await other.rollback();
    await other.end();
    await expect.poll(() => queue.events(id)).toEqual(['cancelled']);
  });
});
