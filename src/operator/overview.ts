import { nullableTextOf, numberOf, textOf } from '../database/row-fields.ts';
import type { OperatorDatabase } from './database.ts';
import { type Depth, readDepthOf } from './depth.ts';
import { type LoggedEvent, loggedEventOf } from './log-event.ts';
import type { Sampler } from './sample.ts';
import { type Traffic, trafficOf } from './traffic.ts';
import type { WindowName } from './window.ts';

/** A row of ai_workers. */
export interface SeenWorker {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly startedMs: number;
  readonly heartbeatAgeMs: number;
  /** Whether it told of itself within the last 10 s. */
  readonly isAlive: boolean;
  readonly inFlight: number;
  readonly doorbell: string | null;
}

/** What an operator looks at first. Times are milliseconds since 1970 by the database's clock. */
export interface Overview {
  readonly window: WindowName;
  readonly nowMs: number;
  readonly pending: Depth;
  readonly processing: Depth;
  readonly workers: readonly SeenWorker[];
  /** What was made within the window, and what has become of it. */
  readonly traffic: Traffic;
  /** The last requests that failed or timed out, whenever that was; the newest first. */
  readonly lastErrors: readonly LoggedEvent[];
  /** The highest ids: of two looks, the difference is what came in between. */
  readonly lastRequestId: number;
  readonly lastResponseId: number;
}

/** As the doorbell's clients take it: a heartbeat comes every 2 s. */
const ALIVE_MS = 10_000;
const LAST_ERRORS = 10;

export interface OverviewOptions {
  /** How old the figures of the window may be: they take 20 ms of CPU, and what waits takes next to none. Default 0. */
  readonly trafficMs?: number | undefined;
}

/** The figures of each window as they were last looked at. */
export type KeptTraffic = Map<WindowName, { readonly traffic: Traffic; readonly atMs: number }>;

/** What an overview is made from. */
export interface OverviewSources {
  readonly sampler: Sampler;
  readonly kept: KeptTraffic;
}

export async function readOverview(
  db: OperatorDatabase,
  sources: OverviewSources,
  { window, trafficMs = 0 }: OverviewOptions & { readonly window: WindowName },
): Promise<Overview> {
  const { database, statements } = db;
  const [clock = {}] = await database.query(statements.clock);
  const nowMs = numberOf(clock, 'now_ms');
  return {
    window,
    nowMs,
    pending: await readDepthOf(db, 'pending'),
    processing: await readDepthOf(db, 'processing'),
    workers: await readWorkers(db),
    traffic: await readTraffic(sources, { window, nowMs, trafficMs }),
    lastErrors: (await lastEvents(db, ['failed', 'timeout'], LAST_ERRORS)).slice(0, LAST_ERRORS),
    lastRequestId: numberOf(clock, 'last_request'),
    lastResponseId: numberOf(clock, 'last_response'),
  };
}

async function readTraffic(
  { sampler, kept }: OverviewSources,
  { window, nowMs, trafficMs }: { window: WindowName; nowMs: number; trafficMs: number },
): Promise<Traffic> {
  const before = kept.get(window);
  // A clock that was put back would keep them for ever.
  if (before !== undefined && nowMs >= before.atMs && nowMs - before.atMs < trafficMs) return before.traffic;
  const traffic = trafficOf(await sampler.sample(window, nowMs));
  kept.set(window, { traffic, atMs: nowMs });
  return traffic;
}

/** The moment by the database's clock. */
export async function readNowMs({ database, statements }: OperatorDatabase): Promise<number> {
  const [clock = {}] = await database.query(statements.clock);
  return numberOf(clock, 'now_ms');
}

/** The last log rows, so many of each kind, the newest first: the index on the kind has them in order. */
export async function lastEvents(
  { database, statements }: OperatorDatabase,
  kinds: readonly string[],
  limitOfEach: number,
): Promise<LoggedEvent[]> {
  const found: LoggedEvent[] = [];
  for (const kind of kinds)
    found.push(...(await database.query(statements.lastEvents, [kind, limitOfEach])).map(loggedEventOf));
  return found.sort((a, b) => b.id - a.id);
}

async function readWorkers({ database, statements }: OperatorDatabase): Promise<SeenWorker[]> {
  const rows = await database.query(statements.workers);
  return rows.map((row) => {
    const heartbeatAgeMs = numberOf(row, 'heartbeat_age_ms');
    return {
      id: textOf(row, 'id'),
      host: textOf(row, 'host'),
      pid: numberOf(row, 'pid'),
      version: textOf(row, 'version'),
      startedMs: numberOf(row, 'started_ms'),
      heartbeatAgeMs,
      isAlive: heartbeatAgeMs < ALIVE_MS,
      inFlight: numberOf(row, 'in_flight'),
      doorbell: nullableTextOf(row, 'doorbell'),
    };
  });
}
