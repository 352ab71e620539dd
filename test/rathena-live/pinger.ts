import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Account, GameClient, type Ports } from './client.ts';
import { type Times, timesOf } from './thread-times.ts';

/** Between two questions to the map server. */
const PAUSE_MS = 1;
const OWN_TIMES = '/proc/self/schedstat';
const KEPT = 10;
/** An answer at once takes 0.2 ms; more is a game that did something else. */
const AT_ONCE_MS = 1;

/** One time in which the map server answered nobody, in ms. */
export interface Hold {
  /** When it began, on the clock of `nowMs`. */
  readonly atMs: number;
  /** By the clock. */
  readonly ms: number;
  /** Of it, the map server was on a core. */
  readonly ranMs: number;
  /** Of it, somebody who was needed for the answer (the map server, the database, the pinger) had no core. */
  readonly waitedMs: number;
}

/** The same in every process of this machine. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Without what was before. */
export function since({ longest, ownMs: allMs }: Holds, atMs: number): Holds {
  const cut = longest.map((hold) => ({
    ...hold,
    ms: hold.ms - Math.min(hold.ms, Math.max(0, atMs - hold.atMs)),
  }));
  const sum = (holds: readonly Hold[]): number => holds.reduce((all, hold) => all + countedMs(hold), 0);
  return {
    longest: cut.sort((one, other) => ownMs(other) - ownMs(one)),
    ownMs: allMs - sum(longest) + sum(cut),
  };
}

/** Of the sum of all. */
function countedMs(hold: Hold): number {
  return ownMs(hold) > AT_ONCE_MS ? ownMs(hold) : 0;
}

/** What held the game without any other program that wanted the cores. */
export function ownMs({ ms, waitedMs }: Hold): number {
  return Math.max(0, ms - waitedMs);
}

/** What was seen in a time. */
export interface Holds {
  /** The longest ones by the map server's own doing, the longest first. */
  readonly longest: readonly Hold[];
  /** All of more than a millisecond together. */
  readonly ownMs: number;
}

export interface Watched {
  /** Files `schedstat`: the map server's, and those of the database's threads that serve it. */
  readonly map: string;
  readonly database: readonly string[];
}

/**
 * Asks the map server the time again and again, as one more player in a process of its own, and so measures how long its
 * game loop was held: it answers nobody meanwhile. What begins just after a question is missed by up to 2 ms.
 */
export class Pinger {
  readonly #child;
  readonly #lines: Interface;

  private constructor(account: Account, ports: Ports, watched: Watched) {
    const file = fileURLToPath(import.meta.url);
    const words = JSON.stringify({ account, ports, watched });
    // Its collection of garbage would wait for threads of its own that have no core.
    this.#child = spawn(process.execPath, ['--single-threaded-gc', '--import', 'tsx', file, words], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout });
  }

  static async start(account: Account, ports: Ports, watched: Watched): Promise<Pinger> {
    const pinger = new Pinger(account, ports, watched);
    await once(pinger.#lines, 'line');
    return pinger;
  }

  /** Since it was asked last. */
  async seen(): Promise<Holds> {
    const answer = once(this.#lines, 'line') as Promise<[string]>;
    this.#child.stdin.write('seen\n');
    const [line] = await answer;
    return JSON.parse(line) as Holds;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }
}

interface PingerWords {
  readonly account: Account;
  readonly ports: Ports;
  readonly watched: Watched;
}

/** The child: it ends with its input. */
async function ping({ account, ports, watched }: PingerWords): Promise<void> {
  const client = new GameClient(account, ports);
  await client.logIn();
  let seen: Holds = { longest: [], ownMs: 0 };
  let isRunning = true;
  let isAsked = false;
  const input = createInterface({ input: process.stdin });
  input.on('line', () => {
    isAsked = true;
  });
  input.on('close', () => {
    isRunning = false;
  });
  process.stdout.write('ready\n');
  while (isRunning) {
    const hold = await measure(client, watched);
    seen = withHold(seen, hold);
    // A hold belongs to the time in which it began.
    if (isAsked) {
      process.stdout.write(`${JSON.stringify(seen)}\n`);
      seen = { longest: [], ownMs: 0 };
      isAsked = false;
    }
    await delay(PAUSE_MS);
  }
  client.leave();
}

function withHold(seen: Holds, hold: Hold): Holds {
  const longest = [...seen.longest, hold].sort((a, b) => ownMs(b) - ownMs(a)).slice(0, KEPT);
  return { longest, ownMs: seen.ownMs + countedMs(hold) };
}

async function measure(client: GameClient, { map, database }: Watched): Promise<Hold> {
  const others = [...database, OWN_TIMES];
  const [mapBefore, othersBefore] = [timesOf(map), others.map(timesOf)];
  const atMs = nowMs();
  await client.settle();
  const ms = nowMs() - atMs;
  const mapAfter = timesOf(map);
  const ofOthers = others.map((file, at) => waited(othersBefore[at], timesOf(file)));
  return {
    atMs,
    ms,
    ranMs: mapAfter.ranMs - mapBefore.ranMs,
    waitedMs: [waited(mapBefore, mapAfter), ...ofOthers].reduce((sum, one) => sum + one, 0),
  };
}

function waited(before: Times | undefined, after: Times): number {
  return before === undefined ? 0 : after.waitedMs - before.waitedMs;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ping(JSON.parse(process.argv[2] ?? ''));
