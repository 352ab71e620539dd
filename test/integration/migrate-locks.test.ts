import type { Connection } from 'mariadb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSchema } from '../../src/database/check-schema.ts';
import { migrate } from '../../src/database/migrate.ts';
import type { LockWait } from '../../src/database/migrate-script.ts';
import { insertAwkwardRows } from '../support/document-rows.ts';
import { numbers } from '../support/numbers.ts';
import { dumpSchema, loadDocumentSchema, migrateSettings, TABLES_FILE } from '../support/schema-dump.ts';
import { StatementProxy } from '../support/statement-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDocumentSchema(database);
});
afterEach(() => database.drop());

interface Running {
  readonly steps: string[];
  readonly end: Promise<unknown>;
}

function startMigrate(lockWait?: LockWait): Running {
  const steps: string[] = [];
  const end = migrate({
    settings: migrateSettings(database),
    confirm: async () => false,
    onStep: (text) => steps.push(text),
    ...(lockWait === undefined ? {} : { lockWait }),
  });
  return { steps, end };
}

/** What a backup or a forgotten terminal leaves: a transaction that has read a table and goes on. */
async function openTransaction(): Promise<Connection> {
  const connection = await database.connect();
  await connection.beginTransaction();
  await connection.query('SELECT COUNT(*) FROM ai_requests');
  return connection;
}

describe('an open transaction in the way', () => {
  it('holds up other readers no longer than one wait, and migrate goes on when it ends', async () => {
    /** By itself the reader would wait for as long as the holder stays, which is for ever. */
    const waitSeconds = 2;
    const holder = await openTransaction();
    const { steps, end } = startMigrate({ seconds: waitSeconds, tries: 20, pauseMs: 500 });
    const reader = await database.connect();
    await waitFor(
      () =>
        database
          .query(
            "SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND STATE LIKE 'Waiting for table metadata lock'",
          )
          .then((rows) => rows.length > 0),
      { timeoutMs: 10_000, what: 'the ALTER to wait' },
    );
    await reader.query('SELECT COUNT(*) FROM ai_requests');
    await waitFor(() => steps.some((step) => step.includes('in the way')), {
      timeoutMs: 10_000,
      what: 'the word of it',
    });
    await holder.rollback();
    await end;
    await checkSchema((sql) => database.query(sql));
  });

  it('that does not end stops migrate, which names the connection and changes nothing that it cannot go on from', async () => {
    await insertAwkwardRows(database);
    const holder = await openTransaction();
    const { end } = startMigrate({ seconds: 1, tries: 2, pauseMs: 10 });
    await expect(end).rejects.toMatchObject({
      code: 'migrate_blocked',
      message: expect.stringMatching(
        new RegExp(
          `connection ${holder.threadId} of root@.*, Sleep for \\d+ s.*Nothing was lost.*ai-ipc migrate`,
        ),
      ),
    });
    await holder.rollback();
    await startMigrate().end;
    await checkSchema((sql) => database.query(sql));
  });

  it('is not waited for when there is nothing to change', async () => {
    await startMigrate().end;
    const holder = await openTransaction();
    await holder.query("INSERT INTO ai_requests (endpoint) VALUES ('/a')");
    await startMigrate({ seconds: 1, tries: 1, pauseMs: 0 }).end;
    await database.loadSqlFile(TABLES_FILE);
    await holder.rollback();
  });
});

