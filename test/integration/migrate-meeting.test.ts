import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { isDoneByAnother } from '../../src/database/migrate-meeting.ts';
import { insertAwkwardRows } from '../support/document-rows.ts';
import { dumpSchema, loadDocumentSchema, migrateSettings } from '../support/schema-dump.ts';
import { StatementProxy } from '../support/statement-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDocumentSchema(database);
});
afterEach(() => database.drop());

/** On another node of a cluster, where the lock that keeps two from each other is not known, one is always a step ahead. */
async function migrateBehindAnother(isMeant: (sql: string) => boolean): Promise<string[]> {
  const ahead = await database.connect();
  let isMet = false;
  const before = async (sql: string) => {
    if (isMet || !isMeant(sql)) return;
    isMet = true;
    await ahead.query(sql);
  };
  const proxy = new StatementProxy({ target: inject('mariadb'), before });
  const steps: string[] = [];
  try {
    await migrate({
      settings: { ...migrateSettings(database), port: await proxy.listen() },
      confirm: async () => false,
      onStep: (text) => steps.push(text),
      lockWait: { seconds: 2, tries: 10, pauseMs: 10 },
    });
    return steps;
  } finally {
    await proxy.close();
  }
}

const MEETING = expect.stringMatching(/^A part of it is there already/);

it('a migrate whose foreign key another one has just made looks what is left to do, and does it', async () => {
  await insertAwkwardRows(database);
  const alone = await createTestDatabase();
  await loadDocumentSchema(alone);
  await migrate({
    settings: migrateSettings(alone),
    confirm: async () => false,
    onStep: () => undefined,
  });

  const steps = await migrateBehindAnother((sql) => sql.includes('ADD CONSTRAINT'));

  expect(steps).toContainEqual(MEETING);
  expect(await dumpSchema(database)).toEqual(await dumpSchema(alone));
  await alone.drop();
});

it('what is there already is told from what cannot be made', async () => {
  const connection = await database.connect();
  const refusalOf = (sql: string) =>
    connection.query(sql).then(
      () => expect.unreachable(),
      (error: unknown) => error,
    );
  await connection.query('CREATE TABLE parent (id INT PRIMARY KEY) ENGINE=InnoDB');
  const child = (name: string, type: string) =>
    `CREATE TABLE ${name} (id ${type}, CONSTRAINT taken FOREIGN KEY (id) REFERENCES parent (id)) ENGINE=InnoDB`;
  await connection.query(child('first_child', 'INT'));

  expect(isDoneByAnother(await refusalOf(child('first_child', 'INT')))).toBe(true);
  expect(isDoneByAnother(await refusalOf(child('second_child', 'INT')))).toBe(true);
  expect(isDoneByAnother(await refusalOf(child('third_child', 'VARCHAR(9)')))).toBe(false);
  expect(isDoneByAnother(await refusalOf('SELECT 1 FROM no_such_table'))).toBe(false);
});
