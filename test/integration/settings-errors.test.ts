import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { loadDocumentSchema, TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';
import { useWorkers } from '../support/worker-process.ts';

/** A start that an admin must mend says so within this time. */
const AWAY = 'Database cannot be reached, trying again';

const startWorker = useWorkers();
let database: TestDatabase;
let stub: AiStub;

beforeAll(async () => {
  database = await createTestDatabase();
  stub = await startAiStub();
  // The first start of all may have to build.
  await startWorker(database.settings, { ENABLED: 'false' }).ended;
});
afterAll(async () => {
  await database.drop();
  await stub.close();
});

async function loadTables(): Promise<void> {
  const tables = ['ai_responses', 'ai_requests', 'ai_request_log', 'ai_workers', 'ai_ipc_meta'];
  for (const table of tables) await database.query(`DROP TABLE IF EXISTS ${table}`);
  await database.loadSqlFile(TABLES_FILE);
}

describe('exit code 78, with what mends it, when an admin must act', () => {
  const cases: {
    readonly what: string;
    readonly arrange?: () => Promise<unknown>;
    readonly settings?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string>>;
    readonly message: RegExp;
  }[] = [
    {
      what: 'a wrong password',
      settings: { password: 'wrong' },
      message: /^ERROR database_denied: .*Access denied.*DB_PASSWORD.*deploy\/grants\.sql/m,
    },
    {
      what: 'a database that is not there',
      settings: { database: 'no_such_database' },
      message: /^ERROR database_unknown: .*no_such_database.*`ai-ipc migrate`/m,
    },
    {
      what: 'no tables',
      message: /^ERROR schema_missing: This database has no AI IPC tables.*`ai-ipc migrate`/m,
    },
    {
      what: "the document's tables",
      arrange: () => loadDocumentSchema(database),
      message: /^ERROR schema_old: .*version 1.*`ai-ipc migrate`/m,
    },
    {
      what: 'tables of a newer version',
      arrange: async () => {
        await loadTables();
        await database.query("UPDATE ai_ipc_meta SET value = '99' WHERE name = 'schema_version'");
      },
      message: /^ERROR schema_new: .*99.*Update ai-ipc/m,
    },
    {
      what: 'a table that is not InnoDB',
      arrange: async () => {
        await loadTables();
        await database.query('ALTER TABLE ai_workers ENGINE = MyISAM');
      },
      message: /^ERROR database_unsupported: .*ai_workers \(MyISAM\).*ALTER TABLE/m,
    },
    {
      what: 'a setting that is not allowed',
      env: { POLL_INTERVAL_MS: 'often' },
      message: /^ERROR bad_settings: [\s\S]*POLL_INTERVAL_MS[\s\S]*often/m,
    },
    {
      what: 'a header of the AI service that HTTP does not allow',
      arrange: loadTables,
      env: { AI_SERVICE_HEADERS: '{"Host":"evil.example"}' },
      message: /^ERROR bad_settings: [\s\S]*Host/m,
    },
  ];

  it.each(cases)('$what', async ({ arrange, settings, env, message }) => {
    await arrange?.();
    const worker = startWorker({ ...database.settings, ...settings }, env);

    expect(await worker.ended).toEqual({ exitCode: 78, signal: null });
    expect(worker.stderr).toMatch(message);
    // No stack trace: these are messages for people.
    expect(worker.stderr).not.toMatch(/^\s+at /m);
  });
});

it('enabled: false says so and ends with 0, whatever the database', async () => {
  const worker = startWorker({ ...database.settings, port: 1 }, { ENABLED: 'false' });

  expect(await worker.ended).toEqual({ exitCode: 0, signal: null });
  expect(worker.log().map(({ msg }) => msg)).toEqual([
    'Database',
    'The worker is switched off (ipc_worker.enabled: false) and ends',
  ]);
});

it('the first line names the database, without its password', async () => {
  const worker = startWorker({ ...database.settings, password: 'pass-word-7' }, { ENABLED: 'false' });
  await worker.ended;

  const { user, host, port, database: name } = database.settings;
  expect(worker.log()[0]).toMatchObject({ database: `MariaDB ${user}@${host}:${port}/${name}` });
  expect(worker.output).not.toContain('pass-word-7');
});

it('a user that may read but not write is told so: exit code 78', async () => {
  await loadTables();
  const user = `reader_${database.settings.database.slice(-12)}`;
  await database.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'secret'`);
  try {
    // FOR UPDATE, with which SKIP LOCKED is tried, needs one of the rights to write.
    await database.query(`GRANT SELECT, DELETE ON ${database.settings.database}.* TO '${user}'@'%'`);
    const worker = startWorker({ ...database.settings, user, password: 'secret' });

    await waitFor(() => worker.hasEnded, { timeoutMs: 10_000, what: `its end after:\n${worker.output}` });

    expect(await worker.ended).toEqual({ exitCode: 78, signal: null });
    expect(worker.stderr).toMatch(/^ERROR database_denied: .*INSERT.*deploy\/grants\.sql/m);
  } finally {
    await database.query(`DROP USER '${user}'@'%'`);
  }
});

describe('a server that cannot be reached', () => {
  it('SIGUSR2, which asks for statistics, does not end a worker that has none yet', async () => {
    const worker = startWorker({ ...database.settings, port: 1 });
    await worker.waitForLog(AWAY);

    worker.signal('SIGUSR2');
    await waitFor(() => worker.log(AWAY).length >= 2 || worker.hasEnded, {
      timeoutMs: 20_000,
      what: 'two tries',
    });

    expect(worker.hasEnded).toBe(false);
    expect(await worker.stop()).toEqual({ exitCode: 0, signal: null });
  });

  it('is tried again, ever less often, until SIGTERM', async () => {
    const worker = startWorker({ ...database.settings, port: 1 });

    await waitFor(() => worker.log(AWAY).length >= 2, { timeoutMs: 20_000, what: 'two tries' });
    const waits = worker.log(AWAY).map((line) => line['retry_in_ms']);
    expect(waits.slice(0, 2)).toEqual([1_000, 2_000]);
    expect(worker.log(AWAY)[0]).toMatchObject({
      level: 'ERROR',
      error: expect.stringContaining('127.0.0.1:1'),
    });

    expect(await worker.stop()).toEqual({ exitCode: 0, signal: null });
    expect(worker.log().at(-1)).toMatchObject({ msg: 'Stopped before the database could be reached' });
  });

  it('is served once it is there', async () => {
    const server = new MariadbServer();
    try {
      const queue = await QueueObserver.create(await server.start());
      await server.stop();
      const worker = startWorker(queue.settings, { AI_SERVICE_BASE_URL: stub.url });
      await worker.waitForLog(AWAY);

      await server.start();
      await worker.started();
      const id = await queue.insertOne('/echo');
      await queue.waitForStatus(id, 'completed', 10_000);

      expect(await worker.stop()).toEqual({ exitCode: 0, signal: null });
    } finally {
      await server.remove();
    }
  });
});
