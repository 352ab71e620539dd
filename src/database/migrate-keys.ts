import { AiIpcError } from '../base/errors.ts';
import type { Row } from './database.ts';
import { runStatements, type ScriptRun } from './migrate-script.ts';
import { findLostKeys } from './schema-keys.ts';

export interface RestoreOptions {
  /** Asked before a constraint is added to a table with more than 100,000 rows: it copies the table. */
  readonly confirm: (rows: number) => Promise<boolean>;
  readonly rowsWithoutAsking: number;
}

/**
 * Makes each index and constraint again that somebody dropped or changed. An index is added while others write; only a
 * foreign key copies its table. Returns how many there were.
 */
export async function restoreKeys(run: ScriptRun, options: RestoreOptions): Promise<number> {
  const lost = await findLostKeys((sql) => run.connection.query<Row[]>(sql));
  if (lost.some(({ cure }) => cure.some((statement) => statement.includes('FOREIGN KEY'))))
    await askForCopy(run, options);
  for (const { table, key, cure } of lost) {
    run.onStep(`${table} has no ${key}: making it again.`);
    await runStatements(run, cure);
  }
  return lost.length;
}

async function askForCopy(
  { connection }: ScriptRun,
  { confirm, rowsWithoutAsking }: RestoreOptions,
): Promise<void> {
  const [row] = await connection.query<Row[]>('SELECT COUNT(*) AS responses FROM ai_responses');
  const rows = Number(row?.['responses'] ?? 0);
  if (rows <= rowsWithoutAsking || (await confirm(rows))) return;
  throw new AiIpcError(
    'migrate_needs_yes',
    `The foreign key of ai_responses is gone, and to make it again copies its ${rows} rows, while the map server waits. ` +
      'Choose a quiet hour, and run `ai-ipc migrate --yes`.',
  );
}
