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
  runCliWithin,
  startCli,
  useCli,
} from '../support/cli-process.ts';
import { startModelStub } from '../support/model-stub.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

const QUESTION = /^\d\. .+$/gm;
const ANSWER = /^ {3}Sage of Prontera says: .+$/gm;
const TIMING =
  /^ {3}\(request \d+, completed in \d+ ms: inserted \d+, waited \d+, AI call \d+, written and read \d+\)$/gm;
const FAILURE =
  /^ {3}Sage of Prontera has no answer\. ai_un(reachable|available): .*The AI service at \S+ cannot be reached/gm;

let stub: AiStub;

beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());
afterEach(() => stub.clear());
useCli();

describe('without a terminal', () => {
  it('five questions are answered through the queue, with exit code 0', async () => {
    const { exitCode, stdout } = await runCli(['demo'], { env: { TMPDIR: newFolder() } });

    expect(exitCode).toBe(0);
    for (const pattern of [QUESTION, ANSWER, TIMING]) expect(stdout.match(pattern)).toHaveLength(5);
    expect(stdout).toContain('5 of 5 questions were answered.');
  });

  it('the first line names the database, which keeps requests, responses and log', async () => {
    const { stdout } = await runCli(['demo'], { env: { TMPDIR: newFolder() } });

    const file = /^Database: SQLite (.+)\n/.exec(stdout)![1]!;
    expect(querySqlite(file, 'SELECT request_type, status FROM ai_requests')).toEqual(
      Array(5).fill({ request_type: 'dialogue', status: 'completed' }),
    );
    expect(querySqlite(file, 'SELECT id FROM ai_responses WHERE response_data IS NOT NULL')).toHaveLength(5);
    expect(
      querySqlite(
        file,
        'SELECT event_type, COUNT(DISTINCT request_id) AS n FROM ai_request_log GROUP BY event_type',
      ),
    ).toEqual([
      { event_type: 'claimed', n: 5 },
      { event_type: 'completed', n: 5 },
    ]);
    expect(querySqlite(file, 'SELECT * FROM ai_workers')).toEqual([]);
    const shown = await runCli(['response', '1', '--json', '--database', `sqlite:${file}`]);
    expect(JSON.parse(shown.stdout)).toMatchObject({ id: 1, status: 'completed' });
  });

  it.each([
    ['--ai-service', (url: string) => ({ args: ['--ai-service', url], env: {} })],
    ['AI_SERVICE_BASE_URL', (url: string) => ({ args: [], env: { AI_SERVICE_BASE_URL: url } })],
  ])('an AI service of %s that is not there gives five reasons and exit code 1', async (_, chosenBy) => {
    const down = await startAiStub();
    await down.goDown();
    const { args, env } = chosenBy(down.url);

    const { exitCode, stdout } = await runCli(['demo', ...args], { env: { TMPDIR: newFolder(), ...env } });

    expect(exitCode).toBe(1);
    expect(stdout.match(FAILURE)).toHaveLength(5);
    expect(stdout).toContain('0 of 5 questions were answered.');
  });

  it('another AI service is called in place of the one in this process', async () => {
    stub.behaveAlways(behaviours.json({ text: 'I am another.' }));

    const { exitCode, stdout } = await runCli(['demo', '--ai-service', stub.url], {
      env: { TMPDIR: newFolder() },
    });

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`AI service: ${stub.url}\n`);
    expect(stdout.match(/says: I am another\./g)).toHaveLength(5);
    expect(stub.callsTo('/api/v1/npc/dialogue')).toHaveLength(5);
  });

  it('a model of the settings speaks for the NPC', async () => {
    const model = await startModelStub();
    const env = { TMPDIR: newFolder(), AI_PROVIDER_URL: model.url, AI_MODEL: 'stub', AI_SERVICE_KEY: 'k' };

    const { exitCode, stdout } = await runCli(['demo'], { env });
    await model.close();

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^AI service: \S+ \(in this process, with stub at http:\S+\/v1\)$/m);
    expect(stdout.match(/says: The road to Prontera is safe today\./g)).toHaveLength(5);
    expect(model.calls).toHaveLength(5);
  });

  it('a MariaDB of the settings is left alone: it must be named on the command line', async () => {
    const env = {
      TMPDIR: newFolder(),
      DB_HOST: 'database.invalid',
      DB_PASSWORD: 'x',
      AI_SERVICE_BASE_URL: stub.url,
    };
    stub.behaveAlways(behaviours.json({ text: 'Yes.' }));

    const { exitCode, stdout } = await runCli(['demo'], { env });

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Database: SQLite /);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s cancels what is open and ends with %i', async (signal, exitCode) => {
    stub.behaveAlways(behaviours.never());
    const demo = startCli(['demo', '--ai-service', stub.url], { env: { TMPDIR: newFolder() } });
    await waitFor(() => stub.calls.length === 5, { timeoutMs: 30_000, what: 'five calls' });

    const result = await demo.stop(signal);

    expect(result).toMatchObject({
      exitCode,
      stderr: expect.stringContaining('Stopped before all was answered'),
    });
    const file = /^Database: SQLite (.+)\n/.exec(result.stdout)![1]!;
    expect(querySqlite(file, 'SELECT DISTINCT status FROM ai_requests')).toEqual([{ status: 'cancelled' }]);
    expect(querySqlite(file, 'SELECT * FROM ai_workers')).toEqual([]);
    expect(stub.connections).toBe(0);
  });

  it('a wrong --ai-service is refused before anything is made', async () => {
    const folder = newFolder();

    const { exitCode, stdout, stderr } = await runCli(['demo', '--ai-service', 'ftp://here'], {
      env: { TMPDIR: folder },
    });

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^ERROR bad_argument: --ai-service is "ftp:\/\/here"\. Allowed: .*http/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a temp folder that cannot be written to is told with what to do', async () => {
    const { exitCode, stderr } = await runCli(['demo'], { env: { TMPDIR: join(newFolder(), 'missing') } });

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR storage_failed: No folder can be made in .*Set TMPDIR/);
  });
});

