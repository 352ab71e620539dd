import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { exitCodeOf } from '../../src/base/errors.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { createUser } from '../support/create-user.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { RefusingProxy, type RefusingProxyOptions } from '../support/refusing-proxy.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

/** Hosts are counted only where their names are looked up, and not 127.0.0.1. */
const ELSEWHERE = '127.0.0.2';
const MOST_CONNECTIONS = 4;

const server = new MariadbServer({
  looksUpNames: true,
  extraArgs: [`--max-user-connections=${MOST_CONNECTIONS}`, '--max-connect-errors=1'],
});
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(await server.start());
  await database.loadSqlFile(TABLES_FILE);
  await createUser(database, "plain@'%'", 'pw');
  await database.query("GRANT ALL ON `ai\\_ipc%`.* TO plain@'%'");
});
afterAll(() => server.remove());

it('a user who has as many connections as the server gives one is told which limit it is (1203)', async () => {
  const login = { user: 'plain', password: 'pw' };
  const others = await Promise.all(Array.from({ length: MOST_CONNECTIONS }, () => database.connect(login)));
  const refusal = open();
  await expect(refusal).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(
      /'max_user_connections' active connections\..*\(max_user_connections\): raise that/,
    ),
  });
  expect(await refusal.catch(exitCodeOf)).toBe(1);
  await Promise.all(others.map((other) => other.end()));
  // The server counts one that said goodbye for a moment more.
  const store = await waitFor(() => open({ maxPoolSize: 2 }), { what: 'a connection that is free' });
  await store.close();
});

it('a host that broke handshakes off is told so, and let in when the server has forgotten it (1129)', async () => {
  const proxy = await startProxy({ from: ELSEWHERE });
  const told = await waitFor(
    async () => {
      // Counted a moment after the end, and forgotten with the next one that is let in.
      for (let checks = 0; checks < 3; checks += 1) await breakHandshakeOff();
      return await open({ port: proxy.port, ssl: 'disabled' }).then(
        (store) => store.close(),
        (error: unknown) => error,
      );
    },
    { what: 'a host that is blocked' },
  );
  expect(told).toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(
      /Host '127\.0\.0\.2' is blocked.*handshakes that broke off.*mend that check/,
    ),
  });
  // On each server; FLUSH HOSTS is no more a statement of MySQL 9.7.
  await database.query('TRUNCATE TABLE performance_schema.host_cache');
  if (!isMysqlChosen()) await database.query('FLUSH HOSTS');
  const store = await open({ port: proxy.port, ssl: 'disabled' });
  await store.close();
});

it('an account whose way to log in a proxy does not know is told, and needs an admin (1251)', async () => {
  const proxy = await startProxy({ hidesPlugins: true });
  if (!isMysqlChosen()) {
    await database.query("CREATE OR REPLACE USER other@'%' IDENTIFIED VIA unix_socket");
  }
  const refusal = open({ port: proxy.port, ssl: 'disabled', user: isMysqlChosen() ? 'plain' : 'other' });
  await expect(refusal).rejects.toMatchObject({
    code: 'database_denied',
    message: expect.stringMatching(/authentication protocol.*ALTER USER … IDENTIFIED BY.*proxy in between/),
  });
  expect(await refusal.catch(exitCodeOf)).toBe(78);
});

if (!isMysqlChosen()) {
  it.each([
    ['that the server takes no more (1275)', 'ON', /--secure-auth mode/],
    ['that the driver does not know (45025)', 'OFF', /'mysql_old_password'/],
  ])(
    'a password of before 2004 %s needs an admin, and what the advice says mends it',
    async (_, secure, words) => {
      onTestFinished(() => database.query('SET GLOBAL secure_auth = DEFAULT'));
      await database.query(`SET GLOBAL secure_auth = ${secure}`);
      await database.query(
        "CREATE OR REPLACE USER old@'%' IDENTIFIED VIA mysql_old_password USING '6f8c114b58f2ce9e'",
      );
      await database.query("GRANT ALL ON `ai\\_ipc%`.* TO old@'%'");
      await expect(open({ user: 'old' })).rejects.toMatchObject({
        code: 'database_denied',
        message: expect.stringMatching(new RegExp(`${words.source}.*ALTER USER … IDENTIFIED BY`)),
      });
      await database.query("ALTER USER old@'%' IDENTIFIED BY 'pw'");
      const store = await open({ user: 'old' });
      await store.close();
    },
  );
}

it('a statement that takes too long is ended by the server, told, and its connection goes on (1969, 3024)', async () => {
  const store = await open({ maxPoolSize: 1 });
  onTestFinished(() => store.close());
  await database.query('RENAME TABLE ai_workers TO workers');
  await database.query("INSERT INTO workers (id, host, pid, version) VALUES ('slow', 'host', 1, '1')");
  await database.query(
    `CREATE VIEW ai_workers AS
     SELECT id, host, pid, version, started_at, heartbeat_at, in_flight, doorbell, timeout_seconds + SLEEP(60) AS timeout_seconds
       FROM workers`,
  );
  await expect(store.sightings()).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/exceeded.*took too long: look at the load.*SHOW PROCESSLIST/),
  });
  await database.query('DROP VIEW ai_workers');
  await database.query('RENAME TABLE workers TO ai_workers');
  expect(await store.sightings()).toMatchObject([{ id: 'slow' }]);
});

function open(settings: Readonly<Record<string, unknown>> = {}) {
  const login = { ...database.settings, user: 'plain', password: 'pw', socketPath: null, sslCaFile: null };
  return openMariadbStore({ ...login, minPoolSize: 1, maxPoolSize: 3, ...settings });
}

async function startProxy(options: Omit<RefusingProxyOptions, 'target'>): Promise<RefusingProxy> {
  const proxy = await RefusingProxy.start({ target: server.address, ...options });
  onTestFinished(() => proxy.close());
  return proxy;
}

/** As the check of a proxy does that looks whether anybody listens. */
async function breakHandshakeOff(): Promise<void> {
  const { host, port } = server.address;
  const socket = connect({ host, port, localAddress: ELSEWHERE });
  await once(socket, 'data');
  socket.end('no handshake');
  await once(socket, 'close');
}
