import type { WorkerSettings } from '../../config/load.ts';
import { type BenchStatements, openBenchStatements } from '../../store/bench-statements.ts';
import type { StoreSettings } from '../../store/open-store.ts';
import { type Figures, measure } from './figures.ts';
import { type BenchQueue, type Drained, drain, withAsking, withQueue } from './queue.ts';

/** What was measured; what is not there was not, or the bench was stopped before it. */
export interface Measured {
  /** To the server and back. The embedded database has none. */
  roundTrip?: Figures;
  /** One row by its key. */
  read?: Figures;
  /** One small row, with its commit. */
  commit?: Figures;
  /** From the INSERT of a request to its answer, one after the other. */
  ask?: Figures;
  /** The same, of many beside each other. */
  askMany?: Figures;
  /** A queue that waits. */
  drain?: Drained;
}

/** How many ask beside each other: as many players as talk to NPCs at once on a busy server. */
export const AT_ONCE = 32;
/** The most that a queue which is drained has. */
export const MOST_QUEUED = 10_000;
/** The most of each of the others. */
const MOST = { roundTrip: 20_000, read: 20_000, commit: 5_000, ask: 5_000, askMany: 10_000 } as const;
const LEAST_QUEUED = 100;

/** Their part of the time; the drain's is for queueing and for draining, each. */
const PARTS = { roundTrip: 0.05, read: 0.1, commit: 0.15, ask: 0.2, askMany: 0.2, drain: 0.15 } as const;

export type Stage = keyof typeof PARTS;

/** What is being done, for whoever waits. */
export const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  roundTrip: 'to the server and back',
  commit: 'commits, one after the other',
  ask: 'requests, one after the other',
  askMany: `requests, ${AT_ONCE} at once`,
  read: 'reads by key',
  drain: 'a queue that is drained',
};

export interface StagesOptions {
  readonly place: StoreSettings;
  readonly worker: WorkerSettings;
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onStage: (stage: Stage) => void;
}

/** Measures one thing after the other into `measured`, where what is done stands also when a later one fails. */
export async function runStages(options: StagesOptions, measured: Measured): Promise<void> {
  const { place, worker } = options;
  // First: it makes the tables of the embedded database.
  await withQueue(place, worker, async (queue) => {
    const statements = await openBenchStatements(place);
    try {
      await measureStatements(options, statements, measured);
    } finally {
      await statements.close();
    }
    await measureQueue(options, queue, measured);
  });
}

async function measureStatements(
  options: StagesOptions,
  statements: BenchStatements,
  measured: Measured,
): Promise<void> {
  if (options.place.kind === 'mariadb')
    put(measured, 'roundTrip', await time('roundTrip', () => statements.roundTrip(), options));
  put(measured, 'commit', await time('commit', () => statements.commit(), options));
}

async function measureQueue(options: StagesOptions, queue: BenchQueue, measured: Measured): Promise<void> {
  const { seconds, signal, onStage } = options;
  const ids: number[] = [];
  await withAsking(queue, async (ask) => {
    const askAndKeep = async () => ids.push(await ask());
    put(measured, 'ask', await time('ask', askAndKeep, options));
    put(measured, 'askMany', await time('askMany', askAndKeep, { ...options, atOnce: AT_ONCE }));
  });
  if (signal.aborted) return;
  const readOne = () => queue.store.read(ids[Math.floor(Math.random() * ids.length)] ?? 0);
  put(measured, 'read', await time('read', readOne, options));
  if (signal.aborted) return;
  onStage('drain');
  const ms = PARTS.drain * seconds * 1_000;
  put(measured, 'drain', await drain(queue, { ms, signal, count: countFor(ms, measured.askMany) }));
}

/** As many as are drained in most of the time: those who asked beside each other also had to insert and to look. */
function countFor(ms: number, askMany: Figures | undefined): number {
  const expected = 2 * (askMany?.perSecond ?? 0) * (ms / 1_000);
  return Math.round(Math.min(MOST_QUEUED, Math.max(LEAST_QUEUED, expected)));
}

async function time(
  stage: Exclude<Stage, 'drain'>,
  work: () => Promise<unknown>,
  { seconds, signal, onStage, atOnce = 1 }: StagesOptions & { readonly atOnce?: number },
): Promise<Figures | undefined> {
  if (signal.aborted) return undefined;
  onStage(stage);
  return await measure(work, { ms: PARTS[stage] * seconds * 1_000, most: MOST[stage], atOnce, signal });
}

function put<K extends Stage>(measured: Measured, stage: K, figures: Measured[K] | undefined): void {
  if (figures !== undefined) measured[stage] = figures;
}
