import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AiIpcError } from '../base/errors.ts';
import { SCHEMA_VERSION } from '../database/check-schema.ts';
import { sqliteName } from '../database/database-name.ts';
import { openSqliteDatabase } from '../database/sqlite.ts';
import { findLostSqliteIndexes } from '../database/sqlite-schema.ts';
import { lookAtQueue, number, text } from './look-at-queue.ts';
import { type Part, partOf } from './part.ts';
import { sqliteFactStatements } from './queue-fact-statements.ts';
import type { QueueFacts } from './queue-facts.ts';

/** What a queue in a file tells. */
export interface FileFacts {
  readonly version: string;
  readonly schemaVersion: Part<number>;
  readonly neededSchemaVersion: number;
  /** `ok`, or what PRAGMA quick_check found first; undefined for a file that is too large to be read whole. */
  readonly integrity: Part<string | undefined>;
  readonly lostKeys: Part<readonly string[]>;
  readonly folder: string;
  readonly queue: QueueFacts;
}

/** The check reads the whole file: 64 MiB took 0.2 s. */
const MOST_CHECKED_BYTES = 64 * 1024 * 1024;
const SIZE = 'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size';
/** Changes nothing, and makes no file: a look must not pass on an empty queue that it made itself. Throws AiIpcError. */
export async function lookAtFile(file: string): Promise<FileFacts> {
  if (!existsSync(file))
    throw new AiIpcError('database_unknown', `${sqliteName(file)}: there is no such file.`);
  const database = openSqliteDatabase(file);
  const query = (sql: string) => database.query(sql);
  try {
    const [version] = await query('SELECT sqlite_version() AS version');
    return {
      version: text(version, 'version'),
      schemaVersion: await partOf(async () => {
        const [row] = await query("SELECT value FROM ai_ipc_meta WHERE name = 'schema_version'");
        return number(row, 'value');
      }),
      neededSchemaVersion: SCHEMA_VERSION,
      integrity: await partOf(async () => {
        const [size] = await query(SIZE);
        if (number(size, 'bytes') > MOST_CHECKED_BYTES) return undefined;
        const [row] = await query('PRAGMA quick_check(1)');
        return text(row, 'quick_check');
      }),
      lostKeys: await partOf(() => findLostSqliteIndexes(query)),
      folder: dirname(file),
      queue: await lookAtQueue(query, sqliteFactStatements),
    };
  } finally {
    await database.close();
  }
}
