import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../support/wait-for.ts';
import { order } from './control.ts';
import { type Holds, nowMs, ownMs, Pinger, since } from './pinger.ts';
import { numbersTo } from './places.ts';
import type { Stage } from './stage.ts';

const CROWD = 300;
const ASKING = 100;
const QUIET_MS = 3_000;
/** A database whose disk, or whose machine, stands still for a moment. */
const FROZEN_MS = 3_000;
const WAIT_MS = 8_000;
const LOCKED_MS = 4_000;
const COST_TOLD_MS = 1_100;
/** The machine has other work: the best of so many is what the map server can do. */
const CROWDS = 5;
export const ONE_TICK = `${CROWD} ask in one tick`;
export const ALL_WAIT = `${CROWD} wait`;
/** The map server tells what the commands took of each second. */
export const LOOP_SETTINGS = ['print_cost_every_seconds: 1'];
const COST = /\[AI-IPC\] ([\d.]+) ms a second on the game loop, the longest of \d+ calls ([\d.]+) ms/;

/** What the game loop did meanwhile, and what became of the scripts. */
export interface LoopPhase {
  readonly name: string;
  /** By a client that asks for the time again and again: by the clock, and without what others took of the cores. */
  readonly longestMs: number;
  readonly longestOwnMs: number;
  /** By what the map server prints of the C++ commands: of a second, and the longest call. */
  readonly commandsMsASecond: number;
  readonly longestCommandMs: number;
  readonly tally: Tally;
}

/** How often a script was given an id or -1, and an answer or none; what ended. */
interface Tally {
  readonly asked: number;
  readonly refused: number;
  readonly answered: number;
  readonly unanswered: number;
  readonly cancelled: number;
  readonly ended: number;
}

export function loopNpcs(): string {
  const script = readFileSync(new URL('npc/loop.txt', import.meta.url), 'latin1');
  return `${script}\n${numbersTo(CROWD)
    .map((at) => `-\tduplicate(Asker)\tAsker#${at}\t-1\n`)
    .join('')}`;
}

/** Every play of this part: with a quick database, a stopped one, and one with a locked row. */
export async function playLoop(stage: Stage): Promise<LoopPhase[]> {
  const pinger = await Pinger.start(stage.pingerAccount, stage.servers.ports, await stage.watched());
  const loop = new Loop(stage, pinger);
  await loop.order(`wait#${WAIT_MS}`);
  // What is done once after a start is not measured.
  await loop.askAll(1);
  await loop.untilAnswered(1);
  const phases = [
    await loop.play('nobody asks', () => delay(QUIET_MS)),
    await loop.crowd(),
    await loop.waiting(),
    await loop.play('the database stops for 3 s, nobody asks', () => loop.freeze()),
    await loop.frozenWhileAsking(),
    await loop.lockedRow(),
  ];
  await pinger.stop();
  return phases;
}

class Loop {
  readonly #stage: Stage;
  readonly #pinger: Pinger;

  constructor(stage: Stage, pinger: Pinger) {
    this.#stage = stage;
    this.#pinger = pinger;
  }

