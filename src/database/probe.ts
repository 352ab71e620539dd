import type { Connection } from 'mariadb';
import type { OpenConnection } from './connect.ts';
import type { Row } from './database.ts';
import { isFull, toDatabaseError } from './database-errors.ts';
import { mariadbName } from './database-name.ts';
import { encryptionWords } from './encryption.ts';
import { type ConnectionSettings, connectLikePool } from './mariadb-pool.ts';
import { findServerFaults, refuseFaults, sentencesOf } from './server-checks.ts';

/** What a server can do and bear. */
export interface ServerAbilities {
  /** Whether SKIP LOCKED really skips. */
  readonly skipsLocked: boolean;
  /** Its max_allowed_packet, in bytes. */
  readonly maxPacketBytes: number;
  /** Whether connections to it are encrypted, and by what it was known, in words. */
  readonly encryption: string;
  /** What it is set to that costs something, in sentences. */
  readonly warnings: readonly string[];
}

export interface ProbeOptions {
  /** Whether a server will do that takes no writes, such as a replica. Default: it is an error. */
  readonly mayBeReadOnly?: boolean | undefined;
}

/**
 * SKIP LOCKED is tried with two connections: MariaDB before 10.6 and MySQL 5.7 refuse it, and TiDB takes the words and
 * waits all the same. Throws AiIpcError: database_denied, database_unknown, database_unsupported, database_unavailable, ….
 */
export async function probeServer(
  settings: ConnectionSettings,
  { mayBeReadOnly = false }: ProbeOptions = {},
): Promise<ServerAbilities> {
  const opened: OpenConnection[] = [];
  const connect = async () => {
    // Both to one host: another one knows nothing of the first's locks.
    const one = await connectLikePool(settings, { only: opened[0]?.place });
    opened.push(one);
    return one;
  };
  try {
    const first = await connect();
    const holder = first.connection;
    // First: what is looked for here is also what a locking read fails of.
    const faults = await findServerFaults((sql) => holder.query<Row[]>(sql), 'serve');
    const warnings = refuseFaults(faults, mariadbName(settings)).map(sentencesOf);
    const maxPacketBytes = await readMaxPacketBytes(holder);
    const encryption = await describeEncryption(first);
    const skipper = (await connect().catch(passIfFull))?.connection;
    const skipsLocked =
      skipper === undefined
        ? await takesTheWords(holder, mayBeReadOnly)
        : await skips(holder, skipper, mayBeReadOnly);
    // With a goodbye: the server's log has a warning for each connection that goes without.
    await Promise.all(opened.map(({ connection }) => connection.end()));
    return { skipsLocked, maxPacketBytes, encryption, warnings };
  } catch (error) {
    for (const { cut } of opened) cut();
    throw toDatabaseError(error, mariadbName(settings));
  }
}

/** An account may have one connection and no more. */
function passIfFull(error: unknown): undefined {
  if (!isFull(error)) throw error;
}

/** What one connection alone can tell. */
async function takesTheWords(connection: Connection, mayBeReadOnly: boolean): Promise<boolean> {
  const [row] = await connection.query<{ version: string }[]>('SELECT VERSION() AS version');
  return !/tidb/i.test(String(row?.version)) && (await skips(undefined, connection, mayBeReadOnly));
}

/** Which TLS it is, the server tells; a proxy that ends it for the server does not. */
export async function describeEncryption({ connection, encryption }: OpenConnection): Promise<string> {
  if (!encryption.isOn) return encryptionWords(encryption, '');
  const rows = await connection.query<Row[]>("SHOW SESSION STATUS WHERE Variable_name = 'Ssl_version'");
  return encryptionWords(encryption, String(rows[0]?.['Value'] ?? ''));
}

async function readMaxPacketBytes(connection: Connection): Promise<number> {
  const [row] = await connection.query<{ bytes: number }[]>('SELECT @@max_allowed_packet AS bytes');
  return Number(row?.bytes);
}

/** Without a holder: whether the words are understood. */
async function skips(
  holder: Connection | undefined,
  skipper: Connection,
  mayBeReadOnly: boolean,
): Promise<boolean> {
  try {
    await skipper.query('SET innodb_lock_wait_timeout = 1');
    await holder?.beginTransaction();
    const held = await holder?.query<unknown[]>(`${ONE_ROW} FOR UPDATE`);
    if (held?.length === 0) return false;
    await skipper.beginTransaction();
    const seen = await skipper.query<unknown[]>(`${ONE_ROW} FOR UPDATE SKIP LOCKED`);
    return holder === undefined || seen.length === 0;
  } catch (error) {
    if (isRefusal(error)) return false;
    const { errno } = error as { errno?: unknown };
    if (errno === TABLE_DENIED || (mayBeReadOnly && errno === READ_ONLY)) return await saysItSkips(skipper);
    throw error;
  }
}

/** A user who may only read may lock nothing on MySQL (MariaDB lets him). */
const TABLE_DENIED = 1142;
/** Nobody locks anything where nobody writes. */
const READ_ONLY = 1290;

/**
 * Who only reads claims nothing: the word of the server will do. Not that of TiDB, which calls itself MySQL 8 and waits.
 * Should a replica become the primary, it is what its version says.
 */
async function saysItSkips(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ version: string }[]>('SELECT VERSION() AS version');
  return skippingVersion(row?.version ?? '');
}

/** MySQL from 8 on, MariaDB from 10.6 on. */
export function skippingVersion(version: string): boolean {
  if (/tidb/i.test(version)) return false;
  const [major = 0, minor = 0] = version
    .replace(/^5\.5\.5-/, '')
    .split('.', 2)
    .map(Number);
  if (/mariadb/i.test(version)) return major > 10 || (major === 10 && minor >= 6);
  return major >= 8;
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
