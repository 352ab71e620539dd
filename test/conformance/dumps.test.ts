import { readFileSync } from 'node:fs';
import { createConnection } from 'mariadb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { newFolder, runProgram, useCli } from '../support/cli-process.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { dumpSchema, migrateSettings } from '../support/schema-dump.ts';
import {
  type Clients,
  findChosenClients,
  findMachineClients,
  writeClients,
} from '../support/server-clients.ts';
import { findMachinePrograms } from '../support/server-programs.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { exportOf, fillWithHardRows } from '../support/transfers.ts';

/** What the pages have an admin type, with the programs of each server. */
const MOVING = blockOf('../../docs/servers.md', '> rows.sql');
const BACKUP = blockOf('../../docs/operations.md', '> ai_ipc.sql');
const MOVED: readonly string[] = MOVING.match(/\bai_\w+/g) ?? [];
/** The pages say that these stand behind `mysqldump`. */
const MYSQLDUMP = 'mysqldump --no-tablespaces --set-gtid-purged=OFF';

const own = new MariadbServer({ programs: findMachinePrograms() });
let ownClients: Clients;
let clients: Clients;

beforeAll(async () => {
  ownClients = findMachineClients();
  clients = await findChosenClients();
  await own.start();
});
afterAll(() => own.remove());
useCli();

function blockOf(page: string, words: string): string {
  const text = readFileSync(new URL(page, import.meta.url), 'utf8');
  const found = [...text.matchAll(/```bash\n([^`]+)```/g)].filter(([, block]) => block?.includes(words));
  expect(found, `one block of ${page} has ${words}`).toHaveLength(1);
  return found[0]![1]!;
}

async function migrated(database: TestDatabase): Promise<TestDatabase> {
  await migrate({
    settings: migrateSettings(database),
    confirm: async () => true,
    onStep: () => undefined,
  });
  return database;
}

/** With an id that no number of JavaScript is. */
async function fill({ settings }: TestDatabase): Promise<void> {
  const connection = await createConnection({ ...settings, allowPublicKeyRetrieval: true });
  try {
    await fillWithHardRows((sql, values) => connection.query(sql, [...values]));
  } finally {
    await connection.end();
  }
}

/** Of a client that was set up many years ago: what the pages say has to hold on for all that. */
const OLD_CONFIGURATION = '--default-character-set=latin1';

/** Its programs lead to this database's server; its folder holds what the one before wrote. */
interface Shell {
  readonly folder: string;
  readonly programs: Clients;
  readonly on: TestDatabase;
}

async function run(script: string, { folder, programs, on }: Shell): Promise<void> {
  const bin = writeClients(folder, programs, on.settings, OLD_CONFIGURATION);
  const { exitCode, stderr } = await runProgram('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { PATH: `${bin}:${process.env['PATH']}` },
  });
  expect(exitCode, `${script}\n${stderr}`).toBe(0);
}

/** The words of a page for the programs that are at hand: MySQL's or MariaDB's. */
function inTheWordsOf(programs: Clients, script: string): string {
  if ('mysql' in programs) {
    return script.replace(/^mariadb-dump /m, `${MYSQLDUMP} `).replace(/^mariadb /m, 'mysql ');
  }
  return script.replace(/^mysql /m, 'mariadb ');
}

/** What a page has an admin type, on this database in place of the one that the page names. */
async function follow(block: string, named: string, shell: Shell): Promise<void> {
  await run(inTheWordsOf(shell.programs, block.replace(named, shell.on.settings.database)), shell);
}

/** The rows of the tables that the page moves; workers and ai_ipc_meta belong to where they are. */
async function rowsOf(database: TestDatabase): Promise<string[]> {
  const moved: string[] = [];
  let table: string[] = [];
  for (const line of (await exportOf(placeOf(database))).split('\n').slice(1, -1)) {
    table.push(line);
    const [, name] = /^\{"end":"(\w+)"/.exec(line) ?? [];
    if (name === undefined) continue;
    if (MOVED.includes(name)) moved.push(...table);
    table = [];
  }
  return moved.sort();
}

function placeOf(database: TestDatabase) {
  return { kind: 'mariadb', ...migrateSettings(database), minPoolSize: 0, maxPoolSize: 2 } as const;
}

it.each([
  ['the machine’s MariaDB to the server', () => [own.address, undefined, ownClients, clients] as const],
  ['the server to the machine’s MariaDB', () => [undefined, own.address, clients, ownClients] as const],
])('the way of docs/servers.md takes all rows along, from %s', async (_, servers) => {
  const [fromServer, toServer, fromClients, toClients] = servers();
  const source = await migrated(await createTestDatabase(fromServer));
  const target = await migrated(await createTestDatabase(toServer));
  await fill(source);
  const [dump = '', load = ''] = MOVING.trim().split(/\n(?=mysql )/);
  const folder = newFolder();

  await follow(dump, 'ragnarok', { folder, programs: fromClients, on: source });
  await follow(load, 'new_database', { folder, programs: toClients, on: target });

  expect(await rowsOf(target)).toEqual(await rowsOf(source));
  for (const database of [source, target]) await database.drop();
});

it('the backup of docs/operations.md, loaded into an empty database and migrated, has procedure and event, and every row', async () => {
  const source = await migrated(await createTestDatabase());
  const target = await createTestDatabase();
  await fill(source);
  const folder = newFolder();

  await follow(BACKUP, 'ragnarok', { folder, programs: clients, on: source });
  await run(`${isMysqlChosen() ? 'mysql' : 'mariadb'} ${target.settings.database} < ai_ipc.sql`, {
    folder,
    programs: clients,
    on: target,
  });
  expect(await target.query('SHOW PROCEDURE STATUS WHERE Db = DATABASE()')).toEqual([]);
  await migrated(target);

  expect(await dumpSchema(target)).toEqual(await dumpSchema(source));
  const [before, after] = [await exportOf(placeOf(source)), await exportOf(placeOf(target))];
  expect(after.split('\n').sort()).toEqual(before.split('\n').sort());
  for (const database of [source, target]) await database.drop();
});
