import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MariadbSettings } from '../../src/config/settings.ts';
import { connectLikePool } from '../../src/database/mariadb-pool.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { createUser } from '../support/create-user.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { certificateFile, TlsServer } from '../support/tls-server.ts';
import { waitFor } from '../support/wait-for.ts';

/** Has the certificate of an authority. */
const server = new TlsServer();
let database: TestDatabase;
/** Has what a server of its kind makes by itself, or none. */
let plain: TestDatabase;

beforeAll(async () => {
  database = await server.start();
  plain = await createTestDatabase();
  for (const one of [database, plain]) await one.loadSqlFile(TABLES_FILE);
  await createUser(database, "secure@'%'", 'pw');
  await database.query("ALTER USER secure@'%' REQUIRE SSL");
  await database.query("GRANT ALL ON *.* TO secure@'%'");
});
afterAll(async () => {
  await server.remove();
  await plain.drop();
});

function settings(ssl: Partial<MariadbSettings> = {}, of = database): MariadbSettings {
  const pool = { minPoolSize: 1, maxPoolSize: 4, socketPath: null, sslCaFile: null };
  return { ...of.settings, user: 'secure', password: 'pw', ...pool, ...ssl };
}

/** What is told of the encryption; throws as openMariadbStore does. */
async function encryptionWith(all: MariadbSettings): Promise<string> {
  let told = '';
  const store = await openMariadbStore(all, {
    onConnected: (encryption) => {
      told = encryption;
    },
  });
  expect(await store.depth()).toEqual({ pending: 0, processing: 0 });
  await store.close();
  return told;
}

const CA = { sslCaFile: certificateFile('ca') };

it.each<[string, Partial<MariadbSettings>, RegExp]>([
  ['without a setting', {}, /^TLSv1\.[23]; the server was not checked \(DB_SSL=preferred\)$/],
  ['with required', { ssl: 'required' }, /^TLSv1\.[23]; the server was not checked \(DB_SSL=required\)$/],
  ['with the authority alone', CA, /^TLSv1\.[23]; .* by its certificate and name \(DB_SSL=verify-full\)$/],
  [
    'with verify-ca',
    { ...CA, ssl: 'verify-ca' },
    /^TLSv1\.[23]; .* by its certificate \(DB_SSL=verify-ca\)$/,
  ],
])('a user that must use TLS gets in %s, and it is told what was checked', async (_, ssl, told) => {
  expect(await encryptionWith(settings(ssl))).toMatch(told);
});

it('where TLS is disabled the same user is refused at once, and told why', async () => {
  await expect(openMariadbStore(settings({ ssl: 'disabled' }))).rejects.toMatchObject({
    code: 'database_denied',
    message: expect.stringMatching(/REQUIRE SSL.*set DB_SSL=required/),
  });
});

it('a server whose certificate another authority signed is not talked to, and is no passing trouble', async () => {
  await expect(openMariadbStore(settings({ sslCaFile: certificateFile('other-ca') }))).rejects.toMatchObject({
    code: 'bad_settings',
    message: expect.stringMatching(/other-ca\.pem is not the one that signed/),
  });
});

it('a file of authorities that is of no use is named', async () => {
  const sslCaFile = certificateFile('server-key');
  await expect(openMariadbStore(settings({ sslCaFile }))).rejects.toMatchObject({
    code: 'bad_settings',
    message: expect.stringMatching(/server-key\.pem is a private key/),
  });
});

it('on the socket of the machine there is no TLS, unless the account or a setting demands it', async () => {
  const [row] = await database.query('SELECT @@socket AS path');
  const socketPath = String(row?.['path']);
  const onSocket = (more: Partial<MariadbSettings>) =>
    encryptionWith(settings({ host: 'localhost', socketPath, ...more }));
  await createUser(database, "local@'localhost'", 'pw');
  await database.query("GRANT ALL ON *.* TO local@'localhost'");
  expect(await onSocket({ user: 'local' })).toBe(
    'off: a socket leads to this machine alone (DB_SSL=preferred)',
  );
  expect(await onSocket({})).toMatch(/^TLSv1\.[23]; the server was not checked/);
  expect(await onSocket({ user: 'local', ssl: 'required' })).toMatch(/^TLSv1\.[23]; /);
  expect(await onSocket({ user: 'local', ssl: 'verify-ca', ...CA })).toMatch(/by its certificate/);
});

it('a connection over TLS that is cut is gone from the server', async () => {
  const { connection, cut } = await connectLikePool(settings());
  const id = connection.threadId;
  cut();
  await waitFor(
    async () => {
      const rows = await database.query('SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = ?', [id]);
      return rows.length === 0 || undefined;
    },
    { what: `connection ${id} to be gone` },
  );
});

it('with what a server has by itself everybody gets in, and is told how it can be checked', async () => {
  await createUser(plain, "own@'%'", 'pw');
  await plain.query("GRANT ALL ON *.* TO own@'%'");
  const on = (ssl: Partial<MariadbSettings>) => encryptionWith(settings({ user: 'own', ...ssl }, plain));
  const [row] = await plain.query('SELECT VERSION() AS version, @@datadir AS folder');
  const version = String(row?.['version']);
  if (isMysqlChosen()) {
    // It names no host.
    const sslCaFile = join(String(row?.['folder']), 'ca.pem');
    expect(await on({})).toMatch(/^TLSv1\.[23]; the server was not checked/);
    expect(await on({ ssl: 'verify-ca', sslCaFile })).toMatch(/by its certificate \(/);
    await expect(on({ sslCaFile })).rejects.toThrow(/names no host.*set DB_SSL=verify-ca\.$/);
  } else if (Number.parseFloat(version) >= 11.4) {
    expect(await on({})).toMatch(/^TLSv1\.[23]; the server was not checked/);
    expect(await on({ ssl: 'verify-full' })).toMatch(/^TLSv1\.[23]; the server was checked by the password/);
    await expect(on({ ssl: 'verify-full', password: 'other' })).rejects.toMatchObject({
      code: 'database_denied',
      message: expect.stringMatching(/Access denied for user 'own'.*Check DB_USER, DB_PASSWORD/),
    });
    await expect(on(CA)).rejects.toThrow(/leave DB_SSL_CA out and set DB_SSL=verify-full/);
  } else {
    expect(await on({})).toBe('off: the server offers no TLS (DB_SSL=preferred)');
    await expect(on({ ssl: 'required' })).rejects.toMatchObject({
      code: 'bad_settings',
      message: expect.stringMatching(
        /DB_SSL=required demands TLS, and this server offers none.*DB_SSL=preferred/,
      ),
    });
  }
});

it('where the server demands TLS of all, nobody has to set anything', async () => {
  await database.query('SET GLOBAL require_secure_transport = ON');
  const told = await encryptionWith(settings());
  await database.query('SET GLOBAL require_secure_transport = OFF');
  expect(told).toMatch(/^TLSv1\.[23]; /);
});

it('an expired certificate is told to whoever checks, and stops nobody else', async () => {
  await server.show('expired-cert');
  expect(await encryptionWith(settings())).toMatch(/^TLSv1\.[23]; the server was not checked/);
  await expect(openMariadbStore(settings(CA))).rejects.toMatchObject({
    code: 'bad_settings',
    message: expect.stringMatching(/certificate has expired\. .*Renew it there.*Until then DB_SSL=required/),
  });
});
