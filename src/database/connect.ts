import { readFileSync } from 'node:fs';
import { connect as connectSocket, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, type SecureContextOptions } from 'node:tls';
import { type Connection, type ConnectionConfig, createConnection } from 'mariadb';
import { AiIpcError, messageOf } from '../base/errors.ts';
import type { MariadbSettings } from '../config/settings.ts';
import { type SessionNeeds, sessionSetup } from './session.ts';

/** Where to connect to, and as whom. */
export type ConnectSettings = Omit<MariadbSettings, 'minPoolSize' | 'maxPoolSize'>;

export interface OpenConnection {
  readonly connection: Connection;
  /**
   * Closes the line at once, without a word. The driver's own destroy sends a KILL over a new connection: on a half-open
   * line it is never answered, and where the address leads to another server by now, it ends somebody else there.
   */
  readonly cut: () => void;
}

export interface ConnectNeeds {
  readonly session: SessionNeeds;
  /** Several statements in one packet. */
  readonly hasManyStatements: boolean;
  /** A socket on which nothing comes for so long is closed by the driver. 0: never. */
  readonly socketTimeoutMs: number;
  readonly keepAliveMs?: number;
  /** Whether ids above 2^53 may be inserted, which nobody is told. Default: they are an error. */
  readonly takesHugeIds?: boolean;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** A connection whose session is set up; no setting of the server reaches it. Throws the driver's error. */
export async function connectTo(settings: ConnectSettings, needs: ConnectNeeds): Promise<OpenConnection> {
  let socket: Socket | undefined;
  const openSocket = function (this: { socketPath?: string }) {
    // The driver's own options, whose function this is. Without a path in them it takes a socket of ours for the network,
    // where MySQL's caching_sha2_password hides the password, and a server that listens on a file refuses it (1045).
    if (settings.socketPath !== null) this.socketPath = settings.socketPath;
    socket = connectSocket(placeOf(settings)).setNoDelay(true);
    return socket;
  };
  const connection = await createConnection({ ...connectionConfig(settings, needs), stream: openSocket });
  // A loss also fails the statement under way; without a listener it would end the process.
  connection.on('error', () => undefined);
  const cut = () => socket?.destroy();
  try {
    for (const sql of sessionSetup(needs.session)) await connection.query(sql);
    return { connection, cut };
  } catch (error) {
    cut();
    throw error;
  }
}

function placeOf({
  socketPath,
  host,
  port,
}: ConnectSettings): { path: string } | { host: string; port: number } {
  return socketPath === null ? { host, port } : { path: socketPath };
}

function connectionConfig(settings: ConnectSettings, needs: ConnectNeeds): ConnectionConfig {
  return {
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    database: settings.database,
    ...(settings.sslCaFile === null ? {} : { ssl: tlsOptions(settings.host, settings.sslCaFile) }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: needs.socketTimeoutMs,
    ...(needs.keepAliveMs === undefined ? {} : { keepAliveDelay: needs.keepAliveMs }),
    // MySQL 8 without TLS asks for its public key; MariaDB ignores this.
    allowPublicKeyRetrieval: true,
    // Numbers, and an error instead of a rounded id above 2^53.
    bigIntAsNumber: true,
    insertIdAsNumber: !needs.takesHugeIds,
    decimalAsNumber: true,
    checkNumberRange: true,
    // A transaction's writes travel with its COMMIT. Values are bound all the same, each escaped by the driver.
    multipleStatements: needs.hasManyStatements,
    // Values are what players said: they stay out of error messages.
    logParam: false,
  };
}

/** An address (not a name) is checked here: the driver would compare the certificate with `localhost`. */
function tlsOptions(host: string, caFile: string): SecureContextOptions {
  const checked = isIP(host) === 0 ? {} : { checkServerIdentity: ipIdentity(host) };
  return { ca: readCertificate(caFile), ...checked };
}

function ipIdentity(address: string): NonNullable<ConnectionOptions['checkServerIdentity']> {
  return (_host, certificate) => checkServerIdentity(address, certificate);
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AiIpcError('bad_settings', `DB_SSL_CA: cannot read ${file} (${messageOf(error)}).`, {
      cause: error,
    });
  }
}
