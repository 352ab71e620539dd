import { readFileSync } from 'node:fs';
import type { Row } from './database.ts';
import { toDatabaseError } from './database-errors.ts';
import { errnoOf } from './migrate-connection.ts';
import { runStatements, type ScriptRun } from './migrate-script.ts';
import { splitSql } from './sql-script.ts';

const VIEWS = new URL('../../sql-files/ai_ipc_views.sql', import.meta.url);

/** Access denied: to the database, to the table, for want of a right. */
const REFUSED: ReadonlySet<number | undefined> = new Set([1044, 1142, 1227]);
const FIND_VIEW = `
  SELECT TABLE_NAME AS name
    FROM information_schema.VIEWS
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`;

/** Each as this version has it, whatever was there; nothing but an admin's own SQL needs one. */
export async function makeViews(run: ScriptRun): Promise<void> {
  for (const statement of splitSql(readFileSync(VIEWS, 'utf8'))) await makeView(run, statement);
}

async function makeView(run: ScriptRun, statement: string): Promise<void> {
  const name = /\bVIEW `(\w+)`/.exec(statement)?.[1] ?? '';
  const found = await run.connection.query<Row[]>(FIND_VIEW, [name]);
  try {
    await runStatements(run, [statement]);
    if (found.length === 0) run.onStep(`The view ${name} is there now.`);
  } catch (error) {
    if (!REFUSED.has(errnoOf(error))) throw error;
    const reason = toDatabaseError(error, run.name).message.split(' Check ', 1)[0] ?? '';
    run.onStep(
      `The view ${name} was not made (${reason}). Going on without it: only SQL of your own reads it. To have it, give ` +
        'this user the rights CREATE VIEW and DROP on it (deploy/grants.sql) and run `ai-ipc migrate` again.',
    );
  }
}
