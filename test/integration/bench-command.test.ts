import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  mariadbEnv,
  mariadbOption,
  newFolder,
  querySqlite,
  runCli,
  startCli,
  useCli,
} from '../support/cli-process.ts';
import { createUser } from '../support/create-user.ts';
import type { ProgramResult } from '../support/program-process.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

useCli();

const SHORT = ['--seconds', '5'];
const LIKE_OURS = 'ai\\_ipc\\_bench\\_%';
const FIGURES = {
  count: expect.any(Number),
  perSecond: expect.any(Number),
  p50Ms: expect.any(Number),
  p95Ms: expect.any(Number),
  p99Ms: expect.any(Number),
};

function jsonIn({ stdout }: ProgramResult): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('on a database server', () => {
  let queue: QueueObserver;
  let database: TestDatabase;

  beforeAll(async () => {
    queue = await QueueObserver.create();
    database = queue.database;
  });
  afterAll(() => database.drop());

  const bench = (...words: string[]) =>
    runCli(['bench', ...words, ...mariadbOption(database)], { env: mariadbEnv(database) });
  const startBench = (...words: string[]) =>
    startCli(['bench', ...words, ...mariadbOption(database)], { env: mariadbEnv(database) });

  /** Databases with a name as a bench gives it. */
  async function places(): Promise<string[]> {
    const rows = await database.query('SHOW DATABASES LIKE ?', [LIKE_OURS]);
    return rows.map((row) => String(Object.values(row)[0])).sort();
  }

  /** The name of the one that is made next. */
  async function placeMade(): Promise<string> {
    const has = async () => {
      const [name] = await places();
      if (name === undefined) return undefined;
      const tables = await database.query(`SHOW TABLES FROM \`${name}\` LIKE 'ai_ipc_bench_commits'`);
      return tables.length > 0 && name;
    };
    return String(await waitFor(has, { timeoutMs: 60_000, what: 'the database of the bench' }));
  }

  async function ownRows(): Promise<unknown[]> {
    const tables = ['ai_requests', 'ai_responses', 'ai_request_log', 'ai_workers', 'ai_ipc_meta'];
    return await Promise.all(tables.map((table) => database.query(`SELECT * FROM ${table}`)));
  }

  it('a user who may make no database hears how to come; as the administrator it measures, and touches nothing else', async () => {
    await createUser(database, "'bench_mere'@'%'", 'of a game');
    await database.query(`GRANT ALL ON \`${database.settings.database}\`.* TO 'bench_mere'@'%'`);
    const { host, port, password } = database.settings;
    const where = ['--database', `mariadb://bench_mere@${host}:${port}/${database.settings.database}`];
    const env = { DB_PASSWORD: 'of a game', DB_ADMIN_PASSWORD: password, BATCH_SIZE: '50' };
    await queue.insert(3, '/echo');
    const before = await ownRows();

    const refused = await runCli(['bench', ...SHORT, ...where], { env });
    const done = await runCli(['bench', ...SHORT, '--json', '--db-admin', `root@${host}:${port}`, ...where], {
      env,
    });

    expect(refused.exitCode).toBe(78);
    expect(refused.stderr).toMatch(
      /^ERROR database_denied: .*'bench_mere'@'%' may not make a database.*sudo ai-ipc bench --db-admin.*GRANT ALL PRIVILEGES ON `ai\\_ipc\\_bench\\_%`\.\* TO 'bench_mere'@'%'/m,
    );
    expect(done).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('For 5 s this bench puts load on'),
    });
    expect(jsonIn(done)).toMatchObject({
      server: expect.stringMatching(/root@127\.0\.0\.1:\d+$/),
      facts: { settings: { innodb_flush_log_at_trx_commit: '1' } },
      seconds: 5,
      figures: {
        ...{ roundTrip: FIGURES, read: FIGURES, commit: FIGURES, ask: FIGURES, askMany: FIGURES },
        drain: { count: expect.any(Number), perSecond: expect.any(Number), busy: expect.any(Number) },
      },
      limit: { kind: expect.stringMatching(/^(disk|network|processor|nothing)$/) },
      ...{ isStopped: false, removed: [], error: null },
    });
    expect(await places()).toEqual([]);
    expect(await ownRows()).toEqual(before);
  });

  it('what a killed one has left is deleted by the next, and nothing else that has such a name', async () => {
    const killed = startBench();
    const left = await placeMade();
    await killed.kill();
    await database.query(`UPDATE \`${left}\`.ai_ipc_bench SET seen_at = seen_at - INTERVAL 1 HOUR`);
    const [empty, mine] = ['ai_ipc_bench_00000000000a', 'ai_ipc_bench_00000000000b'];
    await database.query(`CREATE DATABASE ${empty}`);
    await database.query(`CREATE DATABASE ${mine}`);
    await database.query(`CREATE TABLE ${mine}.ai_ipc_bench LIKE \`${left}\`.ai_ipc_bench`);
    await database.query(`INSERT INTO ${mine}.ai_ipc_bench SELECT * FROM \`${left}\`.ai_ipc_bench`);
    await database.query(`CREATE TABLE ${mine}.harvest (id INT)`);

    const cleaned = await bench('--clean', '--json');

    expect(cleaned.exitCode).toBe(0);
    expect(jsonIn(cleaned)).toMatchObject({
      removed: [left],
      figures: {},
      warnings: [
        expect.stringMatching(`^${empty} .*no mark of ai-ipc bench in it: it was left alone`),
        expect.stringMatching(`^${mine} .*tables that no bench makes \\(harvest\\): it was left alone`),
      ],
    });
    expect(await places()).toEqual([empty, mine]);
    for (const name of [empty, mine]) await database.query(`DROP DATABASE ${name}`);
  });

  it('with the right that the message names it works, is left in peace by others, and cleans up at Ctrl-C', async () => {
    const account = "'bench_granted'@'%'";
    await createUser(database, account, 'for a bench');
    await database.query(`GRANT ALL PRIVILEGES ON \`ai\\_ipc\\_bench\\_%\`.* TO ${account}`);
    const { host, port } = database.settings;
    const where = ['--database', `mariadb://bench_granted@${host}:${port}/elsewhere`];
    const first = startCli(['bench', '--seconds', '120', ...where], { env: { DB_PASSWORD: 'for a bench' } });
    const place = await placeMade();
    const hasCommitted = () => database.query(`SELECT 1 FROM \`${place}\`.ai_ipc_bench_commits LIMIT 1`);
    await waitFor(async () => (await hasCommitted()).length > 0, { timeoutMs: 60_000, what: 'a commit' });

    const second = await bench('--clean');
    const stopped = await first.stop('SIGINT');

    expect(second.exitCode).toBe(1);
    expect(second.stderr).toMatch(
      new RegExp(
        `^ERROR bench_refused: Another bench is at work here: process ${first.pid} on \\S+, in ${place}\\.`,
        'm',
      ),
    );
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stdout).toContain(`${place} was made for this, and is deleted again.`);
    expect(stopped.stdout).toContain('Stopped by you: this is what was measured until then.');
    expect(stopped.stdout).toMatch(/^Commit +\d/m);
    expect(await places()).toEqual([]);
  });

  it('--clean says that nothing was left', async () => {
    const { exitCode, stdout } = await bench('--clean');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^No killed bench has left a database on MariaDB/);
    expect(stdout).toContain('--db-admin');
  });

  it("an administrator who is refused hears of the administrator's settings", async () => {
    const { host, port } = database.settings;
    const { exitCode, stderr } = await bench(...SHORT, '--db-admin', `nobody-here@${host}:${port}`);

    expect(exitCode).toBe(78);
    expect(stderr).toMatch(
      /^ERROR database_denied: .*Here --db-admin stands in the place of DB_USER.*DB_ADMIN_PASSWORD/m,
    );
  });

  it('a server that is away is told with its address', async () => {
    const { exitCode, stderr } = await runCli(['bench', '--database', 'mariadb://me@127.0.0.1:1/game'], {
      env: { DB_PASSWORD: '' },
    });

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR database_unavailable: MariaDB me@127\.0\.0\.1:1/m);
  });
});

