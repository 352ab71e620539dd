import { AiIpcError } from '../base/errors.ts';
import type { Database, Row } from '../database/database.ts';
import { textOf } from '../database/row-fields.ts';
import type { GroundFacts } from './bench-place.ts';

/** What decides what a commit costs, and who may write. */
const VARIABLES = `
  SHOW GLOBAL VARIABLES WHERE Variable_name IN
    ('version', 'version_comment', 'innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', 'wsrep_on',
     'rpl_semi_sync_master_enabled', 'rpl_semi_sync_source_enabled', 'read_only', 'super_read_only', 'innodb_read_only')`;
const WHO_WRITES = ['read_only', 'super_read_only', 'innodb_read_only'];
/** MariaDB's with all its names, MySQL's, and MySQL's before 8.0.22. */
const REPLICA_STATUS = {
  mariadb: ['SHOW ALL SLAVES STATUS'],
  mysql: ['SHOW REPLICA STATUS', 'SHOW SLAVE STATUS'],
} as const;

/** Throws AiIpcError bench_refused for a server on which nobody, or nobody but another server, should write. */
export async function readGroundFacts(server: Database, name: string): Promise<GroundFacts> {
  const rows = await server.query(VARIABLES);
  const all = Object.fromEntries(rows.map((row) => [textOf(row, 'Variable_name'), textOf(row, 'Value')]));
  const { version = '', version_comment: comment = '', ...settings } = all;
  const isMariadb = /mariadb/i.test(version) || /mariadb/i.test(comment);
  const lock = WHO_WRITES.find((variable) => isSet(settings[variable]));
  if (lock !== undefined)
    throw refused(`${name}: this server takes no writes (${lock}=${settings[lock]}). ${PRIMARY}`);
  const source = await readSource(server, isMariadb ? 'mariadb' : 'mysql');
  if (source !== undefined)
    throw refused(
      `${name}: this server is a replica of ${source}. What a bench writes there the other one does not have, and that can ` +
        `end the replication. ${PRIMARY}`,
    );
  return { version: `${isMariadb ? 'MariaDB' : 'MySQL'} ${numberIn(version)}`, settings };
}

const PRIMARY =
  'Nothing was written. Measure the primary: name it with --database mariadb://user@host/database (or DB_HOST and DB_PORT).';

/** OFF, or NO_LOCK and its kind, which newer servers of MariaDB have. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && !['OFF', '0'].includes(value.toUpperCase());
}

/** MariaDB before 11 may put 5.5.5- in front. */
function numberIn(version: string): string {
  return /^(?:5\.5\.5-)?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? version;
}

/** From where it takes what it has; undefined where it takes nothing, or where this account may not know. */
async function readSource(server: Database, kind: keyof typeof REPLICA_STATUS): Promise<string | undefined> {
  for (const sql of REPLICA_STATUS[kind]) {
    const rows = await server.query(sql).catch(noneIfUnknown);
    const running = rows?.find((row) => fieldsOf(row, RUNNING).some((value) => value === 'Yes'));
    if (running !== undefined) return fieldsOf(running, SOURCE).join(':');
    if (rows !== undefined) return undefined;
  }
  return undefined;
}

const RUNNING = ['Slave_IO_Running', 'Slave_SQL_Running', 'Replica_IO_Running', 'Replica_SQL_Running'];
const SOURCE = ['Master_Host', 'Master_Port', 'Source_Host', 'Source_Port'];

function fieldsOf(row: Row, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const value = row[name];
    return value === undefined || value === null ? [] : [String(value)];
  });
}

/** Words that this server does not know, or a right that this account has not: who may make databases mostly has it. */
function noneIfUnknown(error: unknown): undefined {
  const isUnknown =
    error instanceof AiIpcError && ['database_failed', 'database_denied'].includes(error.code);
  if (!isUnknown) throw error;
}

function refused(message: string): AiIpcError {
  return new AiIpcError('bench_refused', message);
}
