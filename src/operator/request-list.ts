import { systemClock } from '../base/clock.ts';
import type { Row } from '../database/database.ts';
import { nullableNumberOf, nullableTextOf, numberOf, textOf } from '../database/row-fields.ts';
import type { RequestStatus } from '../queue/request.ts';
import type { OperatorDatabase } from './database.ts';
import { type IdRange, idRangeOf } from './id-range.ts';
import { checkFilter, filterValues, type RequestFilter } from './request-filter.ts';

/** A request in a list. Times are milliseconds since 1970 by the database's clock. */
export interface ListedRequest {
  readonly id: number;
  /** '' for a status that does not exist, until a worker has ended the request. */
  readonly status: RequestStatus | '';
  readonly type: string;
  readonly endpoint: string;
  readonly npc: string | null;
  readonly map: string | null;
  readonly priority: number;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly dataBytes: number;
  readonly createdMs: number;
  readonly processedMs: number | null;
  /** From its creation to its last claim; null while it waits. */
  readonly waitedMs: number | null;
  /** The last call of the AI service; null where there was none. */
  readonly aiMs: number | null;
  /** From its creation to its end; null until then. */
  readonly totalMs: number | null;
}

export interface RequestPage {
  /** The newest first. */
  readonly requests: readonly ListedRequest[];
  /** What the next page is asked for with (`before`); null where there is none. */
  readonly next: number | null;
  /** Whether the time was over before the page was full: the next one goes on where this one stopped looking. */
  readonly isCutShort: boolean;
}

export interface ListOptions {
  /** Requests with lower ids than this alone: the `next` of the page before. */
  readonly before?: number | undefined;
  /** Default 50. */
  readonly limit?: number | undefined;
  /** For how long it may look. Default 1,000. */
  readonly limitMs?: number | undefined;
}

export interface RequestCount {
  readonly requests: number;
  /** False where the time was over before all were looked at: there may be more. */
  readonly isWhole: boolean;
}

export interface RequestTotals extends RequestCount {
  readonly completed: number;
  readonly failed: number;
  readonly timeout: number;
  readonly cancelled: number;
  /** Of the last calls that were made for them; null without one. */
  readonly meanAiMs: number | null;
  /** Of the completed ones, from creation to end; null without one. */
  readonly meanTotalMs: number | null;
}

const PAGE = 50;
const LIMIT_MS = 1_000;
/** Up to so many requests of the wanted statuses are found by their index, and sorted. */
const FEW = 10_000;
/** How many ids are looked at in one statement, at first. */
const FIRST_STEP = 20_000;
/** What a statement is to take: on SQLite this thread stands still meanwhile. */
const STEP_MS = 40;

/** One page of what the filter means, the newest first. */
export async function listRequests(
  db: OperatorDatabase,
  filter: RequestFilter,
  { before, limit = PAGE, limitMs = LIMIT_MS }: ListOptions = {},
): Promise<RequestPage> {
  const requests: ListedRequest[] = [];
  const look = await lookerFor(db, filter, before);
  const { statements } = db;
  const rest = await look(limitMs, async ({ from, before: end }, isOfStatus) => {
    const sql = isOfStatus ? statements.listOfStatus : statements.list;
    // One more than a page has: only then is there a next one.
    const left = limit + 1 - requests.length;
    const rows = await db.database.query(sql, [from, end, ...filterValues(filter), left]);
    requests.push(...rows.map(listedOf));
    return rows.length < left;
  });
  const page = requests.slice(0, limit);
  const isFull = requests.length > limit;
  return {
    requests: page,
    next: isFull ? (page.at(-1)?.id ?? null) : rest,
    isCutShort: !isFull && rest !== null,
  };
}

/** How many requests the filter means, as far as it could be found out in time. */
export async function countRequests(
  db: OperatorDatabase,
  filter: RequestFilter,
  { limitMs = LIMIT_MS }: { readonly limitMs?: number | undefined } = {},
): Promise<RequestCount> {
  let requests = 0;
  const look = await lookerFor(db, filter, undefined);
  const rest = await look(limitMs, async ({ from, before }, isOfStatus) => {
    const sql = isOfStatus ? db.statements.countOfStatus : db.statements.count;
    const [row] = await db.database.query(sql, [from, before, ...filterValues(filter)]);
    requests += numberOf(row ?? {}, 'requests');
    return true;
  });
  return { requests, isWhole: rest === null };
}

