import { readdirSync, readFileSync } from 'node:fs';
import type { Connection } from 'mariadb';
import { AiIpcError } from '../base/errors.ts';
import {
  checkSchema,
  checkServer,
  type Query,
  readSchema,
  refuseNewer,
  SCHEMA_VERSION,
  type SchemaState,
} from './check-schema.ts';
import type { ConnectSettings, OpenConnection } from './connect.ts';
import type { Row } from './database.ts';
import { toDatabaseError } from './database-errors.ts';
import { mariadbName } from './database-name.ts';
import { atHost } from './hosts.ts';
import { connectForMigrate, errnoOf } from './migrate-connection.ts';
import { restoreKeys } from './migrate-keys.ts';
import { isDoneByAnother, meetingOthers } from './migrate-meeting.ts';
import { loadPresentSchema } from './migrate-parts.ts';
import { type CopyProgress, watchCopy } from './migrate-progress.ts';
import { type LockWait, retryLocked, runStatements, type ScriptRun } from './migrate-script.ts';
import { makeViews } from './migrate-views.ts';
import { alterForMysql } from './mysql-alter.ts';
import { findServerFaults, refuseFaults, sentencesOf } from './server-checks.ts';
import { splitSql } from './sql-script.ts';

export { migrateSqlite } from './sqlite-schema.ts';

export interface MigrateOptions {
  readonly settings: ConnectSettings;
  /** Asked before tables with more than 100,000 rows are copied: writers wait meanwhile, 7 s a million rows here. */
  readonly confirm: (rows: number) => Promise<boolean>;
  /** Told each step, a sentence for people. */
  readonly onStep: (text: string) => void;
  /** Told how far a copy of a table is, where the server says it (MariaDB). */
  readonly onCopy?: (progress: CopyProgress) => void;
  /** Ends the waiting between two tries. */
  readonly signal?: AbortSignal;
  readonly lockWait?: LockWait;
}

export interface MigrateResult {
  /** The version that was found: 0 for an empty database, 1 for the document's tables, then those of upgrades/. */
  readonly from: number;
  readonly to: number;
  /** Whether something was made again that a database of this version has: an index, the procedure, the event. */
  readonly hasRestored: boolean;
}

/** The map server waits behind a waiting ALTER, and 2 s of standing still are borne; then it has 3 s to itself. */
const LOCK_WAIT: LockWait = { seconds: 2, tries: 10, pauseMs: 3_000 };
/** The upgrade of a million requests and a million responses took 14 s here: below this, less than a second. */
const ROWS_WITHOUT_ASKING = 100_000;
/** Rows that came in, from an old client, between mending and changing a table. A third time it is no accident. */
const UPGRADE_TRIES = 3;
const DOCUMENT_VERSION = 1;
/** Duplicate key, NULL refused, value cut, wrong value, wrong characters, value too long, no parent row. */
const MISFIT_ROWS: ReadonlySet<number | undefined> = new Set([1062, 1138, 1265, 1292, 1366, 1406, 1452]);
/** What a server says of a row format with which a table's indexes, columns or options do not go. */
const MISFIT_FORMAT: ReadonlySet<number | undefined> = new Set([1005, 1031, 1071, 1118, 1478, 1709]);
const ROW_FORMAT = /,\s*ROW_FORMAT=\w+/;

const SQL_FILES = new URL('../../sql-files/', import.meta.url);
const PRESENT_SCHEMA = new URL('ai_ipc_tables.sql', SQL_FILES);
const UPGRADES = new URL('upgrades/', SQL_FILES);

/**
 * Brings a MariaDB database to the present schema, whether it is empty or has older tables. It can be run again at any
 * time, also after it was killed. Throws AiIpcError: migrate_needs_yes, migrate_blocked, schema_new,
 * database_unsupported, database_denied, database_unknown, database_unavailable or database_failed.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const { settings, lockWait = LOCK_WAIT } = options;
  const name = mariadbName(settings);
  const opened: OpenConnection[] = [];
  const connect = async () => {
    // Both to one host: another one knows nothing of the first's locks.
    const [first] = opened;
    const place = first === undefined ? settings : atHost(settings, first.place);
    const one = await connectForMigrate(place, lockWait.seconds);
    opened.push(one);
    return one.connection;
  };
  try {
    const [worker, holder] = [await connect(), await connect()];
    const ownThreadIds = [worker, holder].map((connection) => connection.threadId ?? 0);
    const run = { name, onStep: options.onStep, lockWait, ownThreadIds, signal: options.signal };
    return await migrateOn({ ...run, connection: worker }, { ...run, connection: holder }, options);
  } catch (error) {
    throw toDatabaseError(error, name);
  } finally {
    for (const { cut } of opened) cut();
  }
}

async function migrateOn(run: ScriptRun, turn: ScriptRun, options: MigrateOptions): Promise<MigrateResult> {
  const query = queryOn(run.connection);
  const { isMariadb } = await checkServer(query);
  const faults = refuseFaults(await findServerFaults(query, 'migrate'), run.name);
  const found = await readSchema(query);
  refuseNewer(found);
  if (isUpgrade(found.version)) await prepareUpgrade(run, options, found);

  const present = splitSql(readFileSync(PRESENT_SCHEMA, 'utf8'));
  await takeTurn(turn, present);
  const changing = isMariadb ? run : forMysql(run, query);
  const result = await meetingOthers(run, () => bringToPresent(run, present, { changing, turn, options }));
  for (const fault of faults) options.onStep(sentencesOf(fault));
  options.onStep(`The tables are of version ${SCHEMA_VERSION}.`);
  return result;
}

interface Bringing {
  /** `run`, in the words of this server. */
  readonly changing: ScriptRun;
  readonly turn: ScriptRun;
  readonly options: MigrateOptions;
}

