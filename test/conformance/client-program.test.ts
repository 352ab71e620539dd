import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkSchema } from '../../src/database/check-schema.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { newFolder, runProgram, useCli } from '../support/cli-process.ts';
import { createUser } from '../support/create-user.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { type Clients, findChosenClients, writeClients } from '../support/server-clients.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** `mysql` or `mariadb`, as an admin of the server has it. */
const CLIENT = isMysqlChosen() ? 'mysql --commands' : 'mariadb';
const ADMIN = { user: 'root', password: '' };
let clients: Clients;
let database: TestDatabase;

beforeAll(async () => {
  clients = await findChosenClients();
});
beforeEach(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
useCli();

async function run(script: string, login: { user: string; password: string } = ADMIN) {
  const folder = newFolder();
  const bin = writeClients(folder, clients, { ...database.settings, ...login });
  const env = { PATH: `${bin}:${process.env['PATH']}` };
  return await runProgram('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env });
}

describe('the server’s own client', () => {
  it('loads the file of the tables from its input', async () => {
    const { exitCode, stderr } = await run(`${CLIENT} ${database.settings.database} < '${TABLES_FILE}'`);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    await checkSchema((sql) => database.query(sql), 'all');
  });

  it('loads it by SOURCE, twice over, and prints rows by \\G: on MySQL with --commands, as docs/servers.md says', async () => {
    const script = `SOURCE ${TABLES_FILE}\nSOURCE ${TABLES_FILE}\nSELECT value FROM ai_ipc_meta WHERE name = 'schema_version'\\G\n`;
    const { exitCode, stdout, stderr } = await run(
      `${CLIENT} ${database.settings.database} <<'END'\n${script}END`,
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toMatch(/1\. row \*+\n *(value: )?5/);
    await checkSchema((sql) => database.query(sql), 'all');
  });

  it('shows the plan of pending requests in columns, with FORMAT=TRADITIONAL', async () => {
    await database.loadSqlFile(TABLES_FILE);
    const explain =
      "EXPLAIN FORMAT=TRADITIONAL SELECT id FROM ai_requests WHERE status = 'pending' ORDER BY priority, created_at LIMIT 10";
    const { stdout } = await run(`${CLIENT} ${database.settings.database} -e "${explain}"`);
    const [head = '', row = ''] = stdout.split('\n');
    expect(row.split('\t')[head.split('\t').indexOf('key')]).toBe('idx_status_priority');
  });
});

it('a user with rights on the database alone makes the backup on MariaDB, and is refused on MySQL, as docs/servers.md says', async () => {
  await database.loadSqlFile(TABLES_FILE);
  const user = `dump_${database.settings.database.slice(-8)}`;
  await createUser(database, `'${user}'@'%'`, 'pw');
  await database.query(`GRANT ALL ON \`${database.settings.database}\`.* TO '${user}'@'%'`);
  const login = { user, password: 'pw' };
  const dump = (options: string) =>
    run(
      `${isMysqlChosen() ? 'mysqldump' : 'mariadb-dump'} ${options} --single-transaction ${database.settings.database} ai_requests`,
      login,
    );
  if (isMysqlChosen()) {
    expect((await dump('--no-tablespaces')).stderr).toMatch(/FLUSH_TABLES/);
    expect((await dump('--set-gtid-purged=OFF')).stderr).toMatch(/PROCESS/);
    expect((await dump('--no-tablespaces --set-gtid-purged=OFF')).stderr).toMatch(/SELECT command denied/);
  } else {
    expect(await dump('')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('CREATE TABLE `ai_requests`'),
    });
  }
  await database.query(`DROP USER '${user}'@'%'`);
});
