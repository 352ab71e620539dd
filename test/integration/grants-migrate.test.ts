import { describe, expect, it } from 'vitest';
import { checkSchema } from '../../src/database/check-schema.ts';
import { migrate } from '../../src/database/migrate.ts';
import { insertAwkwardRows } from '../support/document-rows.ts';
import { dumpSchema, loadDocumentSchema } from '../support/schema-dump.ts';
import {
  connectAs,
  database,
  expectRefused,
  filledIn,
  loadAll,
  settingsOf,
  suffix,
  useGrants,
  userName,
} from './support/grants.ts';

useGrants();

describe('the migrate user', () => {
  async function runMigrate(): Promise<string> {
    const steps: string[] = [];
    const settings = settingsOf('migrate');
    await migrate({ settings, confirm: async () => true, onStep: (text) => steps.push(text) });
    return steps.join('\n');
  }

  /** The migrate user's own part of the file: its tables need not be there yet. */
  async function loadMigrateUser(): Promise<void> {
    const [own] = filledIn().split('-- For `ai-ipc worker`');
    await database.runClient(own!);
  }

  it('can make everything in an empty database', async () => {
    await loadMigrateUser();
    expect(await runMigrate()).not.toContain('was not made');
    expect(Object.keys(await dumpSchema(database))).toHaveLength(10);
    await expectRefused('migrate', ['SELECT * FROM mysql.user', 'CREATE TABLE mine (id INT)']);
  });

  it("can upgrade the document's tables", async () => {
    await loadDocumentSchema(database);
    await insertAwkwardRows(database);
    await loadMigrateUser();
    expect(await runMigrate()).not.toContain('was not made');
    await checkSchema((sql) => database.query(sql));
  });

  it('goes on without the right EVENT, and says so', async () => {
    await loadMigrateUser();
    await database.query(
      `REVOKE EVENT ON \`${database.settings.database}\`.* FROM ${userName('migrate')}@localhost`,
    );
    expect(await runMigrate()).toMatch(/event evt_ai_cleanup_old_requests was not made .*right EVENT/);
    await checkSchema((sql) => database.query(sql));
    expect(await database.query('CALL sp_ai_cleanup_old_requests(7)')).toMatchObject([[{ deleted: 0 }], {}]);
    await database.query(
      `GRANT EVENT ON \`${database.settings.database}\`.* TO ${userName('migrate')}@localhost`,
    );
    expect(await runMigrate()).not.toContain('was not made');
    expect(Object.keys(await dumpSchema(database))).toHaveLength(10);
  });

  it('goes on without the right CREATE ROUTINE, and then makes no event that would call nothing', async () => {
    await loadMigrateUser();
    const { database: name } = database.settings;
    await database.query(
      `REVOKE CREATE ROUTINE, ALTER ROUTINE ON \`${name}\`.* FROM ${userName('migrate')}@localhost`,
    );
    const steps = await runMigrate();
    expect(steps).toMatch(/procedure sp_ai_cleanup_old_requests was not made .*right CREATE ROUTINE/);
    expect(await database.query('SHOW EVENTS WHERE Db = DATABASE()')).toEqual([]);
    await checkSchema((sql) => database.query(sql));
  });

  it('leaves a procedure that is right as it is, without a right on it and with the rights of others', async () => {
    await loadAll();
    await grantProcedure();
    await database.query(
      `REVOKE ALTER ROUTINE, CREATE ROUTINE ON \`${database.settings.database}\`.* FROM ${userName('migrate')}@localhost`,
    );
    expect(await runMigrate()).not.toContain('was not made');
    const game = await connectAs('game');
    expect(await game.query('CALL sp_ai_cleanup_old_requests(7)').catch(sqlState)).not.toBe(NOT_EXECUTE);
  });

  it('says so where an older procedure must stay, and goes on', async () => {
    await loadAll();
    await database.query("ALTER PROCEDURE sp_ai_cleanup_old_requests COMMENT 'of an older edition'");
    await database.query(
      `REVOKE ALTER ROUTINE ON \`${database.settings.database}\`.* FROM ${userName('migrate')}@localhost`,
    );
    expect(await runMigrate()).toMatch(/procedure sp_ai_cleanup_old_requests was not made .*ALTER ROUTINE/);
    await checkSchema((sql) => database.query(sql));
  });

  it('of an administrator replaces an older procedure, and who might call it may go on', async () => {
    await loadAll();
    await database.query("ALTER PROCEDURE sp_ai_cleanup_old_requests COMMENT 'of an older edition'");
    await grantProcedure();
    const settings = { ...database.settings, socketPath: null, sslCaFile: null };
    await migrate({ settings, confirm: async () => true, onStep: () => undefined });
    const [row] = await database.query(
      "SELECT ROUTINE_COMMENT AS comment FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'PROCEDURE'",
    );
    expect(row!['comment']).toMatch(/^AI IPC, edition \d+/);
    const game = await connectAs('game');
    expect(await game.query('CALL sp_ai_cleanup_old_requests(7)').catch(sqlState)).not.toBe(NOT_EXECUTE);
  });

  /** Of the procedure itself; what it does is done with the caller's rights, which are too few. */
  const NOT_EXECUTE = 1370;
  const sqlState = ({ errno }: { errno: number }) => errno;

  async function grantProcedure(): Promise<void> {
    await database.query(
      `GRANT EXECUTE ON PROCEDURE \`${database.settings.database}\`.sp_ai_cleanup_old_requests TO ${userName('game')}@localhost`,
    );
  }

  it('that may not see a waiting transaction is told which right would show it', async () => {
    await loadDocumentSchema(database);
    await loadMigrateUser();
    const holder = await database.connect();
    await holder.beginTransaction();
    await holder.query('SELECT * FROM ai_request_log');
    const ended = migrate({
      settings: settingsOf('migrate'),
      confirm: async () => true,
      onStep: () => undefined,
      lockWait: { seconds: 1, tries: 1, pauseMs: 0 },
    });
    await expect(ended).rejects.toMatchObject({
      code: 'migrate_blocked',
      message: expect.stringContaining('PROCESS'),
    });
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'database_denied', /DB_PASSWORD/],
    ['a server that is not there', { socketPath: null, port: 1 }, 'database_unavailable', /127\.0\.0\.1:1/],
  ])('with %s is told what is wrong', async (_, change, code, message) => {
    await loadMigrateUser();
    const ended = migrate({
      settings: { ...settingsOf('migrate'), ...change },
      confirm: async () => true,
      onStep: () => undefined,
    });
    await expect(ended).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

it('a database that does not exist is told with the statement that makes it', async () => {
  const { host, port, user, password } = database.settings;
  const settings = {
    host,
    port,
    socketPath: null,
    user,
    password,
    database: `no_${suffix}`,
    sslCaFile: null,
  };
  await expect(
    migrate({ settings, confirm: async () => true, onStep: () => undefined }),
  ).rejects.toMatchObject({
    code: 'database_unknown',
    message: expect.stringContaining(`CREATE DATABASE \`no_${suffix}\``),
  });
});
