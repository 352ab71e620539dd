import type { TestDatabase } from '../test/support/test-database.ts';

/** What part of the newest so many requests a worker served: the smallest and the largest. */
export async function sharesOf(database: TestDatabase, newest: number): Promise<string> {
  const rows = await database.query<{ share: string }[]>(
    `SELECT COUNT(*) / ${newest} AS share FROM (SELECT claimed_by FROM ai_requests ORDER BY id DESC LIMIT ${newest}) newest
      GROUP BY claimed_by ORDER BY share`,
  );
  const percent = (row?: { share: string }) => `${Math.round(Number(row?.share) * 100)} %`;
  return rows.length === 1 ? percent(rows[0]) : `${percent(rows[0])} to ${percent(rows.at(-1))}`;
}