/** The same, with what has become of them and how long it took. */
export async function totalRequests(
  db: OperatorDatabase,
  filter: RequestFilter,
  { limitMs = LIMIT_MS }: { readonly limitMs?: number | undefined } = {},
): Promise<RequestTotals> {
  const sums = {
    requests: 0,
    completed: 0,
    failed: 0,
    timeout: 0,
    cancelled: 0,
    calls: 0,
    ai_ms: 0,
    total_ms: 0,
  };
  const range = await idRangeOf(db, checkFilter(filter));
  const rest = await lookInSteps(range, limitMs, async ({ from, before }) => {
    const [row = {}] = await db.database.query(db.statements.totals, [from, before, ...filterValues(filter)]);
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += numberOf(row, name);
    return true;
  });
  const { calls, ai_ms, total_ms, ...counts } = sums;
  return {
    ...counts,
    meanAiMs: calls === 0 ? null : ai_ms / calls,
    meanTotalMs: counts.completed === 0 ? null : total_ms / counts.completed,
    isWhole: rest === null,
  };
}

/** Looks at one range of ids; false: it has enough. */
type Look = (range: IdRange, isOfStatus: boolean) => Promise<boolean>;

/** What goes through all that the filter may mean, and gives where it stopped: null at the end. */
async function lookerFor(
  db: OperatorDatabase,
  filter: RequestFilter,
  before: number | undefined,
): Promise<(limitMs: number, look: Look) => Promise<number | null>> {
  checkFilter(filter);
  const range = await idRangeOf(db, filter);
  const whole = { from: range.from, before: Math.min(range.before, before ?? range.before) };
  if (await areFew(db, filter)) {
    return async (_limitMs, look) => {
      await look(whole, true);
      return null;
    };
  }
  return (limitMs, look) => lookInSteps(whole, limitMs, look);
}

/** Where a few of ten million have the wanted statuses, their index finds them, and the ids would not. */
async function areFew({ database, statements }: OperatorDatabase, filter: RequestFilter): Promise<boolean> {
  if (filter.statuses === undefined || filter.id !== undefined) return false;
  const [row] = await database.query(statements.countStatuses, [filter.statuses, FEW + 1]);
  return numberOf(row ?? {}, 'requests') <= FEW;
}

/** From the newest on, in steps that take about as long as they should, however many rows there are to an id. */
async function lookInSteps(range: IdRange, limitMs: number, look: Look): Promise<number | null> {
  const endMs = systemClock.nowMs() + limitMs;
  let before = range.before;
  for (let step = FIRST_STEP; before > range.from; ) {
    const from = Math.max(range.from, before - step);
    const beganMs = systemClock.nowMs();
    const goesOn = await look({ from, before }, false);
    const nowMs = systemClock.nowMs();
    before = from;
    if (!goesOn || nowMs >= endMs) break;
    step = nowMs - beganMs < STEP_MS / 2 ? step * 2 : Math.max(1_000, Math.ceil(step / 2));
  }
  return before > range.from ? before : null;
}

/** A row of the statement `list`. */
export function listedOf(row: Row): ListedRequest {
  const createdMs = nullableNumberOf(row, 'created_ms') ?? 0;
  const claimedMs = nullableNumberOf(row, 'claimed_ms');
  const processedMs = nullableNumberOf(row, 'processed_ms');
  return {
    id: numberOf(row, 'id'),
    status: textOf(row, 'status') as RequestStatus | '',
    type: textOf(row, 'request_type'),
    endpoint: textOf(row, 'endpoint'),
    npc: nullableTextOf(row, 'source_npc'),
    map: nullableTextOf(row, 'source_map'),
    priority: numberOf(row, 'priority'),
    attempts: numberOf(row, 'attempts'),
    errorCode: nullableTextOf(row, 'error_code'),
    dataBytes: numberOf(row, 'data_bytes'),
    createdMs,
    processedMs,
    waitedMs: spanOf(createdMs, claimedMs),
    aiMs: nullableNumberOf(row, 'ai_ms'),
    totalMs: spanOf(createdMs, processedMs),
  };
}

/** SQL alone can have written an end before a beginning. */
export function spanOf(fromMs: number, toMs: number | null): number | null {
  return toMs === null ? null : Math.max(0, toMs - fromMs);
}
