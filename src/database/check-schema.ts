import { AiIpcError } from '../base/errors.ts';
import type { Row } from './database.ts';

/** The schema that this version of ai-ipc needs: the highest number in sql-files/upgrades. */
export const SCHEMA_VERSION = 2;

/** Runs one statement without values. */
export type Query = (sql: string) => Promise<readonly Row[]>;

export interface SchemaState {
  /** 0: none of the tables. 1: the document's tables, or an upgrade that did not come to its end. */
  readonly version: number;
  /** What version 2 has and this database has not, as `table column type nullable`. */
  readonly missing: readonly string[];
  /** Tables that are not InnoDB, as `table (engine)`. */
  readonly otherEngines: readonly string[];
}

/** What makes a schema version 2. ai_ipc_tables.sql looks for the same before it writes the version. */
export const REQUIRED_COLUMNS = [
  'ai_requests id bigint NO',
  'ai_requests status enum NO',
  'ai_requests expires_at timestamp NO',
  'ai_requests attempts int NO',
  'ai_requests max_attempts int YES',
  'ai_requests available_at timestamp NO',
  'ai_requests claimed_by varchar YES',
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

const UNIQUE_RESPONSE = 'ai_responses unique index on request_id';

/** Without these there is nothing to upgrade. */
const DOCUMENT_TABLES: readonly string[] = ['ai_requests', 'ai_responses', 'ai_request_log'];
const TABLE_NAMES = "('ai_requests', 'ai_responses', 'ai_request_log', 'ai_workers', 'ai_ipc_meta')";

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

/**
 * Throws AiIpcError unless the queue can work on this database: database_unsupported (too old a server, tables that are
 * not InnoDB), schema_missing, schema_old or schema_new. Needs no right but SELECT on the tables.
 */
export async function checkSchema(query: Query): Promise<void> {
  await checkServer(query);
  const state = await readSchema(query);
  refuseNewer(state);
  if (state.version === 0) {
    throw new AiIpcError(
      'schema_missing',
      'This database has no AI IPC tables that its user may see. Run `ai-ipc migrate`; if it was run, give the user ' +
        'rights on them (deploy/grants.sql).',
    );
  }
  if (state.version < SCHEMA_VERSION) throw schemaOld(state);
  if (state.otherEngines.length > 0) {
    throw new AiIpcError(
      'database_unsupported',
      `AI IPC needs the engine InnoDB, and these tables have another: ${state.otherEngines.join(', ')}. ` +
        'Run ALTER TABLE … ENGINE=InnoDB for each.',
    );
  }
}

/** What is there, whatever the version row says: a version counts only with its columns. */
export async function readSchema(query: Query): Promise<SchemaState> {
  const tables = await query(TABLES);
  const names = tables.map((row) => String(row['table_name']).toLowerCase());
  const missing = await listMissing(query);
  const stamp = names.includes('ai_ipc_meta') ? stampOf(await query(STAMP)) : 0;
  return {
    version: versionOf(
      stamp,
      missing.length === 0,
      names.some((name) => DOCUMENT_TABLES.includes(name)),
    ),
    missing,
    otherEngines: tables
      .filter((row) => String(row['engine']).toLowerCase() !== 'innodb')
      .map((row) => `${row['table_name']} (${row['engine']})`),
  };
}

/** MariaDB from 10.3 on; MySQL from 8.0.13 on, the first that takes an expression as a default. */
export async function checkServer(query: Query): Promise<{ isMariadb: boolean }> {
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

function schemaOld({ version, missing }: SchemaState): AiIpcError {
  const what =
    missing.length === 0 ? 'an upgrade did not come to its end' : `there is no ${missing.join(', ')}`;
  return new AiIpcError(
    'schema_old',
    `The AI IPC tables are of version ${version} (${what}), and this ai-ipc needs version ${SCHEMA_VERSION}. ` +
      'Run `ai-ipc migrate`.',
  );
}

function versionOf(stamp: number, isComplete: boolean, hasTables: boolean): number {
  if (stamp > SCHEMA_VERSION) return stamp;
  if (!hasTables) return 0;
  // A backup of older tables, loaded over newer ones, leaves the version row as it was.
  if (stamp === SCHEMA_VERSION && !isComplete) return 1;
  return Math.max(stamp, 1);
}

async function listMissing(query: Query): Promise<string[]> {
  const found = new Set((await query(COLUMNS)).map((row) => String(row['description']).toLowerCase()));
  const missing = REQUIRED_COLUMNS.filter((column) => !found.has(column.toLowerCase()));
  const isUnique = (await query(UNIQUE_INDEXES)).length > 0;
  return isUnique ? missing : [...missing, UNIQUE_RESPONSE];
}

function stampOf(rows: readonly Row[]): number {
  const stamp = Number(rows[0]?.['value'] ?? 0);
  return Number.isSafeInteger(stamp) ? stamp : 0;
}
