import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  mariadbEnv,
  mariadbOption,
  newFolder,
  PROGRAM,
  querySqlite,
  runCli,
  runCliWithin,
  runProgram,
  startCli,
  useCli,
} from '../support/cli-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { fillWithMany } from '../support/transfers.ts';
import { waitFor } from '../support/wait-for.ts';

const ROWS = 12_000;
const databases: TestDatabase[] = [];
let source: TestDatabase;

async function newDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  databases.push(database);
  const made = await runCli(['migrate', ...mariadbOption(database)], { env: mariadbEnv(database) });
  expect(made.exitCode).toBe(0);
  return database;
}

const run = (database: TestDatabase, ...args: string[]) =>
  runCli([...args, ...mariadbOption(database)], { env: mariadbEnv(database) });

useCli();
beforeAll(async () => {
  source = await newDatabase();
  await fillWithMany((sql) => source.query(sql), 'mariadb', ROWS);
});
afterAll(async () => {
  for (const database of databases) await database.drop();
});

/** An export as far as half of the rows of this table. */
function upToTheMiddleOf(table: string, exported: string): string {
  const lines = exported.split('\n');
  const end = lines.findIndex((line) => line.startsWith(`{"end":"${table}"`));
  const begin = lines.findLastIndex((line, index) => index < end && line.startsWith('{"end":'));
  return `${lines.slice(0, Math.ceil((begin + end) / 2)).join('\n')}\n`;
}

describe('an import that is killed in its middle', () => {
  it.each(['MariaDB', 'SQLite'])('into %s is run again, and all is there once', async (kind) => {
    const file = join(newFolder(), 'queue.ndjson');
    expect(await run(source, 'export', file)).toMatchObject({ exitCode: 0, stdout: '' });
    const target = kind === 'MariaDB' ? await newDatabase() : undefined;
    const sqlite = join(newFolder(), 'copy.sqlite');
    const where = target ? mariadbOption(target) : ['--database', `sqlite:${sqlite}`];
    const env = target ? mariadbEnv(target) : {};
    if (!target) await runCli(['status', '1', ...where]);
    const look = "SELECT value FROM ai_ipc_meta WHERE name = 'import'";

    for (const table of ['ai_requests', 'ai_responses', 'ai_request_log']) {
      // It waits for the rest of its input: nobody looks too late.
      const killed = startCli(['import', '-', ...where], { env });
      killed.type(upToTheMiddleOf(table, readFileSync(file, 'utf8')));
      await waitFor(
        async () => {
          const [row] = target ? await target.query(look) : querySqlite(sqlite, look);
          const [, at, rows] = String(row?.['value']).split(' ');
          return at === table && Number(rows) > 0;
        },
        { timeoutMs: 60_000, what: `an import that is in ${table}` },
      );
      await killed.kill();
    }
    const again = await runCli(['import', file, ...where], { env });
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toMatch(
      /An import had been ended here in its middle: this one went on with it\.\nImported 36000 rows, and compared each\.\n$/,
    );
    expect((await runCli(['export', '-', ...where], { env })).stdout).toBe(readFileSync(file, 'utf8'));
  });
});

describe('ai-ipc export and import', () => {
  it('move a queue through a pipe', async () => {
    const target = await newDatabase();
    const words = (...args: string[]) => [process.execPath, PROGRAM, ...args].join(' ');
    const [from, to] = [mariadbOption(source), mariadbOption(target)].map((option) => option.join(' '));
    const pipe = `${words('export', '-', from!)} | ${words('import', '-', to!)}`;
    const moved = await runProgram('bash', ['-o', 'pipefail', '-c', pipe], { env: mariadbEnv(source) });
    expect(moved).toMatchObject({ exitCode: 0 });
    expect(moved.stdout).toContain(`Imported ${3 * ROWS} rows, and compared each.`);
    expect((await run(target, 'export', '-')).stdout).toBe((await run(source, 'export', '-')).stdout);
    expect(await run(target, 'import', join(newFolder(), 'none'))).toMatchObject({ exitCode: 2 });
  });

  it('refuse what they cannot do with a sentence and an exit code', async () => {
    const folder = newFolder();
    const [file, cut] = [join(folder, 'queue.ndjson'), join(folder, 'cut.ndjson')];
    writeFileSync(file, 'mine');
    const there = await run(source, 'export', file);
    expect(there).toMatchObject({ exitCode: 2 });
    expect(there.stderr).toContain(`ERROR bad_argument: ${file} is there already.`);

    const noFolder = await run(source, 'export', join(folder, 'no', 'queue.ndjson'));
    expect(noFolder).toMatchObject({ exitCode: 1 });
    expect(noFolder.stderr).toContain('ERROR storage_failed: Cannot write');

    const noFile = await runCli(['export', '-', '--database', `sqlite:${join(folder, 'none.sqlite')}`]);
    expect(noFile).toMatchObject({ exitCode: 1, stdout: '' });
    expect(existsSync(join(folder, 'none.sqlite'))).toBe(false);

    const whole = await run(source, 'export', '-');
    writeFileSync(cut, whole.stdout.slice(0, 100_000));
    const notEmpty = await run(source, 'import', cut);
    expect(notEmpty).toMatchObject({ exitCode: 78 });
    expect(notEmpty.stderr).toContain(
      'ERROR import_refused: Nothing was imported: there are rows in ai_requests',
    );

    const ended = await runCli(['import', cut, '--database', `sqlite:${join(folder, 'copy.sqlite')}`]);
    expect(ended).toMatchObject({ exitCode: 1 });
    expect(ended.stderr).toContain('ERROR bad_export: It ends in the middle of a line: it was cut.');
  });

  it('leave no file of the name that was asked for when the disk is full', async () => {
    const folder = newFolder();
    const file = join(folder, 'queue.ndjson');
    const sqlite = join(folder, 'queue.sqlite');
    const where = ['--database', `sqlite:${sqlite}`];
    await runCli(['status', '1', ...where]);
    querySqlite(
      sqlite,
      `INSERT INTO ai_requests (endpoint, request_data) SELECT '/x', printf('%.*c', 60000, 'x') FROM json_each('[${Array(40).fill(1)}]')`,
    );
    const full = await runCliWithin(1_024, ['export', file, ...where]);
    expect(full).toMatchObject({ exitCode: 1 });
    expect(full.stderr).toContain('ERROR storage_failed: Cannot write');
    expect(existsSync(file)).toBe(false);
    expect(await runCli(['export', file, ...where])).toMatchObject({ exitCode: 0 });
  });
});