describe('two migrates at once', () => {
  it('end well both, with the schema and the rows of one', async () => {
    await insertAwkwardRows(database);
    const running = [startMigrate(), startMigrate(), startMigrate()];
    await Promise.all(running.map(({ end }) => end));
    const moved = "SELECT COUNT(*) AS number FROM ai_request_log WHERE event_type LIKE '%\\_response'";
    const reference = await createTestDatabase();
    await reference.loadSqlFile(TABLES_FILE);
    expect(await dumpSchema(database)).toEqual(await dumpSchema(reference));
    await reference.drop();
    // Five surplus responses, one of them in two parts.
    expect(await database.query(moved)).toEqual([{ number: 5 }]);
  });

  it('do not stop each other when the first is killed while the second waits for its turn', async () => {
    let cut: (() => void) | undefined;
    const proxy = new StatementProxy({
      target: database.settings,
      before: async (sql) => {
        // The first one has its turn when it begins to work: it goes no further, until it is killed.
        if (sql.startsWith('SET time_zone = @@GLOBAL'))
          await new Promise<void>((resolve) => {
            cut = resolve;
          });
      },
    });
    const port = await proxy.listen();
    const settings = { ...migrateSettings(database), port };
    const first = migrate({ settings, confirm: async () => false, onStep: () => undefined }).catch(
      (error: unknown) => error,
    );
    await waitFor(() => cut, { timeoutMs: 10_000, what: 'the first to have its turn' });
    const second = startMigrate({ seconds: 2, tries: 30, pauseMs: 10 });
    await waitFor(
      () =>
        database
          .query(
            "SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE '%FOR UPDATE'",
          )
          .then((rows) => rows.length > 0),
      { timeoutMs: 10_000, what: 'the second to wait' },
    );
    await proxy.close();
    cut?.();
    expect(await first).toMatchObject({ code: 'database_unavailable' });
    await second.end;
    await checkSchema((sql) => database.query(sql));
  });

  it('take turns: one waits while another has the turn, and gives up after its time', async () => {
    await startMigrate().end;
    const other = await database.connect();
    await other.beginTransaction();
    await other.query("SELECT * FROM ai_ipc_meta WHERE name = 'migrate' FOR UPDATE");
    const { end, steps } = startMigrate({ seconds: 1, tries: 2, pauseMs: 10 });
    await expect(end).rejects.toMatchObject({ code: 'migrate_blocked' });
    expect(steps).toEqual([expect.stringContaining(`connection ${other.threadId} `)]);
    await other.rollback();
    await startMigrate().end;
  });
});

it('a row of an old client that comes in before the last ALTER starts the upgrade over', async () => {
  let isIn = false;
  const proxy = new StatementProxy({
    target: database.settings,
    before: async (sql) => {
      if (isIn || !/^ALTER TABLE `ai_requests`\s+DEFAULT/.test(sql)) return;
      isIn = true;
      await database.query(
        "INSERT INTO ai_requests (endpoint, status, expires_at) VALUES ('/late', NULL, '9999-12-31')",
      );
    },
  });
  const steps: string[] = [];
  await migrate({
    settings: { ...migrateSettings(database), port: await proxy.listen() },
    confirm: async () => false,
    onStep: (text) => steps.push(text),
  });
  await proxy.close();
  expect(steps).toContain('Rows of an old client came in between: starting the upgrade over.');
  expect(await database.query('SELECT endpoint, status FROM ai_requests')).toEqual([
    { endpoint: '/late', status: 'pending' },
  ]);
});

describe('more than 100,000 rows', () => {
  const fill = (rows: number) =>
    database.query(
      `INSERT INTO ai_requests (endpoint, status, expires_at) SELECT '/a', 'completed', NOW() FROM ${numbers(rows)}`,
    );
  const asked: number[] = [];
  const migrateAnswering = (answer: boolean) =>
    migrate({
      settings: migrateSettings(database),
      onStep: () => undefined,
      confirm: async (rows) => {
        asked.push(rows);
        return answer;
      },
    });

  it('are copied only after a question', async () => {
    await fill(50_000);
    await database.query('INSERT INTO ai_responses (request_id) SELECT id FROM ai_requests');
    // With so many responses, a search for second ones that is not by index would take minutes.
    await fill(1);
    await expect(migrateAnswering(false)).rejects.toMatchObject({
      code: 'migrate_needs_yes',
      message: expect.stringContaining('ai-ipc migrate --yes'),
    });
    expect(asked.splice(0)).toEqual([100_001]);
    expect(await database.query("SHOW TABLES LIKE 'ai_ipc_meta'")).toEqual([]);
    await migrateAnswering(true);
    expect(asked.splice(0)).toEqual([100_001]);
    await migrateAnswering(false);
    expect(asked).toEqual([]);
  });

  it('are those of the three tables together, and 100,000 are copied without a question', async () => {
    await fill(99_999);
    await database.query("INSERT INTO ai_request_log (request_id, event_type) VALUES (1, 'completed')");
    await migrateAnswering(false);
    expect(asked).toEqual([]);
  });
});
