import type { Database, Inserter } from '../database/database.ts';
import type { AlertStore, WatchedStore } from '../queue/alert-store.ts';
import type { CallerConnection } from '../queue/queue-store.ts';
import { cancelRequest } from './cancel.ts';
import { claim, hasDue } from './claim.ts';
import { cleanup } from './cleanup.ts';
import { expire } from './expire.ts';
import { release } from './release.ts';
import { insertRequests, readDepth, readRequest } from './requests.ts';
import { rescue } from './rescue.ts';
import { settle } from './settle.ts';
import type { Statements } from './statements.ts';
import { heartbeat, listClaims, retire, sightings } from './workers.ts';

export interface SqlStoreParts {
  readonly database: Database;
  readonly statements: Statements;
  readonly queueId: string;
  /** A connection of its own, so that a busy pool never makes a living worker look dead. */
  readonly heartbeatDatabase: Database;
  /** Inserts on the caller's own connection. */
  readonly inserterOver: (connection: CallerConnection) => Inserter;
  readonly alerts: AlertStore;
}

/** The queue over any database that the statements are written for. */
export function createSqlStore(parts: SqlStoreParts): WatchedStore {
  const { database, statements, queueId, heartbeatDatabase, inserterOver, alerts } = parts;
  return {
    name: database.name,
    queueId,
    alerts,
    // async, so that a connection that is refused rejects, and does not throw.
    insert: async (requests, connection) =>
      await insertRequests(
        connection === undefined ? database : inserterOver(connection),
        statements,
        requests,
      ),
    read: (id) => readRequest(database, statements, id),
    cancel: (id) => cancelRequest(database, statements, id),
    cleanup: (options) => cleanup(database, statements, options),
    hasDue: () => hasDue(database, statements),
    claim: (workerId, limit) => claim(database, statements, { workerId, limit }),
    settle: (workerId, attempts) => settle(database, statements, { workerId, attempts }),
    release: (workerId, claims) => release(database, statements, { workerId, claims }),
    heartbeat: (worker) => heartbeat(heartbeatDatabase, statements, worker),
    retire: (workerIds) => retire(database, statements, workerIds),
    sightings: () => sightings(database, statements),
    listClaims: (workerId) => listClaims(database, statements, workerId),
    rescue: (options) => rescue(database, statements, options),
    expire: (options) => expire(database, statements, options),
    depth: () => readDepth(database, statements),
    async close() {
      await Promise.all([database.close(), heartbeatDatabase.close()]);
    },
  };
}
