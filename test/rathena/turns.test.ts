import { beforeEach, describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { CHAR_ID, FAKE_NPC, type MapServer, NPC, PLAYER, useMapServers } from './harness/map-server.ts';
import { ScriptLibrary } from './script-library.ts';

const startMapServer = useMapServers();
const queue = useQueue();
/** As turns.h and ai_ipc_lib_sql.txt have them. */
const SPAN_MS = 50;
const TURNS_A_SPAN = 12;
const TURNS_A_SPAN_OVER_SQL = 6;
const TURNS_A_SPAN_WHEN_LATE_OVER_SQL = 20;
const FAR = 200;
const PLAYERS = 40;
const MOST_TRIES = 5;
/** A database on an ordinary disk. */
const SLOW_MS = 15;

describe('many commands of one tick', () => {
  let server: MapServer;
  beforeEach(async () => {
    server = await startMapServer(queue().settings);
    server.place(NPC, 1, 100);
    server.place(PLAYER, 1, 100);
  });

  /** The numbers of the scripts in the order in which they went on, and how often the command of each ran. */
  async function crowd(size: number): Promise<{ order: number[]; runs: number[] }> {
    const order: number[] = [];
    const calls = Array.from({ length: size }, async (_, script) => {
      const { value, runs } = await server.call('ai_db_turn', [0]);
      expect(value).toBe(1);
      order.push(script);
      return runs;
    });
    return { runs: await Promise.all(calls), order };
  }

  /**
   * By and large: how far one overtakes another is a matter of time, and 67 places on a busy machine. How many go on in a
   * span is held with a clock that is driven (core/waiting_test.cpp).
   */
  function expectInOrder(order: readonly number[]): void {
    const part = Math.floor(order.length / 4);
    const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);
    expect(sumOf(order.slice(0, part))).toBeLessThan(sumOf(order.slice(-part)));
  }

  /**
   * The player leaves while a script of his waits for its turn, since others came before it; resolves when the script was
   * ended. On a busy machine a new span may begin just before it, and it has its turn: then he tries again.
   */
  async function leaveBeforeTurn(window: boolean, leave: () => void, areOthersEnded = false): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const others = crowd(8 * TURNS_A_SPAN);
      others.catch(() => undefined); // Whoever awaits it hears of it.
      const turn = server.call('ai_db_turn', [0], { npc: NPC, player: PLAYER, window });
      leave();
      const end = await turn.catch((error: Error) => error.message);
      if (areOthersEnded) await expect(others).rejects.toThrow('ended');
      else await others;
      if (end === 'The script was ended.') return;
      expect(tries, 'the script had its turn').toBeLessThan(MOST_TRIES);
      server.addPlayer(PLAYER, CHAR_ID, 1);
      server.place(PLAYER, 1, 100);
    }
  }

  it('one that is alone goes on at once', async () => {
    expect(await server.call('ai_db_turn', [0])).toMatchObject({ value: 1, runs: 1 });
  });

  it('of a hundred none is lost, and who came first goes on first', async () => {
    const { order, runs } = await crowd(100);

    expect([...order].sort((one, other) => one - other)).toEqual(Array.from({ length: 100 }, (_, at) => at));
    // The first one goes on at once; how many with it is a matter of time, of which the first command takes more.
    expect(runs[0]).toBe(1);
    expect(Math.max(...runs)).toBeGreaterThan(1);
    expectInOrder(order);
  });

  it('those who are held go on one after the other, too', async () => {
    const players = Array.from({ length: PLAYERS }, (_, at) => PLAYER + 1 + at);
    for (const player of players) {
      server.addPlayer(player, player, 1);
      server.place(player, 1, 100);
    }
    const order: number[] = [];
    await Promise.all(
      players.map(async (player) => {
        await server.call('ai_db_turn', [0], { npc: NPC, player, window: true });
        order.push(player);
      }),
    );
    expect([...order].sort((one, other) => one - other)).toEqual(players);
    expectInOrder(order);
  });

  it.each([
    ['logs out', () => server.remove(PLAYER)],
    ['is warped', () => server.place(PLAYER, 2, 100)],
  ])('a held player %s before his turn: his script ends, and all others go on', async (_name, leave) => {
    await leaveBeforeTurn(true, leave);
    await waitForNoScripts();
    // Nobody's place is kept.
    expect((await crowd(3)).order).toHaveLength(3);
  });

  it('his guard is given back when he is freed before his turn', async () => {
    await leaveBeforeTurn(true, () => server.place(PLAYER, 2, 100));
    await waitFor(() => server.linesAt('variable').includes(`${CHAR_ID} @ai_busy 0`), {
      timeoutMs: 10_000,
      what: 'his guard to be given back',
    });
  });

  it('who walks off without a window: the script ends at its turn', async () => {
    await leaveBeforeTurn(false, () => server.place(PLAYER, 1, FAR));
  });

  it('who stays near goes on in his turn', async () => {
    const others = crowd(8 * TURNS_A_SPAN);
    expect(await server.call('ai_db_turn', [0], { npc: NPC, player: PLAYER })).toMatchObject({ value: 1 });
    await others;
  });

  it('@reloadscript ends those who wait, and later ones have their turn', async () => {
    await leaveBeforeTurn(false, () => server.reloadScripts(), true);
    expect((await crowd(3 * TURNS_A_SPAN)).order).toHaveLength(3 * TURNS_A_SPAN);
  });

  it('an NPC that is unloaded before its turn still gets it', async () => {
    server.addNpc(99, 1, 'short-lived');
    const others = crowd(4 * TURNS_A_SPAN);
    const turn = server.call('ai_db_turn', [0], { npc: 99 });
    server.remove(99);
    expect(await turn).toMatchObject({ value: 1 });
    await others;
  });

  it('a script that cannot wait is never made to', async () => {
    const others = crowd(8 * TURNS_A_SPAN);
    expect(await server.call('ai_db_turn', [0], { npc: FAKE_NPC, player: PLAYER })).toMatchObject({
      runs: 1,
    });
    await others;
  });

  async function waitForNoScripts(): Promise<void> {
    await expect.poll(async () => (await server.counters())['Scripts']).toBe(0);
  }
});

