import { AiIpcError } from '../base/errors.ts';
import type { Row } from './database.ts';

/** The schema that this version of ai-ipc needs: the highest number in sql-files/upgrades. */
export const SCHEMA_VERSION = 5;

/** Runs one statement without values. */
export type Query = (sql: string) => Promise<readonly Row[]>;

export interface SchemaState {
  /** 0: none of the tables. 1: the document's tables, or an upgrade from them that did not come to its end. */
  readonly version: number;
  /** What the present version has and this database has not, as `table column type nullable`. */
  readonly missing: readonly string[];
  /** The tables of which all that is missing is missing as a whole, though an upgrade was done: see {@link hiddenTables}. */
  readonly hidden: readonly string[];
  /** Tables that are not InnoDB, as `table (engine)`. */
  readonly otherEngines: readonly string[];
}

/** What version 2 brought: the queue. */
const QUEUE_COLUMNS = [
  'ai_requests id bigint NO',
  'ai_requests status enum NO',
  'ai_requests expires_at timestamp NO',
  'ai_requests attempts int NO',
  'ai_requests max_attempts int YES',
  'ai_requests available_at timestamp NO',
  'ai_requests claim_no int NO',
  'ai_requests claimed_at timestamp YES',
  'ai_requests error_code varchar YES',
  'ai_responses id bigint NO',
  'ai_responses request_id bigint NO',
  'ai_responses response_data mediumtext YES',
  'ai_request_log request_id bigint NO',
  'ai_workers id varchar NO',
  'ai_ipc_meta name varchar NO',
] as const;
/** What version 3 brought: what the AI service keeps. */
const SERVICE_COLUMNS = [
  'ai_npc_memory player_id varchar NO',
  'ai_npc_memory turn_key char YES',
  'ai_npc_budget tokens bigint NO',
] as const;
/** What version 4 changed: a claim fits into the row that is there. */
const ROW_COLUMNS = ['ai_requests claimed_by char YES'] as const;
/** What version 5 brought: by which words the AI service finds again what was said. */
const WORD_COLUMNS = ['ai_npc_words turn bigint NO'] as const;
/** What makes a schema the present version. ai_ipc_tables.sql looks for the same before it writes the version. */
export const REQUIRED_COLUMNS = [
  ...QUEUE_COLUMNS,
  ...SERVICE_COLUMNS,
  ...ROW_COLUMNS,
  ...WORD_COLUMNS,
] as const;

const UNIQUE_RESPONSE = 'ai_responses unique index on request_id';

/** Without these there is nothing to upgrade. */
const DOCUMENT_TABLES: readonly string[] = ['ai_requests', 'ai_responses', 'ai_request_log'];
const TABLE_NAMES =
  "('ai_requests', 'ai_responses', 'ai_request_log', 'ai_workers', 'ai_ipc_meta', 'ai_npc_memory', 'ai_npc_budget', 'ai_npc_words')";

const TABLES = `
  SELECT TABLE_NAME AS table_name, ENGINE AS engine
    FROM information_schema.TABLES
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ${TABLE_NAMES} AND TABLE_TYPE = 'BASE TABLE'`;
const COLUMNS = `
  SELECT CONCAT_WS(' ', TABLE_NAME, COLUMN_NAME, DATA_TYPE, IS_NULLABLE) AS description
    FROM information_schema.COLUMNS
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ${TABLE_NAMES}`;
const UNIQUE_INDEXES = `
  SELECT INDEX_NAME AS index_name
    FROM information_schema.STATISTICS
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ai_responses' AND COLUMN_NAME = 'request_id' AND NON_UNIQUE = 0`;
const STAMP = "SELECT value FROM ai_ipc_meta WHERE name = 'schema_version'";
const SERVER_VERSION = 'SELECT VERSION() AS version';

export interface ServerKind {
  /** MySQL, if not. */
  readonly isMariadb: boolean;
}

/** queue: what worker and clients use. all: what the AI service keeps too; whoever only asks has no rights on that. */
export type SchemaPart = 'queue' | 'all';

/**
 * Throws AiIpcError unless one can work on this part of the database: database_unsupported (too old a server, tables
 * that are not InnoDB), schema_missing, schema_old or schema_new. Needs no right but SELECT on the tables.
 */
export async function checkSchema(query: Query, part: SchemaPart = 'queue'): Promise<ServerKind> {
  const kind = await checkServer(query);
  const state = await readSchema(query, part);
  refuseNewer(state);
  if (state.version === 0) {
    throw new AiIpcError(
      'schema_missing',
      'This database has no AI IPC tables that its user may see. Run `ai-ipc migrate`; if it was run, give the user ' +
        'rights on them (deploy/grants.sql).',
    );
  }
  if (state.hidden.length > 0) throw tablesHidden(state);
  if (state.version < SCHEMA_VERSION) throw schemaOld(state);
  if (state.otherEngines.length > 0) {
    throw new AiIpcError(
      'database_unsupported',
      `AI IPC needs the engine InnoDB, and these tables have another: ${state.otherEngines.join(', ')}. ` +
        'Run ALTER TABLE … ENGINE=InnoDB for each.',
    );
  }
  return kind;
}

