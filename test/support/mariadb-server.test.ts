import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MariadbServer } from './mariadb-server.ts';
import { createTestDatabase } from './test-database.ts';
import { waitFor } from './wait-for.ts';

let server: MariadbServer;

beforeEach(() => {
  server = new MariadbServer({ extraArgs: ['--max-connections=77'] });
});

afterEach(async () => {
  await server.remove();
});

it('a killed server comes back at its port with what was committed', async () => {
  const address = await server.start();
  const database = await createTestDatabase(address);
  await database.query('CREATE TABLE kept (a INT)');
  await database.query('INSERT INTO kept VALUES (1)');

  await server.kill();
  await expect(database.query('SELECT 1')).rejects.toThrow();
  expect(await server.start()).toEqual(address);

  expect(await database.query('SELECT a FROM kept')).toEqual([{ a: 1 }]);
  expect(await database.query('SELECT @@max_connections AS most')).toEqual([{ most: 77 }]);
});

it('a paused server answers nothing until it is resumed', async () => {
  const database = await createTestDatabase(await server.start());
  await database.query('SELECT 1');
  let hasAnswered = false;

  await server.pause();
  const answer = database.query('SELECT 1').then(() => {
    hasAnswered = true;
  });
  const wait = waitFor(() => hasAnswered, { timeoutMs: 50, what: 'a paused server' });
  await expect(wait).rejects.toThrow('Waited 300 ms for a paused server, in vain.');
  server.resume();

  await answer;
});

it('a removed server leaves nothing behind, not even when it was paused', async () => {
  const { socketPath } = await server.start();
  const pid = server.pid!;

  await server.pause();
  await server.remove();

  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(existsSync(dirname(socketPath))).toBe(false);
});

it('a server that cannot start says why, from its error log', async () => {
  const broken = new MariadbServer({ extraArgs: ['--no-such-option=1'] });
  try {
    await expect(broken.start()).rejects.toThrow("unknown variable 'no-such-option=1'");
  } finally {
    await broken.remove();
  }
});

it('a test database is filled by the real client and gone when dropped', async () => {
  const database = await createTestDatabase();
  await database.loadSqlFile('sql-files/ai_ipc_tables.sql');
  await database.query('INSERT INTO ai_requests (endpoint) VALUES (?)', ['/ü']);

  expect(await database.runClient('SELECT id, endpoint FROM ai_requests')).toBe('id\tendpoint\n1\t/ü\n');
  await expect(database.runClient('NO SQL;')).rejects.toThrow('You have an error in your SQL syntax');

  await database.drop();
  await expect(database.query('SELECT 1')).rejects.toThrow('Unknown database');
});
