import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoreSettings } from '../src/store/open-store.ts';
import { exportQueue } from '../src/transfer/export-queue.ts';
import { importQueue } from '../src/transfer/import-queue.ts';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/test-database.ts';
import { fillWithMany } from '../test/support/transfers.ts';

const SCHEMA = fileURLToPath(new URL('../sql-files/ai_ipc_tables.sql', import.meta.url));
/** With as many responses and rows of the log: a million rows in all. */
const REQUESTS = 333_334;

/**
 * A million rows out of MariaDB (`--server` of the tests: AI_IPC_TEST_SERVER), into SQLite, out of it, and into another
 * database of the server; each import with its comparison of every row.
 */
export async function exporting(): Promise<void> {
  const server = new MariadbServer();
  const folder = await mkdtemp(join(tmpdir(), 'ai-ipc-bench-'));
  try {
    await server.start();
    const [source, target] = [await newDatabase(server), await newDatabase(server)];
    await fillWithMany((sql) => source.query(sql), 'mariadb', REQUESTS);
    const sqlite = { kind: 'sqlite', file: join(folder, 'copy.sqlite') } as const;
    const [first, second] = [join(folder, 'first.ndjson'), join(folder, 'second.ndjson')];
    await measure('MariaDB → file', () => exportTo(settingsOf(source), first));
    await measure('file → SQLite, compared', () => importFrom(sqlite, first));
    await measure('SQLite → file', () => exportTo(sqlite, second));
    await measure('file → MariaDB, compared', () => importFrom(settingsOf(target), second));
    const { size } = await stat(first);
    process.stdout.write(
      `file: ${(size / 2 ** 20).toFixed(0)} MiB; memory: ${mebibytes()} MiB at the most\n`,
    );
  } finally {
    await server.remove();
    await rm(folder, { recursive: true });
  }
}

function mebibytes(): string {
  return (process.resourceUsage().maxRSS / 1_024).toFixed(0);
}

async function newDatabase(server: MariadbServer): Promise<TestDatabase> {
  const database = await createTestDatabase(server.address);
  await database.loadSqlFile(SCHEMA);
  return database;
}

function settingsOf({ settings }: TestDatabase): StoreSettings {
  return { kind: 'mariadb', ...settings, socketPath: null, sslCaFile: null, minPoolSize: 0, maxPoolSize: 2 };
}

async function measure(what: string, work: () => Promise<number>): Promise<void> {
  const startMs = performance.now();
  const rows = await work();
  const seconds = (performance.now() - startMs) / 1_000;
  process.stdout.write(
    `${what}: ${rows} rows in ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows/s\n`,
  );
}

async function exportTo(database: StoreSettings, file: string): Promise<number> {
  const handle = await open(file, 'w');
  try {
    return await exportQueue({ database, write: (text) => handle.writeFile(text), onTable: () => undefined });
  } finally {
    await handle.close();
  }
}

async function importFrom(database: StoreSettings, file: string): Promise<number> {
  const chunks = createReadStream(file, 'utf8') as AsyncIterable<string>;
  return (await importQueue({ database, chunks, onTable: () => undefined })).rows;
}
