import type { Database } from '../database/database.ts';
import type { StoreSettings } from './open-store.ts';

/** The smallest things that a database does for the queue, for whoever measures them. */
export interface BenchStatements {
  /** To the server and back, for nothing. */
  roundTrip(): Promise<void>;
  /** One row, with a commit of its own. */
  commit(): Promise<void>;
  close(): Promise<void>;
}

const NOTHING = 'SELECT 1';
const MAKE_COMMITS = `
  CREATE TABLE ai_ipc_bench_commits (
    id INTEGER NOT NULL PRIMARY KEY /*! AUTO_INCREMENT */,
    note VARCHAR(100) NOT NULL
  ) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 */`;
const COMMIT = 'INSERT INTO ai_ipc_bench_commits (note) VALUES (?)';
/** As long as what a claim writes. */
const NOTE = 'A row of ai-ipc bench, about as long as what a claim changes in a row. It is of no other use.';

/** Over one connection. `settings` are those of a place of a bench: a table is made there. */
export async function openBenchStatements(settings: StoreSettings): Promise<BenchStatements> {
  const database = await openDatabase(settings);
  try {
    await database.execute(MAKE_COMMITS);
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    roundTrip: async () => {
      await database.query(NOTHING);
    },
    commit: async () => {
      await database.execute(COMMIT, [NOTE]);
    },
    close: () => database.close(),
  };
}

/** Only that database's driver is loaded. */
async function openDatabase(settings: StoreSettings): Promise<Database> {
  if (settings.kind === 'mariadb') {
    const { openMariadbPool } = await import('../database/mariadb-pool.ts');
    return openMariadbPool({ ...settings, minPoolSize: 1, maxPoolSize: 1 });
  }
  const { openSqliteDatabase } = await import('../database/sqlite.ts');
  return openSqliteDatabase(settings.file);
}
