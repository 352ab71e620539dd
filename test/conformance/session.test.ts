import { randomBytes } from 'node:crypto';
import { expect, inject, it, onTestFinished } from 'vitest';
import { connectTo } from '../../src/database/connect.ts';
import { openMariadbPool } from '../../src/database/mariadb-pool.ts';
import { findServerFaults } from '../../src/database/server-checks.ts';
import { migrateSession } from '../../src/database/session.ts';
import { createTestDatabase } from '../support/test-database.ts';

/** On whatever server the tests are run on: what some take only from admins is of no use. */
it('a user with no right but those on its database gets its sessions set up, and no fault is found', async () => {
  const database = await createTestDatabase();
  const user = `plain_${randomBytes(4).toString('hex')}`;
  const { host, port } = inject('mariadb');
  await database.query(`CREATE USER ${user}@'%' IDENTIFIED BY 'Of_the-user7'`);
  await database.query(`GRANT ALL ON \`${database.settings.database}\`.* TO ${user}@'%'`);
  const login = { host, port, user, password: 'Of_the-user7', database: database.settings.database };
  const settings = { ...login, socketPath: null, sslCaFile: null, minPoolSize: 1, maxPoolSize: 3 };
  const pool = openMariadbPool(settings);
  onTestFinished(async () => {
    await pool.close();
    await database.query(`DROP USER ${user}@'%'`);
    await database.drop();
  });

  expect(await findServerFaults((sql) => pool.query(sql), 'serve')).toEqual([]);
  expect(await pool.query(SESSION)).toEqual([{ zone: '+00:00', limited: 5, autocommit: 1, safe: 0 }]);

  const session = migrateSession(2);
  const { connection, cut } = await connectTo(settings, {
    session,
    hasManyStatements: false,
    socketTimeoutMs: 0,
  });
  const faults = await findServerFaults((sql) => connection.query(sql), 'migrate');
  expect(faults.filter(({ needsAdmin }) => needsAdmin)).toEqual([]);
  expect(await connection.query(SESSION)).toEqual([{ zone: 'SYSTEM', limited: 2, autocommit: 1, safe: 0 }]);
  cut();
});

const SESSION = `
  SELECT @@SESSION.time_zone AS zone, @@SESSION.innodb_lock_wait_timeout AS limited, @@SESSION.autocommit AS autocommit,
         @@SESSION.sql_safe_updates AS safe`;
