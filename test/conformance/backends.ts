import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Connection } from 'mariadb';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { type ConnectionSettings, openMariadbPool } from '../../src/database/mariadb-pool.ts';
import { openSqliteDatabase } from '../../src/database/sqlite.ts';
import type { WatchedStore } from '../../src/queue/alert-store.ts';
import { type MariadbStoreOptions, openMariadbStore } from '../../src/store/mariadb-store.ts';
import type { StoreSettings } from '../../src/store/open-store.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const SCHEMA_FILE = fileURLToPath(new URL('../../sql-files/ai_ipc_tables.sql', import.meta.url));

export type RawRow = Record<string, unknown>;

/** A database under test: what opens stores on it, and what arranges and reads rows behind their backs. */
export interface Backend {
  readonly kind: 'mariadb' | 'sqlite';
  /** Where it is, as the settings would say it. */
  readonly place: StoreSettings;
  /** The store that the tests of a file share. */
  readonly store: WatchedStore;
  /** One more store on the same database; closed at the end. */
  open(): Promise<WatchedStore>;
  /** One statement in that database's own words, in a session that the store has nothing to do with. */
  sql(text: string, values?: readonly unknown[]): Promise<RawRow[]>;
  /** The moment so many seconds ago (negative: from now), as an SQL expression. */
  ago(seconds: number): string;
  reset(): Promise<void>;
  dispose(): Promise<void>;
}

export interface MariadbBackendOptions extends MariadbStoreOptions {
  /** The time zone of the store's sessions. */
  readonly sessionTimeZone?: string;
  /** The time zone of the sessions that know nothing of the store: what the server's global zone would be. */
  readonly rawTimeZone?: string;
}

export class MariadbBackend implements Backend {
  readonly kind = 'mariadb';
  readonly database: TestDatabase;
  readonly #options: MariadbBackendOptions;
  readonly #stores: WatchedStore[] = [];
  readonly #raw: Connection;

  static async create(options: MariadbBackendOptions = {}, database?: TestDatabase): Promise<MariadbBackend> {
    const made = database ?? (await createTestDatabase());
    await made.loadSqlFile(SCHEMA_FILE);
    const backend = new MariadbBackend(made, await made.connect(), options);
    if (options.rawTimeZone !== undefined) await backend.sql('SET time_zone = ?', [options.rawTimeZone]);
    await backend.open();
    return backend;
  }

  private constructor(database: TestDatabase, raw: Connection, options: MariadbBackendOptions) {
    this.database = database;
    this.#raw = raw;
    this.#options = options;
  }

  get store(): WatchedStore {
    return this.#stores[0]!;
  }

  get place(): StoreSettings {
    return { kind: 'mariadb', ...this.settings };
  }

  /** What a store of this database is opened with. */
  get settings(): ConnectionSettings {
    const { sessionTimeZone } = this.#options;
    return {
      ...this.database.settings,
      socketPath: null,
      sslCaFile: null,
      minPoolSize: 0,
      maxPoolSize: 5,
      ...(sessionTimeZone === undefined ? {} : { sessionTimeZone }),
    };
  }

  async open(): Promise<WatchedStore> {
    const { lockBy } = this.#options;
    const store = await openMariadbStore(this.settings, lockBy === undefined ? {} : { lockBy });
    this.#stores.push(store);
    return store;
  }

  async sql(text: string, values: readonly unknown[] = []): Promise<RawRow[]> {
    // As BigInt: a test may insert an id that is too large for a number.
    const statement = { sql: text, insertIdAsNumber: false };
    const result = await this.#raw.query<RawRow[] | RawRow>(statement, [...values]);
    return Array.isArray(result) ? result : [];
  }

  ago(seconds: number): string {
    return `(NOW(3) - INTERVAL ${seconds} SECOND)`;
  }

  async reset(): Promise<void> {
    for (const table of TABLES) await this.sql(`DELETE FROM ${table}`);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
    await this.database.drop();
  }
}

export class SqliteBackend implements Backend {
  readonly kind = 'sqlite';
  readonly file: string;
  readonly place: StoreSettings;
  readonly #folder: string;
  readonly #stores: WatchedStore[] = [];
  readonly #raw: DatabaseSyncInstance;

  static async create(): Promise<SqliteBackend> {
    const folder = await mkdtemp(join(tmpdir(), 'ai-ipc-conformance-'));
    const file = join(folder, 'queue.db');
    const store = await openSqliteStore(file);
    return new SqliteBackend(folder, file, store);
  }

  private constructor(folder: string, file: string, store: WatchedStore) {
    this.#folder = folder;
    this.file = file;
    this.place = { kind: 'sqlite', file };
    this.#stores.push(store);
    this.#raw = new DatabaseSync(file, { timeout: 2_000 });
    this.#raw.exec('PRAGMA foreign_keys = ON');
  }

  get store(): WatchedStore {
    return this.#stores[0]!;
  }

  async open(): Promise<WatchedStore> {
    const store = await openSqliteStore(this.file);
    this.#stores.push(store);
    return store;
  }

  async sql(text: string, values: readonly unknown[] = []): Promise<RawRow[]> {
    return this.#raw.prepare(text).all(...(values as (string | number | null)[])) as RawRow[];
  }

  ago(seconds: number): string {
    return `strftime('%Y-%m-%d %H:%M:%f', 'now', '${-seconds} seconds')`;
  }

  async reset(): Promise<void> {
    for (const table of TABLES) await this.sql(`DELETE FROM ${table}`);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
    if (this.#raw.isOpen) this.#raw.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const TABLES = [
  'ai_responses',
  'ai_requests',
  'ai_request_log',
  'ai_workers',
  'ai_npc_memory',
  'ai_npc_budget',
  'ai_npc_words',
] as const;

/** Every way in which the store meets a database. */
const BACKENDS: readonly { readonly name: string; readonly create: () => Promise<Backend> }[] = [
  { name: 'MariaDB with SKIP LOCKED', create: () => MariadbBackend.create() },
  {
    name: 'MariaDB without SKIP LOCKED',
    create: () => MariadbBackend.create({ lockBy: 'pass_held' }),
  },
  {
    name: 'MariaDB in other time zones',
    create: () => MariadbBackend.create({ sessionTimeZone: '-07:00', rawTimeZone: '+05:45' }),
  },
  { name: 'SQLite', create: () => SqliteBackend.create() },
];

/** The tests of one operation, run on every backend. The tables are empty before each test. */
export function describeStore(operation: string, tests: (backend: () => Backend) => void): void {
  describe.each(BACKENDS)(`${operation}: $name`, ({ create }) => {
    tests(useBackend(create));
  });
}

/** A backend that lives as long as the tests around it. */
export function useBackend<B extends Backend>(create: () => Promise<B>): () => B {
  let backend: B | undefined;
  beforeAll(async () => {
    backend = await create();
  });
  afterEach(() => backend?.reset());
  afterAll(() => backend?.dispose());
  return () => backend!;
}

/** Another process's way to the same database. */
export function openDatabase(backend: Backend): Database {
  if (backend instanceof MariadbBackend) return openMariadbPool(backend.settings);
  return openSqliteDatabase((backend as SqliteBackend).file);
}
