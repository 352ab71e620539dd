import type { Connection } from 'mariadb';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { userAnew } from '../support/create-user.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

const server = new MariadbServer();
let database: TestDatabase;
let admin: Connection;

beforeAll(async () => {
  database = await createTestDatabase(await server.start());
  await database.loadSqlFile(TABLES_FILE);
  admin = await database.connect();
});
afterAll(() => server.remove());

interface Trouble {
  /** What an admin has done. */
  readonly cause: readonly string[];
  readonly mended?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly code: string | RegExp;
  readonly says: RegExp;
}

const PLAIN = userAnew("plain@'%'", 'pw');
const GRANTED = "GRANT ALL ON *.* TO plain@'%'";
const LIMITED = (limit: string) => [...PLAIN, GRANTED, `ALTER USER plain@'%' WITH ${limit}`];

const EVERYWHERE: Readonly<Record<string, Trouble>> = {
  'a wrong password (1045)': {
    cause: PLAIN,
    settings: { password: 'other' },
    code: 'database_denied',
    says: /Access denied for user 'plain'@'127\.0\.0\.1'.*Check DB_USER, DB_PASSWORD/,
  },
  'an account of localhost where no names are looked up (1045)': {
    cause: userAnew("local@'localhost'", 'pw'),
    settings: { user: 'local' },
    code: 'database_denied',
    says: /skip_name_resolve.*'local'@'localhost' does not count.*DB_HOST to the server's socket.*CREATE USER 'local'@'127\.0\.0\.1'/,
  },
  'a database on which the user has no rights (1044)': {
    cause: [...PLAIN, "GRANT USAGE ON *.* TO plain@'%'"],
    code: 'database_denied',
    says: /Check DB_NAME: there is no such database, or this user has no rights/,
  },
  'rights that a role has, which is not the account’s default (1044)': {
    cause: [
      ...PLAIN,
      'DROP ROLE IF EXISTS ai_role',
      'CREATE ROLE ai_role',
      'GRANT ALL ON `ai\\_ipc%`.* TO ai_role',
      "GRANT ai_role TO plain@'%'",
    ],
    code: 'database_denied',
    says: /SET DEFAULT ROLE/,
  },
  'no such database (1049)': {
    cause: [...PLAIN, GRANTED],
    settings: { database: 'ragnarock' },
    code: 'database_unknown',
    says: /Unknown database 'ragnarock'.*Check DB_NAME/,
  },
  'as many connections an hour as the account may have (1226)': {
    cause: LIMITED('MAX_CONNECTIONS_PER_HOUR 1'),
    code: 'database_unavailable',
    says: /'max_connections_per_hour' resource.*WITH MAX_CONNECTIONS_PER_HOUR 0/,
  },
  'as many statements an hour as the account may make (1226)': {
    cause: LIMITED('MAX_QUERIES_PER_HOUR 5'),
    code: 'database_unavailable',
    says: /'max_\w+' resource.*WITH MAX_QUERIES_PER_HOUR 0/,
  },
};

const ON_MARIADB: Readonly<Record<string, Trouble>> = {
  'an account that logs in by its socket (1698)': {
    cause: ["DROP USER IF EXISTS plain@'%'", "CREATE USER plain@'%' IDENTIFIED VIA unix_socket"],
    code: 'database_denied',
    says: /use one with a password/,
  },
  'an account whose way to log in is unknown (1524)': {
    cause: [
      ...PLAIN,
      `UPDATE mysql.global_priv SET Priv = JSON_SET(Priv, '$.plugin', 'none_such') WHERE User = 'plain'`,
      'FLUSH PRIVILEGES',
    ],
    code: 'database_denied',
    says: /none_such.*IDENTIFIED BY sets a password/,
  },
  'an account that is locked (4151)': {
    cause: [...PLAIN, GRANTED, "ALTER USER plain@'%' ACCOUNT LOCK"],
    code: 'database_denied',
    says: /locked.*ACCOUNT UNLOCK/,
  },
  'a password that has expired (1862)': {
    cause: [
      ...PLAIN,
      GRANTED,
      "ALTER USER plain@'%' PASSWORD EXPIRE",
      'SET GLOBAL disconnect_on_expired_password = ON',
    ],
    mended: ['SET GLOBAL disconnect_on_expired_password = OFF'],
    code: 'database_denied',
    says: /expired.*ALTER USER … IDENTIFIED BY a new one, and set DB_PASSWORD/,
  },
  'a password that has expired, and may only be changed (1820)': {
    cause: [...PLAIN, GRANTED, "ALTER USER plain@'%' PASSWORD EXPIRE"],
    code: 'database_denied',
    says: /ALTER USER … IDENTIFIED BY a new one, and set DB_PASSWORD/,
  },
};

