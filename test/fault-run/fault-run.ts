import { setTimeout as delay } from 'node:timers/promises';
import { checkHistory } from '../support/history/check-history.ts';
import type { AskNote, CallNote } from '../support/history/notes.ts';
import type { Breach } from '../support/history/story.ts';
import { readTables, type Since } from '../support/history/tables.ts';
import { createRandom } from '../support/random.ts';
import type { Fault, How } from './faults/fault.ts';
import { Figures } from './figures.ts';
import { readNotes } from './program.ts';
import { Programs } from './programs.ts';
import { type Planned, schedule } from './schedule.ts';
import { Stage, type StageOptions } from './stage.ts';

export interface FaultRunOptions extends StageOptions {
  /** How long faults are played, or how many. */
  readonly until: { readonly afterMs: number } | { readonly afterFaults: number };
  /** For tests among others: each fault as short as it gets, and no limit of time holds. */
  readonly isShort?: boolean;
  /** Requests a second, of all clients. */
  readonly rate: number;
  readonly faults: readonly Fault[];
  /** Told what happens, a line at a time. */
  readonly onLine: (line: string) => void;
}

/** After so long everybody rests, and what was done until then is proven: it has to fit into memory. */
const ROUND_MS = 300_000;
/** Of whose faults another one may be played beside. */
const AI = 'AI service';
/** Before the first fault, and after the last. */
const CALM_MS = 3_000;
/** What rests has no reason to keep a connection that it took for its work. */
const REST_MS = 6_000;

/** Plays faults under load, and proves what it can. Leaves nothing behind. */
export async function runFaults(options: FaultRunOptions): Promise<Figures> {
  const stage = await Stage.open(options);
  try {
    const run = new FaultRun(stage, options);
    await run.play();
    return run.figures;
  } finally {
    await stage.close();
  }
}

class FaultRun {
  readonly figures: Figures;
  readonly #stage: Stage;
  readonly #options: FaultRunOptions;
  readonly #programs: Programs;
  readonly #faults: ReturnType<typeof schedule<Fault>>;
  #since: Since = { requestId: 0, logId: 0 };
  #rounds = 0;
  #played = 0;

  constructor(stage: Stage, options: FaultRunOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#programs = new Programs(stage);
    const [possible, missing] = [true, false].map((isWanted) =>
      options.faults.filter((fault) => (fault.missing?.(stage) === undefined) === isWanted),
    ) as [Fault[], Fault[]];
    this.figures = new Figures(options.seed);
    for (const fault of missing) {
      const reason = String(fault.missing?.(stage));
      this.figures.leftOut.push({ fault: fault.name, reason });
      options.onLine(`left out: ${fault.name}, since ${reason}`);
    }
    this.#faults = schedule(possible, options.seed);
  }

  async play(): Promise<void> {
    const startMs = performance.now();
    const { until } = this.#options;
    const isOver = () =>
      'afterMs' in until ? performance.now() - startMs >= until.afterMs : this.#played >= until.afterFaults;
    while (!isOver()) await this.#playRound(isOver);
  }

  async #playRound(isOver: () => boolean): Promise<void> {
    const { clients, stub, folder, hindrances } = this.#stage;
    const beginMs = Date.now();
    const calls = `${folder}/calls-${++this.#rounds}.jsonl`;
    await stub.obey({ do: 'noteIn', file: calls });
    for (const client of clients) await client.ask(this.#options.rate / clients.length);
    await delay(CALM_MS);
    do await this.#playNext();
    while (!isOver() && Date.now() - beginMs < ROUND_MS);
    await delay(CALM_MS);
    const asks = (await Promise.all(clients.map((client) => client.rest()))).flat();
    await stub.obey({ do: 'write' });
    if (this.#options.isShort) hindrances.push({ fromMs: beginMs, untilMs: Date.now() });
    await this.#prove(asks, readNotes<CallNote>(calls));
  }

  async #playNext(): Promise<void> {
    const planned = this.#next();
    await delay(planned.restMs);
    if (planned.kind.group !== AI || !planned.isBesideNext || this.#options.isShort)
      return await this.#playOne(planned, 'alone');
    const next = this.#next();
    // Both want the same service.
    if (next.kind.group === AI) {
      await this.#playOne(planned, 'alone');
      return await this.#playOne(next, 'alone');
    }
    await Promise.all([this.#playOne(planned, 'beside'), this.#playOne(next, 'beside')]);
  }

  #next(): Planned<Fault> {
    this.#played += 1;
    return this.#faults.next().value;
  }

  /** What is played beside another fault recovers when both are over: that is no measure. */
  async #playOne({ kind: fault, seed }: Planned<Fault>, how: 'alone' | 'beside'): Promise<void> {
    const fromMs = Date.now();
    try {
      const recoveredMs = await fault.play(this.#stage, this.#howOf(fault, seed));
      const calmMs = await this.#stage.recovery.untilCalm();
      const words = `${fault.name}: ${Math.round(recoveredMs)} ms ${fault.recovery}, calm ${Math.round(calmMs)} ms later`;
      this.#options.onLine(how === 'alone' ? words : `${fault.name}, beside another one`);
      this.figures.played(fault, how === 'alone' ? { recoveredMs, calmMs } : { recoveredMs: 0, calmMs: 0 });
      if (recoveredMs > fault.limitMs && how === 'alone' && !this.#options.isShort)
        this.#breach({ rule: 'recovery', id: null, words: `${words}: it may take ${fault.limitMs} ms` });
    } catch (error) {
      this.#breach({ rule: 'recovery', id: null, words: `${fault.name}: ${String(error)}` });
      await this.#stage.mend();
    }
    if (fault.isHindrance) this.#stage.hindrances.push({ fromMs, untilMs: Date.now() });
  }

  #howOf({ lastsMs: [least, most] = [0, 0] }: Fault, seed: number): How {
    const random = createRandom(seed);
    return { random, forMs: this.#options.isShort ? least : random.between(least, most) };
  }

  async #prove(asks: readonly AskNote[], calls: readonly CallNote[]): Promise<void> {
    const { recovery, database, hindrances, clockSteps } = this.#stage;
    await recovery.untilAllEnded();
    await delay(REST_MS);
    const tables = await readTables(async (sql, values) => await database.query(sql, values), this.#since);
    const programs = this.#programs.look();
    this.figures.add(tables, asks, calls);
    for (const breach of checkHistory({ tables, asks, calls, programs, hindrances, clockSteps }))
      this.#breach(breach);
    this.#since = {
      requestId: tables.requests.at(-1)?.id ?? this.#since.requestId,
      logId: tables.log.at(-1)?.id ?? this.#since.logId,
    };
    hindrances.length = 0;
    clockSteps.length = 0;
    this.#options.onLine(`proven: ${tables.requests.length} requests, ${calls.length} calls`);
  }

  #breach(breach: Breach): void {
    this.figures.breaches.push(breach);
    const { rule, id, words } = breach;
    this.#options.onLine(`BROKEN ${rule}${id === null ? '' : `, request ${id}`}: ${words}`);
  }
}