/** Time that goes on when everybody sleeps, and while somebody works: scripts run one at a time. */
class TestClock {
  #now = 1_000_000;
  #working = Promise.resolve();
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  now = (): number => this.#now;

  sleep = async (ms: number): Promise<void> =>
    await new Promise((wake) => {
      this.#sleepers.push({ atMs: this.#now + ms, wake });
    });

  /** Holds all others up for so long. */
  async work(ms: number, does: () => Promise<unknown>): Promise<void> {
    this.#now += ms;
    const done = does().then(() => undefined);
    this.#working = done;
    await done;
  }

  /** Wakes one after the other, until nobody sleeps. */
  async run(): Promise<void> {
    for (;;) {
      await new Promise(setImmediate);
      await this.#working;
      await new Promise(setImmediate);
      this.#sleepers.sort((one, other) => one.atMs - other.atMs);
      const next = this.#sleepers.shift();
      if (next === undefined) return;
      this.#now = Math.max(this.#now, next.atMs);
      next.wake();
    }
  }
}

describe('many functions of one tick, over SQL', () => {
  /** When each of them went on, in milliseconds since the first. */
  async function crowd(size: number): Promise<number[]> {
    const library = new ScriptLibrary(await queue().database.connect());
    const clock = new TestClock();
    library.clock = clock;
    const startMs = clock.now();
    const calls = Array.from({ length: size }, async () => {
      await library.call('F_AI_Turn');
      return clock.now() - startMs;
    });
    const times = Promise.all(calls);
    await clock.run();
    return await times;
  }

  const inSpan = (times: readonly number[], span: number) =>
    times.filter((time) => Math.floor(time / SPAN_MS) === span).length;

  it('five or six go on in each 50 ms, in the order in which they came', async () => {
    const times = await crowd(60);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    for (let span = 0; span < 10; span += 1)
      expect([TURNS_A_SPAN_OVER_SQL - 1, TURNS_A_SPAN_OVER_SQL]).toContain(inSpan(times, span));
  });

  it('of five hundred none is lost, and never do more than twenty go on together', async () => {
    const times = await crowd(500);
    expect(times).toHaveLength(500);
    const spans = Array.from({ length: 200 }, (_, span) => inSpan(times, span));
    expect(spans.reduce((sum, count) => sum + count)).toBe(500);
    expect(Math.max(...spans)).toBeLessThanOrEqual(TURNS_A_SPAN_WHEN_LATE_OVER_SQL);
    expect(Math.max(...times)).toBeLessThan(10_000);
  });

  it('where each takes long, the game goes on between them', async () => {
    const library = new ScriptLibrary(await queue().database.connect());
    const clock = new TestClock();
    library.clock = clock;
    const turns: { readonly beganMs: number; readonly endedMs: number }[] = [];
    const calls = Array.from({ length: 60 }, async () => {
      await library.call('F_AI_Turn');
      const beganMs = clock.now();
      await clock.work(SLOW_MS, async () => await library.call('F_AI_JsonEscape', 'hello'));
      turns.push({ beganMs, endedMs: clock.now() });
    });
    await clock.run();
    await Promise.all(calls);

    expect(turns).toHaveLength(60);
    turns.sort((one, other) => one.beganMs - other.beganMs);
    const pauses = turns.slice(1).map(({ beganMs }, at) => beganMs - (turns[at]?.endedMs ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(1);
  });

  it('one that comes when all have gone on does not wait', async () => {
    expect(await crowd(1)).toEqual([0]);
  });
});
