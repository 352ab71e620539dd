import type { Database } from '../database/database.ts';
import { numberOf } from '../database/row-fields.ts';
import type { StoreSettings } from './open-store.ts';
import type { Statements } from './statements.ts';

/** Between 1971 and now: older than any request but those that were made old. */
export const OLDER_THAN_ANY_SECONDS = 50 * 365 * 86_400;

/**
 * Requests with a mark in source_npc, such as those of a self-test, for whoever inserted them. Only ever by id, and only
 * with the mark: nobody else's rows can be touched.
 */
export interface MarkedRequests {
  /** As if it had been made and had ended in 1971: a cleanup of OLDER_THAN_ANY_SECONDS then deletes it and no other. */
  makeOld(id: number): Promise<void>;
  /** Deletes requests in any status, with their responses, and then their log; also the log of those that are gone. */
  delete(ids: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens a connection of its own. The tables must be there: whoever opens a store before has seen to that. */
export async function openMarkedRequests(settings: StoreSettings, mark: string): Promise<MarkedRequests> {
  const { database, statements } = await openDatabase(settings);
  return {
    async makeOld(id) {
      await database.execute(statements.makeOld, [id, mark]);
    },
    async delete(ids) {
      if (ids.length === 0) return;
      await deleteRequests(database, statements, { ids, mark });
      // By itself: a user that may not do this has still deleted the requests.
      await database.execute(statements.deleteLogOf, [ids]);
    },
    close: () => database.close(),
  };
}

async function deleteRequests(
  database: Database,
  statements: Statements,
  { ids, mark }: { readonly ids: readonly number[]; readonly mark: string },
): Promise<void> {
  await database.lockAndWrite({ sql: statements.lockMarked, values: [ids, mark] }, (rows) => {
    const found = rows.map((row) => numberOf(row, 'id'));
    const writes = found.length === 0 ? [] : [{ sql: statements.deleteMarked, values: [found, mark] }];
    return { writes, result: undefined };
  });
}

interface Opened {
  readonly database: Database;
  readonly statements: Statements;
}

/** Only that database's driver is loaded. */
async function openDatabase(settings: StoreSettings): Promise<Opened> {
  if (settings.kind === 'mariadb') {
    const [{ openMariadbPool }, { mariadbStatements }] = await Promise.all([
      import('../database/mariadb-pool.ts'),
      import('./mariadb-statements.ts'),
    ]);
    const database = openMariadbPool({ ...settings, minPoolSize: 1, maxPoolSize: 1 });
    // None of the statements for marked requests passes held rows by: whether the server could is no matter.
    return { database, statements: mariadbStatements('wait') };
  }
  const [{ openSqliteDatabase }, { sqliteStatements }] = await Promise.all([
    import('../database/sqlite.ts'),
    import('./sqlite-statements.ts'),
  ]);
  return { database: openSqliteDatabase(settings.file), statements: sqliteStatements };
}
