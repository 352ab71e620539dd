import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { MariadbSettings } from '../../src/config/settings.ts';
import { probeServer } from '../../src/database/probe.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { userAnew } from '../support/create-user.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { certificateFile, TlsServer } from '../support/tls-server.ts';

/** What a server without a certificate is on each kind of server: those of today make their own. */
const WITHOUT_TLS = isMysqlChosen() ? ['--tls-version='] : ['--skip-ssl'];
const CA = { sslCaFile: certificateFile('ca') };

const withTls = new TlsServer();
const withoutTls = new MariadbServer({ extraArgs: WITHOUT_TLS });
let encrypted: TestDatabase;
let plain: TestDatabase;

beforeAll(async () => {
  [encrypted, plain] = await Promise.all([withTls.start(), startPlain()]);
  for (const database of [encrypted, plain]) {
    await database.loadSqlFile(TABLES_FILE);
    for (const [user, demand] of Object.entries(DEMANDS)) {
      for (const sql of userAnew(`${user}@'%'`, 'pw')) await database.query(sql);
      await database.query(`GRANT ALL ON *.* TO ${user}@'%'`);
      await database.query(`ALTER USER ${user}@'%' REQUIRE ${demand}`);
    }
  }
});
afterAll(() => Promise.all([withTls.remove(), withoutTls.remove()]));

async function startPlain(): Promise<TestDatabase> {
  return await createTestDatabase(await withoutTls.start());
}

/** Users, and what their accounts demand. */
const DEMANDS = { anyway: 'NONE', secure: 'SSL', known: 'X509' } as const;

interface Planted {
  /** What the server shows. Default: a good certificate. */
  readonly certificate?: string;
  readonly statements?: readonly string[];
  readonly mended?: readonly string[];
  /** Default: the server with TLS. */
  readonly on?: 'a server without TLS';
  readonly settings: Partial<MariadbSettings>;
  readonly code: string | RegExp;
  readonly says: RegExp;
}

