import { expect, it } from 'vitest';
import { type MariadbOptions, storeSettings } from './database-options.ts';

const OPTIONS: MariadbOptions = { kind: 'mariadb', user: 'me', password: '', database: 'game' };

it('takes several hosts, the first of which is preferred', () => {
  expect(storeSettings({ ...OPTIONS, host: 'db1,db2:3307,[::1]', port: 3308 })).toMatchObject({
    host: 'db1',
    port: 3308,
    otherHosts: [
      { host: 'db2', port: 3307 },
      { host: '::1', port: 3308 },
    ],
    socketPath: null,
  });
});

it('takes a socket, whatever the host is', () => {
  expect(storeSettings({ ...OPTIONS, socketPath: '/run/db.sock' })).toMatchObject({
    host: '127.0.0.1',
    socketPath: '/run/db.sock',
  });
});

it.each([
  ['db1,', 'The option host of the database is "db1,": a host is missing at one of its commas. Give a host'],
  ['db 1', 'The option host of the database is "db 1". Give a host, or several such as db1,db2:3307,[::1].'],
])('refuses %j', (host, message) => {
  expect(() => storeSettings({ ...OPTIONS, host })).toThrow(message);
});
