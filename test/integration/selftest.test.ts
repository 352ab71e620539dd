import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import {
  mariadbEnv,
  mariadbOption,
  newFolder,
  querySqlite,
  runCli,
  serving,
  startCli,
  urlOf,
  useCli,
} from '../support/cli-process.ts';
import { holdAnswers } from '../support/held-answers.ts';
import type { ProgramResult } from '../support/program-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

const NAMES = [
  'Database connectivity',
  'Table existence',
  'Request insertion',
  'Request processing',
  'Response retrieval',
  'Timeout handling',
  'Cleanup operations',
  'Performance metrics',
];
/** In an empty folder. */
const OWN = ['--own-worker', '--database', 'sqlite:queue.sqlite'];
const DIALOGUE = '/api/v1/npc/dialogue';
const FIGURES = /latency p50 \d+ ms, p95 \d+ ms \(20 in turn\); \d+ a second \(100 at once in \d+ ms\)/;
/** What the self-test must leave as it is: an old ended request, and one that waits for its next attempt. */
const OTHERS_INSERT = [
  `INSERT INTO ai_requests (request_type, endpoint, status, created_at, processed_at, expires_at)
   VALUES ('dialogue', '/a', 'completed', '2020-01-01 00:00:00', '2020-01-01 00:00:00', '2020-01-01 00:00:30')`,
  `INSERT INTO ai_requests (request_type, endpoint, expires_at, available_at)
   VALUES ('dialogue', '/b', '2037-01-01 00:00:00', '2036-01-01 00:00:00')`,
];
const OTHERS_SELECT = 'SELECT endpoint, status, attempts FROM ai_requests ORDER BY id';
const OTHERS = [
  { endpoint: '/a', status: 'completed', attempts: 0 },
  { endpoint: '/b', status: 'pending', attempts: 0 },
];
/** Of its log only the line of its cleanup stays, which is about no request. */
const LOG_SELECT = 'SELECT DISTINCT request_id, event_type FROM ai_request_log';
const LOG = [{ request_id: 0, event_type: 'cleaned' }];

let stub: AiStub;

beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());
afterEach(() => stub.clear());
useCli();

/** Name by result, as printed. */
function resultsIn(stdout: string): Record<string, string> {
  const lines = stdout.matchAll(/^(PASS|FAIL) {2}(.+?) +\d+ ms {2}\S/gm);
  return Object.fromEntries([...lines].map(([, word, name]) => [name, word]));
}

const ALL_PASS = Object.fromEntries(NAMES.map((name) => [name, 'PASS']));