/** Each error, the words that it is told with, and the setting that mends it. */
const OF_TLS: Readonly<Record<string, Planted>> = {
  'no TLS at the server': {
    on: 'a server without TLS',
    settings: { ssl: 'required' },
    code: 'bad_settings',
    says: /DB_SSL=required demands TLS, and this server offers none\. Give it a certificate .* or set DB_SSL=preferred where/,
  },
  'no TLS at the server, and an authority that is given': {
    on: 'a server without TLS',
    settings: CA,
    code: 'bad_settings',
    says: /DB_SSL=verify-full demands TLS.*set DB_SSL=preferred, without DB_SSL_CA,/,
  },
  'TLS that the server demands of all (3159, 1045)': {
    statements: ['SET GLOBAL require_secure_transport = ON'],
    mended: ['SET GLOBAL require_secure_transport = OFF'],
    settings: { ssl: 'disabled' },
    // MariaDB before 11 says 1045, later ones and MySQL 3159.
    code: /^(database_denied|bad_settings)$/,
    says: /require_secure_transport.*set DB_SSL=required\.$/,
  },
  'TLS that the account demands': {
    settings: { ssl: 'disabled', user: 'secure' },
    code: 'database_denied',
    says: /REQUIRE SSL\): then set DB_SSL=required\.$/,
  },
  'TLS that the account demands, and the server has not': {
    on: 'a server without TLS',
    settings: { user: 'secure' },
    code: 'database_denied',
    says: /REQUIRE SSL\), which this server does not offer: then ALTER USER … REQUIRE NONE\.$/,
  },
  'a certificate of the client that the account demands': {
    settings: { user: 'known' },
    code: 'database_denied',
    says: /REQUIRE X509.*which this program has none of: then ALTER USER … REQUIRE SSL\.$/,
  },
  'a wrong password, over TLS': {
    settings: { password: 'other' },
    code: 'database_denied',
    says: /Access denied for user 'anyway'@.*Check DB_USER, DB_PASSWORD(?!.*set DB_SSL)/,
  },
  'an expired certificate': {
    certificate: 'expired-cert',
    settings: CA,
    code: 'bad_settings',
    says: /expired.*Renew it there \(ssl_cert\).*Until then DB_SSL=required \(without DB_SSL_CA\)/,
  },
  'a certificate for other hosts': {
    certificate: 'other-host-cert',
    settings: CA,
    code: 'bad_settings',
    says: /is for db\.example and 192\.0\.2\.7, and DB_HOST is 127\.0\.0\.1\. Set DB_HOST to a name that is in it; or DB_SSL=verify-ca/,
  },
  'a certificate without a host, as MySQL makes them': {
    certificate: 'nameless-cert',
    settings: CA,
    code: 'bad_settings',
    says: /names no host.*set DB_SSL=verify-ca\.$/,
  },
  'another authority': {
    settings: { sslCaFile: certificateFile('other-ca') },
    code: 'bad_settings',
    says: /other-ca\.pem is not the one that signed the server's certificate\. Set DB_SSL_CA to the certificate of that one/,
  },
  'another authority, and no look at names': {
    settings: { sslCaFile: certificateFile('other-ca'), ssl: 'verify-ca' },
    code: 'bad_settings',
    says: /other-ca\.pem is not the one that signed/,
  },
  'a certificate that nobody signed': {
    certificate: 'self-signed-cert',
    settings: CA,
    code: 'bad_settings',
    says: /Nobody signed the certificate of the server but itself\..* set DB_SSL_CA to/,
  },
  'an authority that Node does not know': {
    settings: { ssl: 'verify-full' },
    code: 'bad_settings',
    says: /none of those that Node knows\. Set DB_SSL_CA to its certificate/,
  },
  'a private key in place of the authority': {
    settings: { sslCaFile: certificateFile('server-key') },
    code: 'bad_settings',
    says: /DB_SSL_CA: .*server-key\.pem is a private key.*Give the PEM file/,
  },
  'an authority that has expired': {
    settings: { sslCaFile: certificateFile('expired-ca') },
    code: 'bad_settings',
    says: /DB_SSL_CA: .*\(Long ago\) that expired on/,
  },
  'an authority that nobody would look at': {
    settings: { ...CA, ssl: 'required' },
    code: 'bad_settings',
    says: /of no use with DB_SSL=required\. Set DB_SSL to verify-ca or verify-full/,
  },
};

describe('what goes wrong with TLS is told with the setting that mends it', () => {
  it.each(Object.entries(OF_TLS))('%s', async (_, planted) => {
    const { certificate, statements = [], mended = [], code, says } = planted;
    const database = planted.on === undefined ? encrypted : plain;
    onTestFinished(async () => {
      for (const sql of mended) await database.query(sql);
      if (certificate !== undefined) await withTls.show('server-cert');
    });
    if (certificate !== undefined) await withTls.show(certificate);
    for (const sql of statements) await database.query(sql);
    await expect(open({ ...placeOf(database), ...planted.settings })).rejects.toMatchObject({
      code: expect.stringMatching(code),
      message: expect.stringMatching(says),
    });
  });
});

