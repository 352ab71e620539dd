#!/bin/sh
# npm mariadb 3.5.4: destroy() of a connection with a statement under way opens a new connection and sends KILL with the
# number that the connection had on its own server. Where the address leads to another server by then (a failover behind a
# proxy), that number is somebody else's there: with the same user, a connection that works is ended.
# Guessed before: destroy() closes the socket and no more.
# Two servers (of mysql2, which count what they are sent) behind a proxy that is turned. Exits with 1 when it has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund mariadb@3.5.4 mysql2@3.15.3
cat >look.mjs <<'JS'
import net from 'node:net';
import mariadb from 'mariadb';
import mysql2 from 'mysql2';

const CAPABILITIES = 0xffffff ^ 0x800 ^ 0x20; // neither TLS nor compression
function startServer(seen) {
  const server = mysql2.createServer();
  server.on('connection', (client) => {
    client.on('error', () => undefined);
    client.serverHandshake({
      protocolVersion: 10, serverVersion: '8.0.36', connectionId: 7, statusFlags: 2, characterSet: 45,
      capabilityFlags: CAPABILITIES, authCallback: (_, done) => done(null),
    });
    client.on('query', (sql) => {
      seen.push(sql);
      if (!sql.includes('SLEEP')) client.writeOk();
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server._server.address().port)));
}
async function until(condition) {
  for (let tries = 0; tries < 500 && !condition(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
}

const [seenByOld, seenByNext] = [[], []];
const [old, next] = [await startServer(seenByOld), await startServer(seenByNext)];
let target = old;
const proxy = net.createServer((client) => {
  const server = net.connect(target, '127.0.0.1');
  client.pipe(server).pipe(client);
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
});
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
const connection = await mariadb.createConnection({ host: '127.0.0.1', port: proxy.address().port, user: 'u', password: '' });
connection.on('error', () => undefined);
connection.query('SELECT SLEEP(100)').catch(() => undefined);
await until(() => seenByOld.length > 0);
target = next;
connection.destroy();
await until(() => seenByNext.length > 0);
console.log(`Node ${process.version}, mariadb 3.5.4, mysql2 3.15.3`);
console.log(`the old server was sent ${JSON.stringify(seenByOld)}, the next one ${JSON.stringify(seenByNext)}`);
process.exit(seenByNext.includes('KILL 7') ? 0 : 1);
JS
node look.mjs 2>/dev/null
