import { AiIpcError } from '../base/errors.ts';
import type { RowsStatement, SqlValue, Statement, Write } from './database.ts';
import { isEmpty } from './database.ts';

/** Where an INSERT takes many rows. */
export const ROWS = ':rows';

/**
 * Several statements as one packet: one round trip instead of one each, and the server stops at the first that fails,
 * so that nothing behind it (a COMMIT) runs.
 */
function joinStatements(writes: readonly Write[]): Statement {
  const statements = writes.map(toStatement);
  return {
    sql: statements.map((statement) => statement.sql).join(';\n'),
    values: statements.flatMap((statement) => statement.values),
  };
}

/**
 * The same in as few packets as the server takes, since it hangs up on whoever sends more than its max_allowed_packet.
 * Throws AiIpcError (database_failed) where one statement is too large all by itself: sent, it would be sent for ever.
 */
export function joinInPackets(writes: readonly Write[], maxBytes: number): Statement[] {
  const filled = writes.filter((write) => !isEmpty(write));
  if (filled.length === 0) return [];
  // Nearly always all of it fits: then each value is measured once.
  const bytesOfAll = filled.reduce((bytes, write) => bytes + bytesOf(write, mostBytes), 0);
  return bytesOfAll <= maxBytes ? [joinStatements(filled)] : splitIntoPackets(filled, maxBytes);
}

function splitIntoPackets(writes: readonly Write[], maxBytes: number): Statement[] {
  const packets: Write[][] = [];
  let room = 0;
  for (const piece of writes.flatMap((write) => piecesOf(write, maxBytes))) {
    const bytes = bytesOf(piece, mostBytes);
    if (bytes > maxBytes) refuseTooLarge(piece, maxBytes);
    if (bytes > room) {
      packets.push([]);
      room = maxBytes;
    }
    packets.at(-1)?.push(piece);
    room -= bytes;
  }
  return packets.map(joinStatements);
}

function refuseTooLarge(write: Write, maxBytes: number): void {
  const bytes = bytesOf(write, escapedBytes);
  if (bytes <= maxBytes) return;
  throw new AiIpcError(
    'database_failed',
    `A statement of ${bytes} bytes is more than the database takes (max_allowed_packet). Raise that, or lower max_response_bytes.`,
  );
}

/** The rows of one write, in groups that each fit into a packet. */
function piecesOf(write: Write, maxBytes: number): Write[] {
  if (!('rows' in write) || bytesOf(write, mostBytes) <= maxBytes) return [write];
  const groups: (readonly SqlValue[])[][] = [];
  let room = 0;
  for (const row of write.rows) {
    const bytes = bytesOf({ sql: write.sql, rows: [row] }, mostBytes);
    if (bytes > room) {
      groups.push([]);
      room = maxBytes;
    }
    groups.at(-1)?.push(row);
    room -= bytes;
  }
  return groups.map((rows) => ({ sql: write.sql, rows }));
}

/** What a write takes, with its SQL counted once a row. */
function bytesOf(write: Write, textBytes: (text: string) => number): number {
  const rows = 'rows' in write ? write.rows : [write.values];
  return rows.reduce((bytes, row) => bytes + write.sql.length + valuesBytes(row, textBytes), 0);
}

function valuesBytes(values: readonly SqlValue[], textBytes: (text: string) => number): number {
  return values.reduce<number>((bytes, value) => {
    if (typeof value === 'string') return bytes + textBytes(value) + SEPARATION;
    if (value === null || typeof value === 'number') return bytes + LONGEST_NUMBER;
    return bytes + valuesBytes(value, textBytes);
  }, 0);
}

/** -1.7976931348623157e+308, with what separates it from the next. */
const LONGEST_NUMBER = 28;
/** Two quotes and a comma. */
const SEPARATION = 4;

/** As if every byte were escaped: quickly told. */
function mostBytes(text: string): number {
  return 2 * Buffer.byteLength(text);
}

/** As the driver escapes it. */
function escapedBytes(text: string): number {
  return Buffer.byteLength(text) + (text.match(/[\\'"\0]/g)?.length ?? 0);
}

function toStatement(write: Write): Statement {
  return 'rows' in write ? expandRows(write) : write;
}

function expandRows({ sql, rows }: RowsStatement): Statement {
  const values: SqlValue[] = rows.flat();
  if (!sql.includes(ROWS)) return { sql: repeated(sql, rows.length, ';\n'), values };
  const group = `(${repeated('?', rows[0]?.length ?? 0, ', ')})`;
  return { sql: sql.replace(ROWS, repeated(group, rows.length, ', ')), values };
}

function repeated(text: string, times: number, separator: string): string {
  return new Array(times).fill(text).join(separator);
}