const OF_THE_NETWORK: Readonly<Record<string, () => Promise<[Partial<MariadbSettings>, RegExp]>>> = {
  'nobody listens on the port': async () => [
    { port: await freePort() },
    /ECONNREFUSED.*Nothing listens on port \d+ of 127\.0\.0\.1: start the server, or check DB_HOST and DB_PORT/,
  ],
  'a name that nobody knows': async () => [
    { host: 'no-such-host.invalid' },
    /(No machine is known here by the name|The name) no-such-host\.invalid.*(check DB_HOST|set DB_HOST)/,
  ],
  'no such socket': async () => [
    { socketPath: '/run/no-such/mysqld.sock' },
    /ENOENT.*There is no such socket: start the server, or set DB_HOST to where it has its own/,
  ],
  'a socket whose server has ended': async () => [
    { socketPath: fileInPlaceOfSocket() },
    /ECONNREFUSED.*Nobody listens on that socket: the server has ended\. Start it/,
  ],
  'an SSH server on the port': async () => [
    { port: await listen((socket) => socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')) },
    /no server of MariaDB or MySQL\. It says: SSH-2\.0-OpenSSH_9\.2p1.*Check DB_HOST and DB_PORT/,
  ],
  'a web server on the port, which waits to be asked': async () => [
    { port: await listen(() => undefined) },
    /took the connection and said nothing, as a web server does.*check DB_PORT/,
  ],
  'a proxy whose server is down': async () => [
    { port: await listen((socket) => socket.end()) },
    /hung up before a word: often a proxy whose server is down/,
  ],
};

describe('what lies between is told with what mends it, and is tried again', () => {
  it.each(Object.entries(OF_THE_NETWORK))('%s', async (_, plant) => {
    const [settings, says] = await plant();
    await expect(open(settings)).rejects.toMatchObject({
      code: 'database_unavailable',
      message: expect.stringMatching(says),
    });
  });
});

/** MySQL has none of these any more. */
if (!isMysqlChosen())
  it('TLS that is too old for Node is told; with preferred it is left out, and that is told, too', async () => {
    const old = new TlsServer(['--tls-version=TLSv1.1']);
    onTestFinished(() => old.remove());
    const { settings } = await old.start();
    const to = { ...settings, socketPath: null, sslCaFile: null, minPoolSize: 1, maxPoolSize: 3 };
    await expect(probeServer({ ...to, ssl: 'required' })).rejects.toMatchObject({
      code: 'bad_settings',
      message: expect.stringMatching(
        /this Node takes TLS 1\.2 and later\. Set tls_version of the server.*or DB_SSL=disabled/,
      ),
    });
    const { encryption } = await probeServer(to);
    expect(encryption).toMatch(/^off: TLS was tried, and failed: .+ \(DB_SSL=preferred\)$/);
  });

it('a host that the server blocks after handshakes that broke off is told how that is mended (1129)', async () => {
  const server = new MariadbServer({ looksUpNames: true, extraArgs: ['--max-connect-errors=1'] });
  onTestFinished(() => server.remove());
  const database = await createTestDatabase(await server.start());
  for (const sql of userAnew("anyway@'%'", 'pw')) await database.query(sql);
  // Another address of this machine: of 127.0.0.1 no server keeps count.
  const port = await listen((client) => {
    const upstream = connect({ ...database.settings, localAddress: '127.0.0.2' });
    upstream.on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  const through = { ...database.settings, user: 'anyway', password: 'pw', port };
  for (let checks = 0; checks < 3; checks += 1) await breakOff(port);
  await expect(open(through)).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/127\.0\.0\.2.*blocked.*FLUSH HOSTS, and mend that check/),
  });
});

function placeOf({ settings: { port, database } }: TestDatabase) {
  return { port, database };
}

function open(settings: Partial<MariadbSettings>) {
  const pool = { minPoolSize: 1, maxPoolSize: 3, socketPath: null, sslCaFile: null };
  return openMariadbStore({ ...encrypted.settings, user: 'anyway', password: 'pw', ...pool, ...settings });
}

/** As the check of a balancer does: it connects, hears the greeting, and hangs up. */
async function breakOff(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'data');
  socket.end('no packet of ours');
  socket.resume();
  await once(socket, 'close');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** To connect to a file that is no socket is as to one whose server is gone. */
function fileInPlaceOfSocket(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'ai-ipc-socket-')), 'mysqld.sock');
  onTestFinished(() => rmSync(dirname(file), { recursive: true }));
  writeFileSync(file, '');
  return file;
}

async function listen(serve: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