async function bringToPresent(
  run: ScriptRun,
  present: readonly string[],
  { changing, turn, options }: Bringing,
): Promise<MigrateResult> {
  const query = queryOn(run.connection);
  // The one who had the turn before may have done it all.
  const { version: from } = await readSchema(query);
  const start = START_STEPS[from];
  if (start !== undefined) options.onStep(start);
  if (isUpgrade(from)) await watchedUpgrade(changing, { turn, options, from });
  const parts = await loadPresentSchema(run, present);
  const keys = await restoreKeys(run, { confirm: options.confirm, rowsWithoutAsking: ROWS_WITHOUT_ASKING });
  await makeViews(run);
  await checkSchema(query, 'all');
  return { from, to: SCHEMA_VERSION, hasRestored: parts + keys > 0 };
}

const START_STEPS: Readonly<Record<number, string>> = {
  0: 'There are no AI IPC tables: making them.',
  1: `The tables are those of the first document, or an upgrade was cut short: bringing them to version ${SCHEMA_VERSION}.`,
  2: `The tables are of version 2: bringing them to version ${SCHEMA_VERSION}.`,
  3: `The tables are of version 3: bringing them to version ${SCHEMA_VERSION}.`,
  4: `The tables are of version 4: bringing them to version ${SCHEMA_VERSION}.`,
};

function isUpgrade(version: number): boolean {
  return version > 0 && version < SCHEMA_VERSION;
}

/** Everything that may say no, before tables with rows are copied. */
async function prepareUpgrade(
  run: ScriptRun,
  { confirm }: MigrateOptions,
  found: SchemaState,
): Promise<void> {
  const isDocument = found.version === DOCUMENT_VERSION;
  if (isDocument) await refuseForeignKeys(run);
  // Later ones copy ai_requests, and that only once.
  if (!isDocument && !found.missing.some((column) => column.startsWith('ai_requests '))) return;
  const rows = await countRows(run.connection, isDocument ? OLD_TABLES : ['ai_requests']);
  if (rows <= ROWS_WITHOUT_ASKING || (await confirm(rows))) return;
  throw new AiIpcError(
    'migrate_needs_yes',
    `The tables have ${rows} rows, and copying them makes the map server wait. Nothing was changed. Stop the map server ` +
      'or choose a quiet hour, and run `ai-ipc migrate --yes`.',
  );
}

const FOREIGN_KEYS = `
  SELECT CONCAT('ALTER TABLE \`', TABLE_SCHEMA, '\`.\`', TABLE_NAME, '\` DROP FOREIGN KEY \`', CONSTRAINT_NAME, '\`') AS cure,
         TABLE_NAME AS table_name, REFERENCED_TABLE_NAME AS referenced_table
    FROM information_schema.KEY_COLUMN_USAGE
   WHERE REFERENCED_TABLE_SCHEMA = DATABASE() AND REFERENCED_COLUMN_NAME = 'id'
     AND REFERENCED_TABLE_NAME IN ('ai_requests', 'ai_responses') AND NOT TABLE_NAME = 'ai_responses'`;

/** A foreign key of the admin's own table holds `id` to INT: only he knows what his table is for. */
async function refuseForeignKeys({ connection, name }: ScriptRun): Promise<void> {
  const [key] = await connection.query<Row[]>(FOREIGN_KEYS);
  if (key === undefined) return;
  throw new AiIpcError(
    'migrate_blocked',
    `${name}: the table ${key['table_name']} has a foreign key to ${key['referenced_table']}, whose id becomes BIGINT ` +
      `UNSIGNED. Nothing was changed. Run ${key['cure']}; then \`ai-ipc migrate\`; then make the column BIGINT UNSIGNED ` +
      'and add the key again.',
  );
}

const OLD_TABLES = ['ai_requests', 'ai_responses', 'ai_request_log'] as const;
const FIND_TABLES = `
  SELECT TABLE_NAME AS table_name
    FROM information_schema.TABLES
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?)`;