describe('on the embedded database, where no worker runs', () => {
  it('all eight pass with a worker of its own, and nothing of it stays', async () => {
    const file = join(newFolder(), 'queue.sqlite');
    await runCli(['status', '1', '--database', `sqlite:${file}`]);
    for (const sql of OTHERS_INSERT) querySqlite(file, sql);

    const { exitCode, stdout } = await runCli(['selftest', '--own-worker', '--database', `sqlite:${file}`], {
      env: { AI_SERVICE_BASE_URL: stub.url },
    });

    expect(resultsIn(stdout)).toEqual(ALL_PASS);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Database: SQLite .+queue\.sqlite\n/);
    expect(stdout).toContain(`Worker: none is running on this database; the self-test runs its own`);
    expect(stdout).toMatch(FIGURES);
    expect(stdout).toContain('8 passed, 0 failed');
    expect(querySqlite(file, OTHERS_SELECT)).toEqual(OTHERS);
    expect(querySqlite(file, LOG_SELECT)).toEqual(LOG);
    expect(querySqlite(file, 'SELECT id FROM ai_responses')).toEqual([]);
    expect(querySqlite(file, 'SELECT id FROM ai_workers')).toEqual([]);
    expect(stdout).not.toContain('WARN');
    expect(stub.calls.filter(({ path }) => path !== '/api/v1/health')).toMatchObject([
      { method: 'POST', path: DIALOGUE, body: '{"message":"Hello","npc_id":"AI IPC self-test"}' },
    ]);
  });

  it('--json gives one document with the eight results', async () => {
    const { exitCode, stdout, stderr } = await runCli(['selftest', '--json', ...OWN], {
      env: { AI_SERVICE_BASE_URL: stub.url },
    });

    const report = JSON.parse(stdout) as { tests: { name: string }[] };
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ worker: 'own', passed: 8, failed: 0 });
    expect(report.tests.map(({ name }) => name)).toEqual(NAMES);
    expect(report.tests).toContainEqual({
      name: 'Request insertion',
      status: 'passed',
      ms: expect.any(Number),
      detail: 'request 1 is in the queue',
    });
    expect(stderr).toMatch(/^Database: SQLite /);
  });

  it('an AI service that is not there fails what needs it, with the reason, and leaves no rows', async () => {
    const down = await startAiStub();
    await down.goDown();
    const file = join(newFolder(), 'queue.sqlite');

    const { exitCode, stdout } = await runCli(['selftest', '--own-worker', '--database', `sqlite:${file}`], {
      env: { AI_SERVICE_BASE_URL: down.url },
    });

    expect(exitCode).toBe(1);
    expect(resultsIn(stdout)).toEqual({
      ...ALL_PASS,
      'Request processing': 'FAIL',
      'Response retrieval': 'FAIL',
      'Performance metrics': 'FAIL',
    });
    expect(stdout).toMatch(/Request processing .*ai_unreachable: .*Check that it runs/);
    expect(stdout).toMatch(/Response retrieval .*Not run: it needs Request processing/);
    expect(querySqlite(file, 'SELECT id FROM ai_requests')).toEqual([]);
  });

  it.each([401, 403])(
    'a dialogue that is refused with HTTP %i fails, with where the key goes',
    async (status) => {
      stub.behave(DIALOGUE, behaviours.status(status));

      const { exitCode, stdout } = await runCli(['selftest', ...OWN], {
        env: { AI_SERVICE_BASE_URL: stub.url },
      });

      expect(exitCode).toBe(1);
      expect(stdout).toMatch(
        new RegExp(
          `FAIL {2}Request processing .*HTTP ${status}.*AI_SERVICE_HEADERS='{"Authorization":"Bearer KEY"}'`,
        ),
      );
      expect(stdout).toContain('5 passed, 3 failed');
    },
  );

  it.each([404, 422])(
    'a service of another kind (HTTP %i to a dialogue) passes by its health, and says so',
    async (status) => {
      stub.behave(DIALOGUE, behaviours.status(status));

      const { exitCode, stdout } = await runCli(['selftest', ...OWN], {
        env: { AI_SERVICE_BASE_URL: stub.url },
      });

      expect(exitCode).toBe(0);
      expect(resultsIn(stdout)).toEqual(ALL_PASS);
      expect(stdout).toMatch(
        new RegExp(`^WARN {2}Only the health of the AI service was tested.*HTTP ${status}`, 'm'),
      );
    },
  );

  it('a dialogue that fails at the AI service fails the test', async () => {
    stub.behave(DIALOGUE, behaviours.status(502));

    const { exitCode, stdout } = await runCli(['selftest', ...OWN], {
      env: { AI_SERVICE_BASE_URL: stub.url },
    });

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/FAIL {2}Request processing .*ai_server_error: .*HTTP 502/);
  });

  it('Ctrl-C ends it with 130 and leaves no rows', async () => {
    stub.behaveAlways(behaviours.never());
    const file = join(newFolder(), 'queue.sqlite');
    const selftest = startCli(['selftest', '--own-worker', '--database', `sqlite:${file}`], {
      env: { AI_SERVICE_BASE_URL: stub.url },
    });
    await waitFor(() => stub.calls.length > 0, { timeoutMs: 30_000, what: 'a call' });

    const { exitCode, stdout } = await selftest.stop('SIGINT');

    expect(exitCode).toBe(130);
    expect(stdout).toContain('Not run: the self-test was stopped.');
    for (const table of ['ai_requests', 'ai_responses', 'ai_workers'])
      expect(querySqlite(file, `SELECT * FROM ${table}`)).toEqual([]);
  });
});