describe('on the embedded database', () => {
  it('it measures beside the file, which stays as it is', async () => {
    const file = join(newFolder(), 'queue.sqlite');
    await runCli(['request', 'dialogue', '/waits', '{}', '5', '600', '--database', `sqlite:${file}`]);
    const before = querySqlite(file, 'SELECT * FROM ai_requests');
    const files = readdirSync(join(file, '..'));

    const { exitCode, stdout } = await runCli(['bench', ...SHORT, '--database', `sqlite:${file}`]);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Commit +\d/m);
    expect(stdout).toMatch(/^A queue, drained +[\d,]+ +[\d,]+ that waited$/m);
    expect(stdout).not.toContain('To the server and back');
    expect(stdout).toMatch(/^ai-ipc-bench-[0-9a-f]{12} was made for this, and is deleted again\.$/m);
    expect(stdout).toContain('docs/performance.md');
    expect(querySqlite(file, 'SELECT * FROM ai_requests')).toEqual(before);
    expect(readdirSync(join(file, '..'))).toEqual(files);
  });

  it('SIGTERM ends it, and what a killed one has left is deleted; a folder with more in it is not', async () => {
    const folder = newFolder();
    const where = ['--database', `sqlite:${join(folder, 'queue.sqlite')}`];
    const made = () => readdirSync(folder).find((name) => existsSync(join(folder, name, 'bench.sqlite')));
    const stopped = startCli(['bench', ...where]);
    await waitFor(made, { timeoutMs: 60_000, what: 'its folder' });
    expect(await stopped.stop('SIGTERM')).toMatchObject({ exitCode: 143 });
    expect(readdirSync(folder)).toEqual([]);

    const killed = startCli(['bench', ...where]);
    const left = String(await waitFor(made, { timeoutMs: 60_000, what: 'its folder' }));
    await killed.kill();
    utimesSync(join(folder, left, 'made-by-ai-ipc-bench.txt'), 0, 0);
    const mine = 'ai-ipc-bench-00000000000b';
    mkdirSync(join(folder, mine));
    writeFileSync(join(folder, mine, 'notes.txt'), 'Dear diary');
    const { exitCode, stdout } = await runCli(['bench', '--clean', ...where]);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Deleted ${left}, `, 'm'));
    expect(stdout.replace(/\s+/g, ' ')).toContain(`${mine} has a name as a bench gives it, but it has files`);
    expect(readdirSync(folder)).toEqual([mine]);
  });
});

describe('a call that makes no sense', () => {
  it.each([
    ['--seconds 1', /^ERROR bad_argument: --seconds is 1\. Allowed: 5 to 120\.$/m],
    ['--seconds long', /^ERROR bad_argument: --seconds "long" is not a whole number\.$/m],
    ['--db-admin root --database sqlite:q.sqlite', /^ERROR bad_argument: --db-admin is for a server/m],
  ])('`ai-ipc bench %s`', async (words, message) => {
    const { exitCode, stderr } = await runCli(['bench', ...words.split(' ')]);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('a folder in the place of the file is told, and nothing is made beside it', async () => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'queue'));

    const { exitCode, stderr } = await runCli(['bench', '--database', 'sqlite:queue'], { cwd });

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^ERROR storage_failed: .*queue is a folder: name the file .*queue\/ai_ipc\.sqlite/m,
    );
    expect(readdirSync(cwd)).toEqual(['queue']);
  });

  it('in a folder without settings it says where to go', async () => {
    const cwd = newFolder();

    const { exitCode, stderr } = await runCli(['bench'], { cwd });

    expect(exitCode).toBe(78);
    expect(stderr).toMatch(/^ERROR database_unknown: .*no such file.*the folder of your \.env/m);
    expect(readdirSync(cwd)).toEqual([]);
  });
});
