import type { DatabaseSettings } from '../config/settings.ts';
import { SCHEMA_VERSION } from '../database/check-schema.ts';
import { openSnapshot, type Snapshot } from '../database/snapshot.ts';
import { Fingerprint, FORMAT, type Header } from './export-format.ts';
import { countRows, readMeta, readNextId, readTable } from './read-tables.ts';
import { TABLES } from './tables.ts';

export interface ExportOptions {
  readonly database: DatabaseSettings;
  /** Takes some lines, each with its end; what it waits for, the export waits for. */
  readonly write: (text: string) => Promise<void>;
  /** Called for each table when it is written. */
  readonly onTable: (table: string, rows: number) => void;
  /** Told again and again how many rows of all are written. */
  readonly onRows?: (done: number, whole: number) => void;
}

/**
 * Writes all tables as they are at one moment; returns how many rows. Throws AiIpcError as opening the database does.
 */
export async function exportQueue({ database, write, onTable, onRows }: ExportOptions): Promise<number> {
  const snapshot = await openSnapshot(database);
  try {
    const header = await readHeaderOf(snapshot, database.kind);
    await write(`${JSON.stringify(header)}\n`);
    const whole = rowsIn(header);
    let total = 0;
    for (const table of TABLES) {
      const fingerprint = new Fingerprint();
      for await (const lines of readTable(snapshot, database.kind, table)) {
        for (const line of lines) fingerprint.add(line);
        await write(`${lines.join('\n')}\n`);
        onRows?.(total + fingerprint.rows, whole);
      }
      const { rows } = fingerprint;
      await write(`${JSON.stringify({ end: table.name, rows, fingerprint: String(fingerprint) })}\n`);
      onTable(table.name, rows);
      total += rows;
    }
    return total;
  } finally {
    await snapshot.close();
  }
}

/** How many rows an export has, by its header. */
export function rowsIn({ tables }: Header): number {
  return Object.values(tables).reduce((sum, { rows }) => sum + rows, 0);
}

async function readHeaderOf(snapshot: Snapshot, kind: DatabaseSettings['kind']): Promise<Header> {
  const tables: Header['tables'] = {};
  for (const table of TABLES) {
    tables[table.name] = {
      rows: await countRows(snapshot, table),
      ...(table.counts ? { next_id: await readNextId(snapshot, kind, table) } : {}),
    };
  }
  return { format: FORMAT, schema: SCHEMA_VERSION, meta: await readMeta(snapshot), tables };
}
