import type { Row } from '../database/database.ts';
import type { Snapshot } from '../database/snapshot.ts';
import type { Value } from './export-format.ts';
import { OWN_META, type TableForm, TEXTS } from './tables.ts';

/** A snapshot, or the database as it is now. */
export type Reader = Pick<Snapshot, 'query'>;
export type Kind = 'mariadb' | 'sqlite';

/** Rows that are read at once: fewer where they are long, so that some 8 MiB of them are in memory. */
const FEWEST_ROWS = 1;
const FIRST_ROWS = 50;
const MOST_ROWS = 1_000;
const FEW_CHARACTERS = 2 ** 18;
const MANY_CHARACTERS = 2 ** 22;

/** Reads a table along its primary key, so many rows at a time, as lines of an export. */
export async function* readTable(
  reader: Reader,
  kind: Kind,
  table: TableForm,
): AsyncGenerator<readonly string[]> {
  const { first, next } = selectsOf(kind, table);
  let limit = FIRST_ROWS;
  let rows = await reader.query(first, [limit]);
  for (;;) {
    const lines: string[] = [];
    for (const row of rows) lines.push(JSON.stringify(await valuesOf(row, kind, { reader, table })));
    if (lines.length > 0) yield lines;
    if (rows.length < limit) return;
    limit = nextLimit(limit, lines);
    rows = await reader.query(next, [String(rows.at(-1)?.['place']), limit]);
  }
}

function nextLimit(limit: number, lines: readonly string[]): number {
  const characters = lines.reduce((sum, line) => sum + line.length, 0);
  if (characters > MANY_CHARACTERS) return Math.max(Math.floor(limit / 4), FEWEST_ROWS);
  return characters < FEW_CHARACTERS ? Math.min(limit * 2, MOST_ROWS) : limit;
}

/** Every value as text: on the way, no number is rounded and no time read in another zone. */
function selectsOf(kind: Kind, table: TableForm): { readonly first: string; readonly next: string } {
  const { name, key, counts, columns } = table;
  const place = kind === 'mariadb' ? `${name}.${key}` : 'rowid';
  const isNumber = counts || kind === 'sqlite';
  const bound = isNumber ? `CAST(? AS ${kind === 'mariadb' ? 'UNSIGNED' : 'INTEGER'})` : '?';
  const list = columns.map((column) => (kind === 'mariadb' ? asText(column) : asTextOrBytes(column)));
  const select = `SELECT CAST(${place} AS ${kind === 'mariadb' ? 'CHAR' : 'TEXT'}) AS place, ${list.join(', ')} FROM ${name}`;
  const order = `ORDER BY ${place} LIMIT ?`;
  return { first: `${select} ${order}`, next: `${select} WHERE ${place} > ${bound} ${order}` };
}

function asText(column: string): string {
  return TEXTS.has(column) ? column : `CAST(${column} AS CHAR) AS ${column}`;
}

/** As bytes where it is no text, and where the driver would end a text at its NUL. */
function asTextOrBytes(column: string): string {
  return `
    CASE WHEN typeof(${column}) = 'blob' OR instr(${column}, char(0)) > 0 THEN CAST(${column} AS BLOB)
         ELSE CAST(${column} AS TEXT) END AS ${column}`;
}

interface Reading {
  readonly reader: Reader;
  readonly table: TableForm;
}

/** SQLite may leave out the milliseconds of a time, which MariaDB never does. */
const WITHOUT_MILLISECONDS = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

async function valuesOf(row: Row, kind: Kind, { reader, table }: Reading): Promise<Value[]> {
  const values: Value[] = [];
  for (const column of table.columns) {
    const value = row[column];
    if (value === null) values.push(null);
    // What is no UTF-8 comes as U+FFFD: whether it was one is asked of the bytes.
    else if (typeof value !== 'string' || value.includes('\ufffd')) {
      values.push(await exactValue(column, kind, { reader, table, row }));
    } else if (table.times.includes(column) && WITHOUT_MILLISECONDS.test(value)) values.push(`${value}.000`);
    else values.push(value);
  }
  return values;
}

async function exactValue(
  column: string,
  kind: Kind,
  { reader, table, row }: Reading & { readonly row: Row },
): Promise<Value> {
  const select =
    kind === 'mariadb'
      ? `SELECT 'text' AS kind, HEX(${column}) AS hex FROM ${table.name} WHERE ${table.key} = ?`
      : `SELECT typeof(${column}) AS kind, hex(${column}) AS hex FROM ${table.name} WHERE rowid = CAST(? AS INTEGER)`;
  const [found] = await reader.query(select, [String(row['place'])]);
  const hex = String(found?.['hex']).toLowerCase();
  if (found?.['kind'] === 'blob') return { bytes: hex };
  const text = Buffer.from(hex, 'hex').toString('utf8');
  return Buffer.from(text).toString('hex') === hex ? text : { text: hex };
}

/** The next id that a table gives. */
export async function readNextId(reader: Reader, kind: Kind, table: TableForm): Promise<string> {
  const [row] = await reader.query(kind === 'mariadb' ? NEXT_ID : NEXT_ID_SQLITE, [table.name]);
  return String(row?.['next_id'] ?? 1);
}

const NEXT_ID = `
  SELECT CAST(AUTO_INCREMENT AS CHAR) AS next_id
    FROM information_schema.TABLES
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`;
const NEXT_ID_SQLITE = 'SELECT CAST(seq + 1 AS TEXT) AS next_id FROM sqlite_sequence WHERE name = ?';

export async function countRows(reader: Reader, table: TableForm): Promise<number> {
  const [row] = await reader.query(`SELECT COUNT(*) AS total FROM ${table.name}`);
  return Number(row?.['total']);
}

/** What of ai_ipc_meta belongs to the queue. */
export async function readMeta(reader: Reader): Promise<Record<string, string>> {
  const rows = await reader.query('SELECT name, value FROM ai_ipc_meta ORDER BY name');
  const own: readonly string[] = OWN_META;
  return Object.fromEntries(
    rows
      .map((row) => [String(row['name']), String(row['value'])])
      .filter(([name = '']) => !own.includes(name)),
  );
}
