import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { openMariadbPool } from '../../src/database/mariadb-pool.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { TlsServer } from '../support/tls-server.ts';

it('a server that goes away in the middle of a TLS handshake is told, and ends no process', async () => {
  const tls = new TlsServer();
  await tls.start();
  let cuts = 0;
  // The greeting passes; what the client answers, which begins TLS, is the end of the line.
  const proxy = createServer((client) => {
    const server = connect(tls.address.port, tls.address.host);
    server.on('data', (bytes) => client.write(bytes));
    server.on('error', () => undefined);
    client.on('error', () => undefined);
    client.once('data', () => {
      cuts += 1;
      client.end();
      server.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const database = await createTestDatabase(tls.address);
  try {
    const pool = openMariadbPool({
      ...{ ...database.settings, host: '127.0.0.1', port },
      ...{ socketPath: null, sslCaFile: null, minPoolSize: 1, maxPoolSize: 1 },
    });
    await expect(pool.query('SELECT 1 AS one')).rejects.toMatchObject({ code: 'database_unavailable' });
    await pool.close();
    expect(cuts).toBeGreaterThan(0);
  } finally {
    proxy.close();
    await database.drop();
    await tls.remove();
  }
});
