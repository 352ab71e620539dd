import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Connection, createConnection } from 'mariadb';
import { inject } from 'vitest';
import type { MariadbAddress } from './mariadb-server.ts';
import { WAIT_MS } from './wait-for.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The server that all test files share. */
    mariadb: MariadbAddress;
  }
}

/** Dropping waits for open transactions of the test; longer than this and something was left running. */
const DROP_LOCK_WAIT_S = 20;

export interface DatabaseSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A database of one test's own, empty at first. Spread `settings` into what connects to it. */
export class TestDatabase {
  readonly settings: DatabaseSettings;
  readonly #opened = new Set<Connection>();
  #queryConnection: Connection | undefined;

  constructor(settings: DatabaseSettings) {
    this.settings = settings;
  }

  /** A connection of its own, for transactions and locks; drop closes it. ids come as numbers, refused above 2^53. */
  async connect(
    options: Readonly<{ dateStrings?: boolean; user?: string; password?: string }> = {},
  ): Promise<Connection> {
    const connection = await createConnection({
      ...this.settings,
      ...options,
      // MySQL without TLS asks for its public key.
      allowPublicKeyRetrieval: true,
      // The driver's own is a second: too little where eight others want the CPU.
      connectTimeout: WAIT_MS,
      bigIntAsNumber: true,
      insertIdAsNumber: true,
      checkNumberRange: true,
    });
    // Without a listener, a server killed by a test would end the test process.
    connection.on('error', () => connection.destroy());
    this.#opened.add(connection);
    return connection;
  }

  /** Runs one statement outside any transaction; connects anew when the server was away. */
  async query<Result = Record<string, unknown>[]>(
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<Result> {
    if (!this.#queryConnection?.isValid()) this.#queryConnection = await this.connect();
    return this.#queryConnection.query<Result>(sql, [...params]);
  }

  /** What an admin does: mariadb … < file. */
  async loadSqlFile(path: string): Promise<void> {
    await this.runClient(await readFile(path, 'utf8'));
  }

  /** Hands SQL to the real command-line client and returns what it prints (tab-separated, with column names). */
  async runClient(sql: string): Promise<string> {
    const { host, port, user, password, database } = this.settings;
    const options = ['--no-defaults', '--batch', '--default-character-set=utf8mb4', '--protocol=tcp'];
    const login = [`--host=${host}`, `--port=${port}`, `--user=${user}`];
    const client = spawn('mariadb', [...options, ...login, database], {
      env: { ...process.env, MYSQL_PWD: password },
      stdio: 'pipe',
    });
    client.stdin.on('error', () => client.stdin.destroy()); // It stopped reading: its exit code says why.
    client.stdin.end(sql);
    const [output, errors, [exitCode]] = await Promise.all([
      text(client.stdout),
      text(client.stderr),
      once(client, 'close'),
    ]);
    if (exitCode !== 0) throw new Error(`The mariadb client ended with ${exitCode}: ${errors}`);
    return output;
  }

  /** Closes the connections and drops the database. */
  async drop(): Promise<void> {
    for (const connection of this.#opened) connection.destroy();
    this.#opened.clear();
    this.#queryConnection = undefined;
    await onServer(this.settings, async (connection) => {
      await connection.query(`SET lock_wait_timeout = ${DROP_LOCK_WAIT_S}`);
      await connection.query(`DROP DATABASE IF EXISTS \`${this.settings.database}\``);
    });
  }
}

/** Makes an empty database with a name of its own, on the shared server or on another one. */
export async function createTestDatabase(
  server: MariadbAddress = inject('mariadb'),
  database = `ai_ipc_test_${randomBytes(6).toString('hex')}`,
): Promise<TestDatabase> {
  const { host, port, user, password } = server;
  await onServer(server, (connection) =>
    connection.query(`CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4`),
  );
  return new TestDatabase({ host, port, user, password, database });
}

async function onServer(
  { host, port, user, password }: Omit<MariadbAddress, 'socketPath'>,
  work: (connection: Connection) => Promise<unknown>,
): Promise<void> {
  const connection = await createConnection({ host, port, user, password, connectTimeout: WAIT_MS });
  try {
    await work(connection);
  } finally {
    await connection.end();
  }
}