describe('on MariaDB', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('missing tables end it with exit code 78 and the command that makes them; then it runs', async () => {
    const env = mariadbEnv(database);
    const before = await runCli(['demo', ...mariadbOption(database)], { env });
    expect(before.exitCode).toBe(78);
    expect(before.stderr).toMatch(/^ERROR schema_missing: .*ai-ipc migrate/);
    expect(before.stdout).not.toContain('AI service');

    expect(await runCli(['migrate', ...mariadbOption(database)], { env })).toMatchObject({ exitCode: 0 });
    const after = await runCli(['demo', ...mariadbOption(database)], { env });

    expect(after.exitCode).toBe(0);
    expect(after.stdout).toMatch(/^Database: MariaDB root@127\.0\.0\.1:/);
    expect(after.stdout.match(ANSWER)).toHaveLength(5);
    expect(await database.query('SELECT status, COUNT(*) AS n FROM ai_requests GROUP BY status')).toEqual([
      { status: 'completed', n: 5 },
    ]);
    expect(
      await database.query("SELECT COUNT(*) AS n FROM ai_request_log WHERE event_type = 'completed'"),
    ).toEqual([{ n: 5 }]);
    expect(await database.query('SELECT * FROM ai_workers')).toEqual([]);
  });

  it('a server that is not there ends it with its address', async () => {
    const { exitCode, stderr } = await runCli(['demo', '--database', 'mariadb://me@127.0.0.1:1/game'], {
      env: { DB_PASSWORD: '' },
    });

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR database_unavailable: MariaDB me@127\.0\.0\.1:1\/game/);
  });
});

it('a disk that is full is told at once, and ends it', async () => {
  const { exitCode, stdout, stderr } = await runCliWithin(300, ['demo']);

  expect(stderr).toMatch(/^ERROR storage_failed: SQLite .*has room/);
  expect(exitCode).toBe(1);
  expect(stdout).not.toMatch(/No worker ended the request/);
});
