import { expect, it } from 'vitest';
import { mariadbName } from './database-name.ts';

const SETTINGS = { host: '127.0.0.1', port: 3306, socketPath: null, user: 'ragnarok', database: 'game' };

it.each([
  [{}, 'MariaDB ragnarok@127.0.0.1:3306/game'],
  [{ host: '::1' }, 'MariaDB ragnarok@[::1]:3306/game'],
  [{ otherHosts: [{ host: '::1', port: 3307 }] }, 'MariaDB ragnarok@127.0.0.1:3306,[::1]:3307/game'],
  [{ socketPath: '/run/mysqld/mysqld.sock' }, 'MariaDB ragnarok@/run/mysqld/mysqld.sock/game'],
])('%j is %s', (changes, name) => {
  expect(mariadbName({ ...SETTINGS, ...changes })).toBe(name);
});
