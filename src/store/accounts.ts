import type { MariadbSettings } from '../config/settings.ts';
import type { Query } from '../database/check-schema.ts';
import { type ConnectSettings, connectTo, type OpenConnection } from '../database/connect.ts';
import type { Row } from '../database/database.ts';
import { toDatabaseError } from '../database/database-errors.ts';
import { mariadbName } from '../database/database-name.ts';
import { migrateSession } from '../database/session.ts';
import { type Account, type Grant, grantStatement, missingGrants, parseGrant, quotedName } from './grants.ts';

const LIMIT_MS = 10_000;
const LOCK_WAIT_SECONDS = 5;
/** Each server has it, and each user may go into it. */
const EVERYBODYS = 'information_schema';

/** Who we are as the server sees us, and under which name we are allowed in. */
const WHO = 'SELECT USER() AS seen, CURRENT_USER() AS account, @@skip_name_resolve AS is_nameless';

/** The rights of `wanted` that the user of these settings has not. Throws AiIpcError where he cannot log in. */
export async function findOwnMissing(settings: MariadbSettings, wanted: readonly Grant[]): Promise<Grant[]> {
  return await withConnection(settings, async (query) =>
    missingGrants(wanted, await readGrants(query, 'CURRENT_USER()')),
  );
}

export interface AccountWish {
  readonly user: string;
  readonly password: string;
  /** Whether he comes through a socket, which is always from localhost. */
  readonly comesBySocket: boolean;
  readonly database: string;
  readonly grants: readonly Grant[];
}

/**
 * As an administrator of the server: makes database and user where they are missing, and gives the rights that are missing.
 * What is there stays as it is: a user who is there keeps his password. Every statement is told, without the password.
 */
export async function provide(
  admin: ConnectSettings,
  { user, password, comesBySocket, database, grants }: AccountWish,
  onStatement: (statement: string) => void,
): Promise<void> {
  await withConnection({ ...admin, database: EVERYBODYS }, async (query) => {
    const account = { user, host: await hostOf(query, admin, comesBySocket) };
    const name = accountName(account);
    const statements = [
      { text: `CREATE DATABASE IF NOT EXISTS ${quotedName(database)} CHARACTER SET utf8mb4`, secret: '' },
      { text: `CREATE USER IF NOT EXISTS ${name} IDENTIFIED BY `, secret: quotedText(password) },
    ];
    for (const { text, secret } of statements) {
      await query(`${text}${secret}`);
      onStatement(secret === '' ? text : `${text}'…'`);
    }
    for (const grant of missingGrants(grants, await readGrants(query, name))) {
      const statement = grantStatement(grant, name);
      await query(statement);
      onStatement(statement);
    }
  });
}

/** From where the server sees who comes from this machine. */
async function hostOf(query: Query, admin: ConnectSettings, comesBySocket: boolean): Promise<string> {
  if (comesBySocket) return 'localhost';
  const [who] = await query(WHO);
  if (admin.socketPath !== null) return Number(who?.['is_nameless']) === 1 ? '127.0.0.1' : 'localhost';
  return String(who?.['seen']).replace(/^.*@/, '');
}

async function readGrants(query: Query, account: string): Promise<Grant[]> {
  const rows = await query(`SHOW GRANTS FOR ${account}`);
  return rows.flatMap((row) => Object.values(row).flatMap((line) => parseGrant(String(line)) ?? []));
}

function accountName({ user, host }: Account): string {
  return `${quotedText(user)}@${quotedText(host)}`;
}

/** The session's sql_mode is ours: a backslash escapes. */
function quotedText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

async function withConnection<T>(settings: ConnectSettings, work: (query: Query) => Promise<T>): Promise<T> {
  let opened: OpenConnection | undefined;
  try {
    opened = await connectTo(settings, {
      session: { ...migrateSession(LOCK_WAIT_SECONDS), statementSeconds: LIMIT_MS / 1_000 },
      hasManyStatements: false,
      socketTimeoutMs: LIMIT_MS,
    });
    const { connection } = opened;
    return await work((sql) => connection.query<Row[]>(sql));
  } catch (error) {
    throw toDatabaseError(error, mariadbName(settings));
  } finally {
    opened?.cut();
  }
}