  async order(what: string): Promise<Tally> {
    const line = await order(this.#stage, what);
    const [asked = 0, refused = 0, answered = 0, unanswered = 0, cancelled = 0, ended = 0] = line
      .split(' ')
      .slice(1)
      .map(Number);
    return { asked, refused, answered, unanswered, cancelled, ended };
  }

  /** Starts so many scripts in one tick, and resolves when each knows whether it has an id. */
  async askAll(count: number): Promise<void> {
    await this.order('forget#0');
    await this.order(`Ask#${count}`);
    await this.#until(count, ({ asked, refused }) => asked + refused);
  }

  async untilAnswered(count: number): Promise<void> {
    await this.#until(count, ({ refused, answered, unanswered }) => refused + answered + unanswered);
  }

  async play(name: string, goesOn: () => Promise<unknown>): Promise<LoopPhase> {
    await this.#pinger.seen();
    const [beganMs, from] = [nowMs(), this.#stage.servers.console.length];
    await goesOn();
    const tally = await this.order('tally#0');
    const holds = longestOf(since(await this.#pinger.seen(), beganMs));
    // The line of its last second.
    await delay(COST_TOLD_MS);
    return { name, ...holds, ...costOf(this.#stage.servers.console.slice(from)), tally };
  }

  async crowd(): Promise<LoopPhase> {
    const phases: LoopPhase[] = [];
    for (let round = 0; round < CROWDS; round += 1) {
      phases.push(await this.play(ONE_TICK, () => this.askAll(CROWD)));
      await this.untilAnswered(CROWD);
    }
    const best = (of: (phase: LoopPhase) => number) => Math.min(...phases.map(of));
    return {
      ...(phases[0] as LoopPhase),
      longestMs: best(({ longestMs }) => longestMs),
      longestOwnMs: best(({ longestOwnMs }) => longestOwnMs),
      commandsMsASecond: best(({ commandsMsASecond }) => commandsMsASecond),
      longestCommandMs: best(({ longestCommandMs }) => longestCommandMs),
    };
  }

  async waiting(): Promise<LoopPhase> {
    const held = this.#stage.hold();
    await this.askAll(CROWD);
    // The line of the second in which they asked.
    await delay(COST_TOLD_MS);
    const phase = await this.play(ALL_WAIT, () => delay(QUIET_MS));
    held.release();
    await this.untilAnswered(CROWD);
    return phase;
  }

  async freeze(): Promise<void> {
    await delay(500);
    await this.#stage.mariadb.pause();
    await delay(FROZEN_MS);
    this.#stage.mariadb.resume();
    await delay(QUIET_MS);
  }

  async frozenWhileAsking(): Promise<LoopPhase> {
    await this.#goOn('GoOn', ASKING);
    const phase = await this.play(`the database stops for 3 s, ${ASKING} ask`, () => this.freeze());
    await this.#end(ASKING);
    return phase;
  }

  /** Some look after their requests, while one tries to cancel a request that a transaction holds. */
  async lockedRow(): Promise<LoopPhase> {
    const connection = await this.#stage.world.database.connect();
    const { insertId } = await connection.query<{ insertId: number | bigint }>(
      "INSERT INTO ai_requests (endpoint, status, expires_at) VALUES ('/x', 'processing', NOW(3) + INTERVAL 1 HOUR)",
    );
    await connection.beginTransaction();
    await connection.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [insertId]);
    await this.order(`locked#${insertId}`);
    await this.#goOn('Status', 10);
    const phase = await this.play(
      'a row is locked that one wants to cancel, 10 look after theirs',
      async () => {
        await this.order('Cancel#1');
        await delay(LOCKED_MS);
      },
    );
    await connection.rollback();
    await connection.end();
    await this.#end(11);
    return phase;
  }

  async #goOn(what: string, count: number): Promise<void> {
    await this.order('forget#0');
    await this.order('on#1');
    await this.order(`${what}#${count}`);
  }

  async #end(count: number): Promise<void> {
    await this.order('on#0');
    await this.#until(count, ({ ended }) => ended);
  }

  async #until(count: number, countOf: (tally: Tally) => number): Promise<void> {
    await waitFor(async () => countOf(await this.order('tally#0')) >= count, {
      timeoutMs: 60_000,
      what: `${count} scripts to go on`,
    });
  }
}

function costOf(lines: readonly string[]): { commandsMsASecond: number; longestCommandMs: number } {
  const costs = lines.flatMap((line) => {
    const [, aSecond, longest] = COST.exec(line) ?? [];
    return aSecond === undefined ? [] : [{ aSecond: Number(aSecond), longest: Number(longest) }];
  });
  return {
    commandsMsASecond: costs.reduce((sum, { aSecond }) => sum + aSecond, 0) / (costs.length || 1),
    longestCommandMs: Math.max(0, ...costs.map(({ longest }) => longest)),
  };
}

function longestOf({ longest }: Holds): { longestMs: number; longestOwnMs: number } {
  return {
    longestMs: Math.max(0, ...longest.map(({ ms }) => ms)),
    longestOwnMs: Math.max(0, ...longest.map(ownMs)),
  };
}