const ON_MYSQL: Readonly<Record<string, Trouble>> = {
  'an account that logs in by its socket (1698)': {
    cause: [
      "INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'",
      "DROP USER IF EXISTS plain@'%'",
      "CREATE USER plain@'%' IDENTIFIED WITH auth_socket",
    ],
    code: 'database_denied',
    says: /use one with a password/,
  },
  'an account whose way to log in is unknown (1524)': {
    cause: [...PLAIN, "UPDATE mysql.user SET plugin = 'none_such' WHERE User = 'plain'", 'FLUSH PRIVILEGES'],
    code: 'database_denied',
    says: /none_such.*IDENTIFIED BY sets a password/,
  },
  'an account that is locked (3118)': {
    cause: [...PLAIN, GRANTED, "ALTER USER plain@'%' ACCOUNT LOCK"],
    code: 'database_denied',
    says: /locked.*ACCOUNT UNLOCK/,
  },
  'a password that has expired (1862)': {
    cause: [...PLAIN, GRANTED, "ALTER USER plain@'%' PASSWORD EXPIRE"],
    code: 'database_denied',
    says: /expired.*ALTER USER … IDENTIFIED BY a new one, and set DB_PASSWORD/,
  },
};

const TROUBLES = { ...EVERYWHERE, ...(isMysqlChosen() ? ON_MYSQL : ON_MARIADB) };

it.each(Object.entries(TROUBLES))(
  '%s is told with what mends it, and with the server’s own words',
  async (_, trouble) => {
    onTestFinished(() => runAll(trouble.mended ?? []));
    await runAll(trouble.cause);
    await expect(open(trouble.settings)).rejects.toMatchObject({
      code: expect.stringMatching(trouble.code),
      message: expect.stringMatching(trouble.says),
    });
  },
);

it('a host from which no account may come is told to have one made (1130)', async () => {
  const other = new MariadbServer();
  onTestFinished(() => other.remove());
  const address = await other.start();
  const elsewhere = await createTestDatabase(address);
  const { settings } = elsewhere;
  const accounts = isMysqlChosen() ? 'mysql.user' : 'mysql.global_priv';
  await elsewhere.query(`DELETE FROM ${accounts} WHERE Host <> 'localhost'`);
  await elsewhere.query('FLUSH PRIVILEGES');
  await expect(open({ ...settings })).rejects.toMatchObject({
    code: 'database_denied',
    message: expect.stringMatching(/Host '127\.0\.0\.1' is not allowed.*CREATE USER/),
  });
});

it('a server whose connections are all in use is told so, and not that it cannot be reached (1040)', async () => {
  await runAll([...PLAIN, "GRANT ALL ON `ai\\_ipc%`.* TO plain@'%'", 'SET GLOBAL max_connections = 10']);
  onTestFinished(() => runAll(['SET GLOBAL max_connections = DEFAULT']));
  await Promise.all(Array.from({ length: 9 }, () => database.connect()));
  await expect(open()).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/Too many connections.*max_connections/),
  });
});

it('a server that is read-only is told with both ways out (1290)', async () => {
  await runAll([...PLAIN, "GRANT ALL ON `ai\\_ipc%`.* TO plain@'%'"]);
  const store = await open();
  onTestFinished(() => store.close());
  onTestFinished(() => runAll(['SET GLOBAL read_only = OFF']));
  await runAll(['SET GLOBAL read_only = ON']);
  await expect(store.retire(['nobody'])).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/--read-only.*DB_HOST and DB_PORT lead to the primary/),
  });
});

it('a connection that somebody killed is told so, and the next statement goes over a new one (1927)', async () => {
  await runAll([...PLAIN, GRANTED]);
  const store = await open();
  onTestFinished(() => store.close());
  await holdRow();
  const waiting = store.cancel(1);
  const told = expect(waiting).rejects.toMatchObject({ code: 'database_unavailable' });
  await killThose('KILL');
  await told;
  await admin.query('ROLLBACK');
  expect(await store.cancel(1)).toBe(true);
});

it('a statement that somebody ended is told so, and its connection goes on (1317)', async () => {
  await runAll([...PLAIN, GRANTED]);
  const store = await open();
  onTestFinished(() => store.close());
  await holdRow();
  const told = expect(store.cancel(1)).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/interrupted.*KILL QUERY/),
  });
  await killThose('KILL QUERY');
  await told;
  await admin.query('ROLLBACK');
  expect(await store.cancel(1)).toBe(true);
});

function open(settings: Readonly<Record<string, unknown>> = {}) {
  const login = { ...database.settings, user: 'plain', password: 'pw', socketPath: null, sslCaFile: null };
  return openMariadbStore({ ...login, minPoolSize: 1, maxPoolSize: 3, ...settings });
}

async function runAll(statements: readonly string[]): Promise<void> {
  for (const statement of statements) await admin.query(statement);
}

async function holdRow(): Promise<void> {
  await admin.query("REPLACE INTO ai_requests (id, endpoint) VALUES (1, '/held')");
  await admin.query('BEGIN');
  await admin.query('SELECT id FROM ai_requests WHERE id = 1 FOR UPDATE');
}

/** As soon as one waits for the row. INNODB_TRX would show what it showed before to whoever looks again within 0.1 s. */
async function killThose(how: 'KILL' | 'KILL QUERY'): Promise<void> {
  const id = await waitFor(
    async () => {
      const [row] = await database.query<{ Status: string }[]>('SHOW ENGINE INNODB STATUS');
      const waiting = row?.Status.split('---TRANSACTION ').find((part) => part.includes('LOCK WAIT'));
      return /thread id (\d+)/.exec(waiting ?? '')?.[1];
    },
    { what: 'a statement that waits' },
  );
  await database.query(`${how} ${id}`);
}
