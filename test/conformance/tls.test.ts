import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MariadbSettings } from '../../src/config/settings.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const SCHEMA = fileURLToPath(new URL('../../sql-files/ai_ipc_tables.sql', import.meta.url));
const CERTIFICATES = fileURLToPath(new URL('../support/tls/', import.meta.url));
/** The server runs as another user, who may not be able to look into this checkout. */
const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-tls-'));

let server: MariadbServer;
let database: TestDatabase;

beforeAll(async () => {
  chmodSync(folder, 0o755);
  for (const file of ['ca.pem', 'server-cert.pem', 'server-key.pem']) {
    copyFileSync(join(CERTIFICATES, file), join(folder, file));
    chmodSync(join(folder, file), 0o644);
  }
  server = new MariadbServer({
    extraArgs: [
      `--ssl-ca=${join(folder, 'ca.pem')}`,
      `--ssl-cert=${join(folder, 'server-cert.pem')}`,
      `--ssl-key=${join(folder, 'server-key.pem')}`,
    ],
  });
  database = await createTestDatabase(await server.start());
  await database.loadSqlFile(SCHEMA);
  await database.query("CREATE USER 'secure'@'%' IDENTIFIED BY 'pw' REQUIRE SSL");
  await database.query("GRANT ALL ON *.* TO 'secure'@'%'");
});
afterAll(async () => {
  await server.remove();
  rmSync(folder, { recursive: true });
});

function settings(sslCaFile: string | null): MariadbSettings {
  const { host, port, database: name } = database.settings;
  const pool = { minPoolSize: 1, maxPoolSize: 4, socketPath: null };
  return { host, port, database: name, user: 'secure', password: 'pw', sslCaFile, ...pool };
}

it('with DB_SSL_CA a user that must use TLS gets in', async () => {
  const store = await openMariadbStore(settings(join(CERTIFICATES, 'ca.pem')));
  expect(await store.depth()).toEqual({ pending: 0, processing: 0 });
  await store.close();
});

it('without it the same user is refused at once', async () => {
  await expect(openMariadbStore(settings(null))).rejects.toMatchObject({ code: 'database_denied' });
});

it('a server whose certificate another authority signed is not talked to, and is no passing trouble', async () => {
  await expect(openMariadbStore(settings(join(CERTIFICATES, 'other-ca.pem')))).rejects.toMatchObject({
    code: 'bad_settings',
    message: expect.stringMatching(/DB_SSL_CA/),
  });
});

it('a certificate file that cannot be read is named', async () => {
  await expect(openMariadbStore(settings(join(folder, 'missing.pem')))).rejects.toMatchObject({
    code: 'bad_settings',
    message: expect.stringMatching(/missing\.pem/),
  });
});
