import type { DatabaseSettings } from '../config/settings.ts';
import { checkSchema } from '../database/check-schema.ts';
import type { Database, Statement, Write } from '../database/database.ts';
import type { Value } from './export-format.ts';
import type { TableForm } from './tables.ts';

/** A database that is imported into, by one connection that takes rows as they are. */
export interface Target {
  readonly database: Database;
  /** How far an import is: a row of ai_ipc_meta, locked. */
  readonly lockProgress: Statement;
  /** The writes of these rows. */
  insert(table: TableForm, rows: readonly (readonly Value[])[]): Write[];
  setMeta(name: string, value: string): Write;
  /** From which id on the table counts. */
  setNextId(table: TableForm, nextId: string): Promise<void>;
  close(): Promise<void>;
}

export async function openTarget(settings: DatabaseSettings): Promise<Target> {
  return settings.kind === 'mariadb' ? await openMariadb(settings) : await openSqlite(settings.file);
}

const PROGRESS = "SELECT value FROM ai_ipc_meta FORCE INDEX (PRIMARY) WHERE name = 'import' FOR UPDATE";
const PROGRESS_SQLITE = "SELECT value FROM ai_ipc_meta WHERE name = 'import'";
const SET_META =
  'INSERT INTO ai_ipc_meta (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)';
const SET_META_SQLITE =
  'INSERT INTO ai_ipc_meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value';

/**
 * In each transaction, since another one may have another connection. Rows are taken as they are, also those that came in
 * by way of another sql_mode: a status that does not exist, a time of zeros, a response without its request. What the
 * server changes on the way shows when all is compared.
 */
const AS_IT_IS: Write = {
  sql: "SET SESSION foreign_key_checks = 0, SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION'",
  values: [],
};

async function openMariadb(settings: DatabaseSettings & { readonly kind: 'mariadb' }): Promise<Target> {
  const { openMariadbPool } = await import('../database/mariadb-pool.ts');
  const one = { ...settings, minPoolSize: 0, maxPoolSize: 1, takesHugeIds: true };
  const maxPacketBytes = await checkMariadb(openMariadbPool(one));
  const database = openMariadbPool({ ...one, maxPacketBytes });
  return {
    database,
    lockProgress: { sql: PROGRESS, values: [] },
    insert: (table, rows) => [AS_IT_IS, ...insertsOf(table, rows)],
    setMeta: (name, value) => ({ sql: SET_META, values: [name, value] }),
    // Digits, as the header was checked: a bound value would be text, which an ALTER does not take.
    setNextId: async ({ name }, nextId) => {
      await database.execute(`ALTER TABLE ${name} AUTO_INCREMENT = ${BigInt(nextId)}`);
    },
    close: () => database.close(),
  };
}

/** Returns how much the server takes in one packet. */
async function checkMariadb(database: Database): Promise<number> {
  try {
    await checkSchema((sql) => database.query(sql), 'all');
    const [row] = await database.query('SELECT @@max_allowed_packet AS bytes');
    return Number(row?.['bytes']);
  } finally {
    await database.close();
  }
}

async function openSqlite(file: string): Promise<Target> {
  const { openSqliteWithSchema } = await import('../database/sqlite-schema.ts');
  const database = await openSqliteWithSchema(file);
  await database.execute('PRAGMA foreign_keys = OFF');
  return {
    database,
    lockProgress: { sql: PROGRESS_SQLITE, values: [] },
    insert: (table, rows) => insertsOf(table, rows.map(withoutNul), (bytes) => `CAST(${bytes} AS TEXT)`),
    setMeta: (name, value) => ({ sql: SET_META_SQLITE, values: [name, value] }),
    setNextId: async ({ name }, nextId) => {
      await database.execute('DELETE FROM sqlite_sequence WHERE name = ?', [name]);
      await database.execute('INSERT INTO sqlite_sequence (name, seq) VALUES (?, CAST(? AS INTEGER))', [
        name,
        String(BigInt(nextId) - 1n),
      ]);
    },
    close: () => database.close(),
  };
}

function insertsOf(
  { name, columns }: TableForm,
  rows: readonly (readonly Value[])[],
  asText = (bytes: string) => bytes,
): Write[] {
  const into = `INSERT INTO ${name} (${columns.join(', ')}) VALUES`;
  const texts = rows.filter((row) => !row.some(isHex));
  return [
    { sql: `${into} :rows`, rows: texts.map((row) => row.map(plain)) },
    ...rows.filter((row) => row.some(isHex)).map((row) => bytesInsertOf(into, row, asText)),
  ];
}

function bytesInsertOf(into: string, row: readonly Value[], asText: (bytes: string) => string): Statement {
  const places = row.map((value) => {
    if (!isHex(value)) return '?';
    return 'text' in value ? asText('unhex(?)') : 'unhex(?)';
  });
  return { sql: `${into} (${places.join(', ')})`, values: row.map(plain) };
}

/** The driver ends a bound text at its NUL. */
function withoutNul(row: readonly Value[]): readonly Value[] {
  return row.map((value) =>
    typeof value === 'string' && value.includes('\0') ? { text: Buffer.from(value).toString('hex') } : value,
  );
}

type Hex = Exclude<Value, string | null>;

function isHex(value: Value): value is Hex {
  return typeof value === 'object' && value !== null;
}

function plain(value: Value): string | null {
  if (!isHex(value)) return value;
  return 'text' in value ? value.text : value.bytes;
}