describe('without a living worker', () => {
  it('it fails and says so; with --own-worker it serves its own requests, and no player who waits', async () => {
    const file = join(newFolder(), 'queue.sqlite');
    const where = ['--database', `sqlite:${file}`];
    await runCli(['request', 'dialogue', '/waits', '{}', '5', '600', ...where]);
    const env = { AI_SERVICE_BASE_URL: stub.url };

    const alone = await runCli(['selftest', ...where], { env });
    const own = await runCli(['selftest', '--own-worker', ...where], { env });

    expect(alone.exitCode).toBe(1);
    expect(resultsIn(alone.stdout)).toEqual({
      ...ALL_PASS,
      'Request processing': 'FAIL',
      'Response retrieval': 'FAIL',
      'Timeout handling': 'FAIL',
      'Performance metrics': 'FAIL',
    });
    expect(alone.stdout).toMatch(
      /FAIL {2}Request processing .*No worker is alive.*systemctl start ai-ipc-worker.*--own-worker/,
    );
    expect(own.exitCode).toBe(0);
    expect(resultsIn(own.stdout)).toEqual(ALL_PASS);
    expect(querySqlite(file, 'SELECT endpoint, status, attempts FROM ai_requests')).toEqual([
      { endpoint: '/waits', status: 'pending', attempts: 0 },
    ]);
    expect(stub.callsTo('/waits')).toEqual([]);
  });

  it('in a folder without settings it makes no file, and says where to go', async () => {
    const cwd = newFolder();

    const { exitCode, stdout } = await runCli(['selftest', '--own-worker'], { cwd });

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/FAIL {2}Database connectivity .*no such file.*the folder of your \.env/);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

it('that it still waits is told every 5 s', async () => {
  const held = holdAnswers();
  stub.behave(DIALOGUE, held.behaviour);

  const selftest = startCli(['selftest', ...OWN], { env: { AI_SERVICE_BASE_URL: stub.url } });
  const [, seconds] = await selftest.waitForOutput(/^… +Request processing +(\d+) s +so far\n/m);
  held.release();
  const { exitCode, stdout } = await selftest.ended;

  // A busy machine may be late with it, but no second one is due.
  expect(Number(seconds)).toBeGreaterThanOrEqual(5);
  expect(Number(seconds)).toBeLessThan(10);
  expect(stdout).toMatch(/ s +so far\nPASS {2}Request processing/);
  expect(exitCode).toBe(0);
});

describe('with the AI service of this package', () => {
  /** Both on one embedded database. */
  async function selftestWithService(env: Record<string, string>, ...args: string[]): Promise<ProgramResult> {
    const where = ['--database', `sqlite:${join(newFolder(), 'queue.sqlite')}`];
    if (args.length > 0) await runCli([...args, ...where]);
    const service = startCli(['service', '--port', '0', ...where], { env });
    const url = await urlOf(service);
    return await runCli(['selftest', '--own-worker', ...where], { env: { AI_SERVICE_BASE_URL: url } });
  }

  it('all pass without a warning, with the words of an NPC', async () => {
    const { exitCode, stdout } = await selftestWithService({});

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/PASS {2}Request processing .*dialogue \d+ was answered .*"text":/);
    expect(stdout).not.toContain('WARN');
  });

  it('its key, which the worker does not have, fails the test', async () => {
    const { exitCode, stdout } = await selftestWithService({ AI_SERVICE_KEY: 'open-sesame' });

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /FAIL {2}Request processing .*HTTP 401.*Give the worker the key .*AI_SERVICE_HEADERS/,
    );
  });

  it('a model that is away is warned of, with its address', async () => {
    const env = { AI_PROVIDER_URL: 'http://127.0.0.1:9/v1', AI_MODEL: 'some-model' };
    const { exitCode, stdout } = await selftestWithService(env);

    expect(exitCode).toBe(0);
    expect(resultsIn(stdout)).toEqual(ALL_PASS);
    expect(stdout).toMatch(
      /^WARN {2}The AI service is degraded: The model does not answer: .*127\.0\.0\.1:9/m,
    );
  });

  it('NPCs that are switched off are warned of, with the command that lets them speak', async () => {
    const { exitCode, stdout } = await selftestWithService({}, 'npcs', 'off');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^WARN {2}All NPCs are switched off.*`ai-ipc npcs on`/m);
    expect(stdout).toMatch(/WARN.*\n8 passed, 0 failed\n$/);
  });
});

describe('on MariaDB', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('a server that is not there fails the first test, with its address', async () => {
    const { exitCode, stdout } = await runCli(['selftest', '--database', 'mariadb://me@127.0.0.1:1/game'], {
      env: { DB_PASSWORD: '' },
    });

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/FAIL {2}Database connectivity .*database_unavailable: MariaDB me@127\.0\.0\.1:1/);
    expect(stdout).toContain('0 passed, 8 failed');
  });

  it('missing tables fail the second test, with the command that makes them', async () => {
    const { exitCode, stdout } = await runCli(['selftest', ...mariadbOption(database)], {
      env: mariadbEnv(database),
    });

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/PASS {2}Database connectivity/);
    expect(stdout).toMatch(/FAIL {2}Table existence .*schema_missing: .*ai-ipc migrate/);
  });

  it('a worker that runs is the one that is tested, and real requests stay as they are', async () => {
    const env = { ...mariadbEnv(database), AI_SERVICE_BASE_URL: stub.url, RETENTION_DAYS: '3650' };
    await runCli(['migrate', ...mariadbOption(database)], { env });
    for (const sql of OTHERS_INSERT) await database.query(sql);
    const worker = startCli(['worker', ...mariadbOption(database)], { env });
    await serving(worker);
    const [{ id: workerId } = {}] = await database.query('SELECT id FROM ai_workers');

    const { exitCode, stdout } = await runCli(['selftest', ...mariadbOption(database)], {
      env: { ...env, AI_SERVICE_BASE_URL: 'http://127.0.0.1:9' },
    });

    expect(resultsIn(stdout)).toEqual(ALL_PASS);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Worker: ${workerId}\n`);
    expect(await database.query(OTHERS_SELECT)).toEqual(OTHERS);
    expect(await database.query(LOG_SELECT)).toEqual(LOG);
    expect(await database.query('SELECT id FROM ai_workers')).toEqual([{ id: workerId }]);
    expect(await worker.stop('SIGTERM')).toMatchObject({ exitCode: 0 });
  });
});