/** Exactly: the estimate of information_schema is off by half at times, and a million rows are counted in 0.1 s. */
async function countRows(connection: Connection, tables: readonly string[]): Promise<number> {
  let rows = 0;
  for (const table of await connection.query<Row[]>(FIND_TABLES, [tables])) {
    const [count] = await connection.query<Row[]>(
      `SELECT COUNT(*) AS row_count FROM \`${table['table_name']}\``,
    );
    rows += Number(count?.['row_count']);
  }
  return rows;
}

/**
 * One migrate at a time: it holds a row of ai_ipc_meta locked on a connection of its own, and the lock ends with the
 * connection, however that ends. A row that stays, because one that is inserted and rolled back leaves whoever waited
 * for it a lock on the gap, and that migrate then waited for itself. No GET_LOCK, which Galera has only on one node.
 * There two may still meet, on two nodes; then the statements, each of which may be run twice, do no harm, of two
 * transactions the second is refused (1213), and what is there already is looked at anew (migrate-meeting.ts).
 */
async function takeTurn(turn: ScriptRun, present: readonly string[]): Promise<void> {
  const makeMeta = present.filter((statement) =>
    statement.startsWith('CREATE TABLE IF NOT EXISTS `ai_ipc_meta`'),
  );
  await runStatements(turn, [...makeMeta, MAKE_TURN]);
  await retryLocked(turn, async () => {
    await turn.connection.beginTransaction();
    await turn.connection.query(LOCK_TURN);
  });
}

/** IGNORE, and a look before: of two at once one inserts it, and later ones do not touch it. */
const MAKE_TURN = `
  INSERT IGNORE INTO ai_ipc_meta (name, value)
  SELECT 'migrate', 'locked while a migrate is at work' FROM DUAL
   WHERE NOT EXISTS (SELECT 1 FROM ai_ipc_meta WHERE name = 'migrate')`;
const LOCK_TURN = "SELECT value FROM ai_ipc_meta FORCE INDEX (PRIMARY) WHERE name = 'migrate' FOR UPDATE";

function forMysql(run: ScriptRun, query: Query): ScriptRun {
  return { ...run, adapt: (statement) => alterForMysql(query, statement) };
}

interface Upgrading {
  /** Its connection is free while the other one works. */
  readonly turn: ScriptRun;
  readonly options: MigrateOptions;
  readonly from: number;
}

async function watchedUpgrade(run: ScriptRun, { turn, options, from }: Upgrading): Promise<void> {
  const { onCopy } = options;
  const isTold = onCopy !== undefined && run.adapt === undefined;
  const unwatch = isTold ? watchCopy(turn.connection, run.connection.threadId ?? 0, onCopy) : undefined;
  try {
    await upgrade(run, from);
  } finally {
    await unwatch?.();
  }
}

async function upgrade(run: ScriptRun, from: number): Promise<void> {
  for (const file of upgradesAfter(from)) {
    const statements = splitSql(readFileSync(new URL(file, UPGRADES), 'utf8'));
    await runUpgrade(run, statements);
  }
}

async function runUpgrade(run: ScriptRun, statements: readonly string[]): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      return await runStatements(run, statements);
    } catch (error) {
      const isOfFormat = MISFIT_FORMAT.has(errnoOf(error)) && !isDoneByAnother(error);
      if (isOfFormat && statements.some((statement) => ROW_FORMAT.test(statement)))
        return await upgradeWithoutFormat(run, statements, error);
      if (tried >= UPGRADE_TRIES || !MISFIT_ROWS.has(errnoOf(error))) throw upgradeError(run, error);
      await run.connection.query('ROLLBACK');
      run.onStep('Rows of an old client came in between: starting the upgrade over.');
    }
  }
}

/** The row format only makes it faster: an admin's own index or column need not go for that. */
async function upgradeWithoutFormat(
  run: ScriptRun,
  statements: readonly string[],
  error: unknown,
): Promise<void> {
  run.onStep(
    'The table keeps its row format, since the server refuses the one of new tables for it ' +
      `(${toDatabaseError(error, run.name).message}) All works the same; the database only writes more for each request.`,
  );
  await runUpgrade(
    run,
    statements.map((statement) => statement.replace(ROW_FORMAT, '')),
  );
}

/** NNNN_what.sql brings the schema to version NNNN. */
function upgradesAfter(version: number): string[] {
  const files = readdirSync(UPGRADES).filter((file) => /^\d{4}_\w+\.sql$/.test(file));
  return files.filter((file) => Number(file.slice(0, 4)) > version).sort();
}

function upgradeError({ name }: ScriptRun, error: unknown): AiIpcError {
  if (error instanceof AiIpcError) return error;
  const { code, message } = toDatabaseError(error, name);
  return new AiIpcError(
    code,
    `${message} The upgrade stopped there and nothing was lost: mend what the message names and run ` +
      '`ai-ipc migrate` again.',
    { cause: error },
  );
}

function queryOn(connection: Connection): Query {
  return (sql) => connection.query<Row[]>(sql);
}
