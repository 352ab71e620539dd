import type { TestDatabase } from '../../test/support/test-database.ts';

/** Milliseconds: so many of a hundred took no longer. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly longest: number;
}

/** How many took so many milliseconds. */
export interface Count {
  readonly ms: number;
  readonly count: number;
}

/** From the INSERT to the claim (of several, the last one), of the last call alone, and from the INSERT to the answer's commit. */
export interface RequestTimes {
  readonly wait: Times;
  readonly call: Times;
  readonly total: Times;
}

/** As the tables tell them, of all requests with a higher id. */
export async function requestTimes(database: TestDatabase, afterId: number): Promise<RequestTimes> {
  const since = (column: string) => `
    SELECT TIMESTAMPDIFF(MICROSECOND, created_at, ${column}) DIV 1000 AS ms FROM ai_requests WHERE id > ${afterId}`;
  const calls = `SELECT processing_time_ms AS ms FROM ai_responses WHERE request_id > ${afterId}`;
  const timesOf = async (select: string) => timesFrom(await countsOf(database, select));
  return {
    wait: await timesOf(since('claimed_at')),
    call: await timesOf(calls),
    total: await timesOf(since('processed_at')),
  };
}

/** A million rows come as some hundred. */
async function countsOf(database: TestDatabase, select: string): Promise<Count[]> {
  const rows = await database.query(
    `SELECT ms, COUNT(*) AS count FROM (${select}) each_request GROUP BY ms ORDER BY ms`,
  );
  return rows.map((row) => ({ ms: Number(row['ms']), count: Number(row['count']) }));
}

/** Of counts in the order of their milliseconds; NaN of none. */
export function timesFrom(counts: readonly Count[]): Times {
  return { p50: at(counts, 0.5), p95: at(counts, 0.95), p99: at(counts, 0.99), longest: at(counts, 1) };
}

function at(counts: readonly Count[], part: number): number {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  let place = Math.floor((total - 1) * part);
  for (const { ms, count } of counts) {
    if (place < count) return ms;
    place -= count;
  }
  return Number.NaN;
}
