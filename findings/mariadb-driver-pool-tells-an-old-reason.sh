#!/bin/sh
# npm mariadb 3.5.4: a pool that could not connect once goes on telling that first reason, whatever the server says since:
# nobody listened (ECONNREFUSED), now the server refuses the password (1045), and getConnection() still says ECONNREFUSED.
# Guessed before: the cause of the error is what the last try ended with.
# Exits with 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund mariadb@3.5.4 mysql2@3.15.3
cat >look.mjs <<'JS'
import { once } from 'node:events';
import net from 'node:net';
import mariadb from 'mariadb';
import mysql2 from 'mysql2';

const free = net.createServer().listen(0, '127.0.0.1');
await once(free, 'listening');
const { port } = free.address();
free.close();
await once(free, 'close');
const login = { host: '127.0.0.1', port, user: 'u', password: '' };
const pool = mariadb.createPool({ ...login, connectionLimit: 2, acquireTimeout: 1_000 });
const told = async () => (await pool.getConnection().catch((error) => error)).cause?.code;
const first = await told();

const server = mysql2.createServer();
server.on('connection', (client) => {
  client.on('error', () => undefined);
  client.serverHandshake({
    protocolVersion: 10, serverVersion: '8.0.36', connectionId: 7, statusFlags: 2, characterSet: 45,
    capabilityFlags: 0xffffff ^ 0x800 ^ 0x20, // neither TLS nor compression
    authCallback: (_, done) => done(null, { code: 1045, message: "Access denied for user 'u'@'127.0.0.1'" }),
  });
});
server.listen(port, '127.0.0.1');
await once(server._server, 'listening');
const direct = await mariadb.createConnection(login).catch((error) => error.errno);
let last = '';
for (let tries = 0; tries < 4; tries += 1) last = await told();
console.log(`Node ${process.version}, mariadb 3.5.4`);
console.log(`nobody listens: ${first}; then a connection of its own is told ${direct}, and the pool says ${last}`);
process.exit(direct === 1045 && last === 'ECONNREFUSED' ? 0 : 1);
JS
node look.mjs 2>/dev/null