/** What is there, whatever the version row says: a version counts only with its columns. */
export async function readSchema(query: Query, part: SchemaPart = 'all'): Promise<SchemaState> {
  const tables = await query(TABLES);
  const names = tables.map((row) => String(row['table_name']).toLowerCase());
  const missingOfQueue = await listMissing(query, QUEUE_COLUMNS);
  const missingOfService = part === 'all' ? await listMissing(query, SERVICE_COLUMNS) : [];
  if ((await query(UNIQUE_INDEXES)).length === 0) missingOfQueue.push(UNIQUE_RESPONSE);
  const stamp = names.includes('ai_ipc_meta') ? stampOf(await query(STAMP)) : 0;
  const missingOfWords = part === 'all' ? await listMissing(query, WORD_COLUMNS) : [];
  const missingByVersion = [
    ...[missingOfQueue, missingOfService],
    ...[await listMissing(query, ROW_COLUMNS), missingOfWords],
  ];
  const missing = missingByVersion.flat();
  return {
    version: names.some((name) => DOCUMENT_TABLES.includes(name))
      ? versionOf(stamp, completeVersion(missingByVersion))
      : newerOr0(stamp),
    missing,
    hidden: hiddenTables(missing, names, stamp),
    otherEngines: tables
      .filter((row) => String(row['engine']).toLowerCase() !== 'innodb')
      .map((row) => `${row['table_name']} (${row['engine']})`),
  };
}

/** MariaDB from 10.3 on; MySQL from 8.0.13 on, the first that takes an expression as a default. */
export async function checkServer(query: Query): Promise<ServerKind> {
  const [row] = await query(SERVER_VERSION);
  const version = String(row?.['version']);
  const isMariadb = /mariadb/i.test(version);
  // MariaDB before 11 may put 5.5.5- in front, for the sake of old replicas.
  const [, major = 0, minor = 0, patch = 0] = (/^(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).map(
    Number,
  );
  const number = major * 10_000 + minor * 100 + patch;
  if (number >= (isMariadb ? 100_300 : 80_013)) return { isMariadb };
  throw new AiIpcError(
    'database_unsupported',
    `The database server is version ${version}. AI IPC needs MariaDB 10.3 or later, or MySQL 8.0.13 or later.`,
  );
}

/** Throws AiIpcError (schema_new) for a schema that a later version of ai-ipc made. */
export function refuseNewer({ version }: SchemaState): void {
  if (version <= SCHEMA_VERSION) return;
  throw new AiIpcError(
    'schema_new',
    `The AI IPC tables are of version ${version}, and this ai-ipc knows version ${SCHEMA_VERSION}. ` +
      'Update ai-ipc here; the database was not touched.',
  );
}

function tablesHidden({ hidden }: SchemaState): AiIpcError {
  return new AiIpcError(
    'schema_missing',
    `This user sees no table ${hidden.join(' and no ')}, though the AI IPC tables beside it are of version ` +
      `${SCHEMA_VERSION}. Most likely a right is missing: use the worker's user, or give this one the rights of it ` +
      '(deploy/grants.sql). Only if the table was dropped, run `ai-ipc migrate`.',
  );
}

function schemaOld({ version, missing }: SchemaState): AiIpcError {
  const what =
    missing.length === 0 ? 'an upgrade did not come to its end' : `there is no ${missing.join(', ')}`;
  return new AiIpcError(
    'schema_old',
    `The AI IPC tables are of version ${version} (${what}), and this ai-ipc needs version ${SCHEMA_VERSION}. ` +
      'Run `ai-ipc migrate`.',
  );
}

/** The last version of which nothing is missing: the first document's tables are version 1 in any case. */
function completeVersion(missingByVersion: readonly (readonly string[])[]): number {
  const complete = missingByVersion.findIndex((missing) => missing.length > 0);
  return complete === -1 ? SCHEMA_VERSION : complete + 1;
}

/** A backup of older tables, loaded over newer ones, leaves the version row as it was: it counts only with its columns. */
function versionOf(stamp: number, complete: number): number {
  return stamp > SCHEMA_VERSION ? stamp : Math.max(1, Math.min(stamp, complete));
}

/**
 * A table that a user has no right on is as if it were not there. Where the version row says the present version, and all
 * that is missing is whole tables, the user's rights are the likely reason. Older tables lack columns too.
 */
function hiddenTables(missing: readonly string[], names: readonly string[], stamp: number): string[] {
  const tables = [...new Set(missing.map((description) => description.split(' ', 1)[0] ?? ''))];
  const isWhole = tables.every((table) => !names.includes(table));
  return stamp === SCHEMA_VERSION && isWhole ? tables : [];
}

/** Without tables there is nothing to upgrade; but what a later ai-ipc stamped is not for this one. */
function newerOr0(stamp: number): number {
  return stamp > SCHEMA_VERSION ? stamp : 0;
}

async function listMissing(query: Query, columns: readonly string[]): Promise<string[]> {
  const found = new Set((await query(COLUMNS)).map((row) => String(row['description']).toLowerCase()));
  return columns.filter((column) => !found.has(column.toLowerCase()));
}

function stampOf(rows: readonly Row[]): number {
  const stamp = Number(rows[0]?.['value'] ?? 0);
  return Number.isSafeInteger(stamp) ? stamp : 0;
}
