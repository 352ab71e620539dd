import type { Query } from '../database/check-schema.ts';
import type { Row } from '../database/database.ts';
import { ofPart, partOf } from './part.ts';
import type { FactStatements } from './queue-fact-statements.ts';
import {
  type AlertParts,
  type CallFact,
  LAST_CALLS,
  type PendingFacts,
  type QueueFacts,
  type RecentFacts,
  type TableGrowth,
  type WorkerFact,
} from './queue-facts.ts';

/** What came in during a shorter time says nothing of a day. */
const LEAST_AGE_SECONDS = 3_600;

/** What alerts are judged by. One statement after the other: a look needs one connection and no more. */
export async function lookAtAlerts(query: Query, statements: FactStatements): Promise<AlertParts> {
  const workers = await partOf(async () => (await query(statements.workers)).map(workerOf));
  const requests = await partOf(async () => (await query(statements.requests))[0] ?? {});
  return {
    workers,
    pending: ofPart(requests, pendingOf),
    processing: ofPart(requests, (row) => number(row, 'processing')),
    recent: ofPart(requests, recentOf),
    dailyTokens: await partOf(async () => number((await query(statements.dailyTokens))[0], 'tokens')),
  };
}

export async function lookAtQueue(query: Query, statements: FactStatements): Promise<QueueFacts> {
  return {
    ...(await lookAtAlerts(query, statements)),
    calls: await partOf(async () => callsOf(await query(statements.calls))),
    calling: await partOf(async () => {
      const [row] = await query(statements.calling);
      return { count: number(row, 'number'), oldestSeconds: number(row, 'oldest') };
    }),
    oldestEnded: await partOf(async () => {
      const [row] = await query(statements.oldestEnded);
      return row === undefined ? undefined : { id: number(row, 'id'), ageDays: number(row, 'age_days') };
    }),
    lastCleanedSeconds: await partOf(async () => {
      const [row] = await query(statements.lastCleaned);
      return row === undefined ? undefined : number(row, 'age');
    }),
    sizes: await partOf(async () =>
      (await query(statements.sizes)).map((row) => ({
        table: text(row, 'name'),
        bytes: number(row, 'bytes'),
        rows: number(row, 'number'),
      })),
    ),
    growth: await partOf(async () => (await query(statements.growth)).flatMap(growthOf)),
  };
}

function growthOf(row: Row): TableGrowth[] {
  const ageSeconds = number(row, 'age');
  if (ageSeconds < LEAST_AGE_SECONDS) return [];
  const rowsADay = Math.round((number(row, 'rows_since') / ageSeconds) * 86_400);
  return [{ table: text(row, 'name'), rowsADay }];
}

function workerOf(row: Row): WorkerFact {
  return {
    id: text(row, 'id'),
    host: text(row, 'host'),
    pid: number(row, 'pid'),
    version: text(row, 'version'),
    heartbeatAgeMs: number(row, 'heartbeat_age_ms'),
    inFlight: number(row, 'in_flight'),
    doorbell: row['doorbell'] === null ? null : text(row, 'doorbell'),
  };
}

function pendingOf(row: Row): PendingFacts {
  return {
    pending: number(row, 'pending'),
    due: number(row, 'due'),
    oldestDueSeconds: number(row, 'oldest_due'),
    overdue: number(row, 'overdue'),
    oldestOverdueSeconds: number(row, 'oldest_overdue'),
    ahead: number(row, 'ahead'),
    farthestAheadSeconds: number(row, 'farthest_ahead'),
  };
}

function recentOf(row: Row): RecentFacts {
  return {
    ended: number(row, 'ended'),
    timeout: number(row, 'timed_out'),
    failed: number(row, 'failed'),
    neverTried: number(row, 'never_tried'),
    bornOver: number(row, 'born_over'),
    errorCode: text(row, 'error_code') || null,
  };
}

/** Those that came to a call: what ended without one has no milliseconds. */
function callsOf(rows: readonly Row[]): CallFact[] {
  const calls = rows.flatMap((row) => {
    const { ms, error_code: errorCode } = fieldsOf(text(row, 'event_data'));
    if (typeof ms !== 'number') return [];
    return [
      {
        ms,
        errorCode: typeof errorCode === 'string' ? errorCode : null,
        ageSeconds: number(row, 'age'),
      },
    ];
  });
  return calls.slice(0, LAST_CALLS);
}

/** Anybody may have written a log row; what is no JSON tells of no call. */
function fieldsOf(json: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(json));
  } catch {
    return {};
  }
}

/** Sums and ages come as numbers or, of a decimal, as text; nothing at all counts as 0. */
export function number(row: Row | undefined, field: string): number {
  const value = Number(row?.[field] ?? 0);
  return Number.isFinite(value) ? value : 0;
}

export function text(row: Row | undefined, field: string): string {
  return String(row?.[field] ?? '');
}
