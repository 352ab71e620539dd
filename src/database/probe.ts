import { type Connection, createConnection } from 'mariadb';
import { toDatabaseError } from './database-errors.ts';
import { mariadbName } from './database-name.ts';
import { type ConnectionSettings, connectionConfig } from './mariadb-pool.ts';

/** What a server can do and bear. */
export interface ServerAbilities {
  /** Whether SKIP LOCKED really skips. */
  readonly skipsLocked: boolean;
  /** Its max_allowed_packet, in bytes. */
  readonly maxPacketBytes: number;
}

/**
 * SKIP LOCKED is tried with two connections: MariaDB before 10.6 and MySQL 5.7 refuse it, and TiDB takes the words and
 * waits all the same. Fails at once (database_denied, database_unknown, …) where a pool would only time out.
 */
export async function probeServer(settings: ConnectionSettings): Promise<ServerAbilities> {
  const connections: Connection[] = [];
  try {
    const holder = await connect(settings);
    connections.push(holder);
    const skipper = await connect(settings);
    connections.push(skipper);
    const maxPacketBytes = await readMaxPacketBytes(holder);
    const skipsLocked = await skips(holder, skipper);
    // With a goodbye: the server's log has a warning for each connection that goes without.
    await Promise.all(connections.map((connection) => connection.end()));
    return { skipsLocked, maxPacketBytes };
  } catch (error) {
    for (const connection of connections) connection.destroy();
    throw toDatabaseError(error, mariadbName(settings));
  }
}

async function connect(settings: ConnectionSettings): Promise<Connection> {
  const connection = await createConnection(connectionConfig(settings));
  // A loss also fails the statement under way; without a listener it would end the process.
  connection.on('error', () => undefined);
  return connection;
}

async function readMaxPacketBytes(connection: Connection): Promise<number> {
  const [row] = await connection.query<{ bytes: number }[]>('SELECT @@max_allowed_packet AS bytes');
  return Number(row?.bytes);
}

async function skips(holder: Connection, skipper: Connection): Promise<boolean> {
  try {
    await skipper.query('SET innodb_lock_wait_timeout = 1');
    await holder.beginTransaction();
    const held = await holder.query<unknown[]>(`${ONE_ROW} FOR UPDATE`);
    if (held.length === 0) return false;
    await skipper.beginTransaction();
    const seen = await skipper.query<unknown[]>(`${ONE_ROW} FOR UPDATE SKIP LOCKED`);
    return seen.length === 0;
  } catch (error) {
    if (isRefusal(error)) return false;
    if ((error as { errno?: unknown }).errno === TABLE_DENIED) return await saysItSkips(holder);
    throw error;
  }
}

/** ER_TABLEACCESS_DENIED_ERROR. */
const TABLE_DENIED = 1142;

/**
 * A user who may only read may lock nothing on MySQL (MariaDB lets him), so it cannot be tried. Such a user claims nothing
 * either: the word of the server will do. Not that of TiDB, which calls itself MySQL 8 and waits.
 */
async function saysItSkips(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ version: string }[]>('SELECT VERSION() AS version');
  return /^(?:[89]|\d\d)\.(?!.*(?:tidb|mariadb))/i.test(row?.version ?? '');
}

const ONE_ROW = "SELECT name FROM ai_ipc_meta FORCE INDEX (PRIMARY) WHERE name = 'queue_id'";

/**
 * 1064: the words are not understood. 1205: they are, but the row was waited for. 1146: no such table; whether there are
 * none or old ones, the check of the schema tells better.
 */
function isRefusal(error: unknown): boolean {
  const { errno } = error as { errno?: unknown };
  return errno === 1064 || errno === 1205 || errno === 1146;
}
