import { readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { mariadbEnv, mariadbOption, ROOT, runCli, useCli } from '../support/cli-process.ts';
import { newTree, put, snapshot, useTrees } from '../support/rathena-tree.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { useWorkers } from '../support/worker-process.ts';

useCli();
useTrees();

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

interface Said {
  readonly check: string;
  readonly weight: string;
  readonly reason: string;
  readonly remedy: string;
}

interface Checked {
  readonly exitCode: number | string | null;
  readonly findings: readonly Said[];
}

/** As rAthena's is, with the user of this database. */
function interConf({ settings }: Pick<TestDatabase, 'settings'>): string {
  const { host, port, user, password, database } = settings;
  return [
    '// Database of the map server',
    `map_server_ip: ${host}`,
    `map_server_port: ${port}`,
    `map_server_id: ${user}`,
    `map_server_pw: ${password}`,
    `map_server_db: ${database}`,
    '',
    'default_codepage: utf8mb4',
    '',
  ].join('\n');
}

const NPCS = 'npc: npc/custom/ai-world/';
/** What npc/scripts_custom.conf has for the library over the C++ commands, and over query_sql. */
const OVER_COMMANDS = `${NPCS}ai_ipc_lib.txt\n${NPCS}ai_ipc_lib_commands.txt\n`;
const OVER_SQL = `${NPCS}ai_ipc_lib.txt\n${NPCS}ai_ipc_lib_sql.txt\n`;

/** A tree with AI IPC in it, and a map server that was built after it. */
async function installedTree(changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const dir = newTree({
    'npc/scripts_custom.conf': OVER_COMMANDS,
    'conf/inter_athena.conf': interConf({ settings: NOBODY }),
  });
  expect(await runCli(['rathena', 'install', dir])).toMatchObject({ exitCode: 0 });
  put(dir, 'map-server', 'a program with ai_db_request in it');
  for (const [path, text] of Object.entries(changes)) put(dir, path, text);
  return dir;
}

const NOBODY = { host: '127.0.0.1', port: 1, user: 'nobody', password: 'none', database: 'nothing' };

async function check(dir: string, ...words: readonly string[]): Promise<Checked> {
  const { exitCode, stdout, stderr } = await runCli(['rathena', 'check', dir, '--json', ...words]);
  expect(stderr).toBe('');
  return { exitCode, findings: (JSON.parse(stdout) as { findings: Said[] }).findings };
}

/** Makes a file as old as a program that was built a minute before the others. */
function makeOld(dir: string, path: string): void {
  const { mtimeMs } = statSync(join(dir, path));
  utimesSync(join(dir, path), mtimeMs / 1_000 - 60, mtimeMs / 1_000 - 60);
}

function makeNew(dir: string, path: string): void {
  const { mtimeMs } = statSync(join(dir, path));
  utimesSync(join(dir, path), mtimeMs / 1_000 + 60, mtimeMs / 1_000 + 60);
}

describe('check of the files alone', () => {
  it('ends with 0 where all is as it should be, and changes nothing', async () => {
    const dir = await installedTree();
    const before = snapshot(dir);

    const { exitCode, stdout, stderr } = await runCli(['rathena', 'check', dir, '--files']);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^AI IPC ${version} is installed in ${dir}\\.\ngood {2}files `));
    expect(stdout).toMatch(/\nAll is as it should be\.\n$/);
    expect(snapshot(dir)).toEqual(before);
  });

  it('ends with 1 where nothing is installed, and says how to install', async () => {
    const dir = newTree();
    expect(await runCli(['rathena', 'check', dir])).toMatchObject({
      exitCode: 1,
      stdout: `AI IPC is not installed in ${dir}.\n      AI IPC is not installed in ${dir}.\n      → ai-ipc rathena install ${dir}\n1 thing to mend.\n`,
    });
  });

  it('a map server that is older than the files: says so, and never that all is well', async () => {
    const dir = await installedTree();
    makeOld(dir, 'map-server');

    const { exitCode, stdout } = await runCli(['rathena', 'check', dir, '--files']);

    expect(exitCode).toBe(1);
    expect(stdout).toContain('map-server was built before these files were installed');
    expect(stdout).toContain(`→ cd ${dir} && make server`);
    expect(stdout).not.toContain('All is as it should be');
  });

  it('a map server that was built without the commands, whatever its time says', async () => {
    const dir = await installedTree({ 'map-server': 'another program' });
    expect(await check(dir, '--files')).toMatchObject({
      exitCode: 1,
      findings: [
        { check: 'build', weight: 'mend', reason: expect.stringContaining('no ai_db_request in it') },
      ],
    });
  });

  it('no map server at all', async () => {
    const dir = await installedTree();
    rmSync(join(dir, 'map-server'));
    expect(await check(dir, '--files')).toMatchObject({
      exitCode: 1,
      findings: [{ check: 'build', remedy: expect.stringContaining('make server') }],
    });
  });

  it('an edited file: never advises what refuses, but what works', async () => {
    const dir = await installedTree();
    const path = 'src/custom/ai_ipc/text.h';
    put(dir, path, '// mine\n');
    makeNew(dir, 'map-server');

    const { exitCode, findings } = await check(dir, '--files');

    expect(exitCode).toBe(1);
    expect(findings).toMatchObject([
      { check: 'files', weight: 'mend', reason: expect.stringContaining(`${path} is edited`) },
    ]);
    expect(findings[0]?.remedy).toContain(`ai-ipc rathena install ${dir} --force`);
    expect(await runCli(['rathena', 'install', dir])).toMatchObject({ exitCode: 1 });
    expect(await runCli(['rathena', 'install', dir, '--force'])).toMatchObject({ exitCode: 0 });
    makeNew(dir, 'map-server');
    expect(await check(dir, '--files')).toMatchObject({ exitCode: 0 });
  });

  it('a file that is edited behind the back of make: says to touch what make looks at', async () => {
    const dir = await installedTree();
    const path = 'src/custom/ai_ipc/text.h';
    put(dir, path, '// mine\n');
    for (let minutes = 0; minutes < 2; minutes += 1) makeNew(dir, path);
    makeNew(dir, 'map-server');
    expect((await check(dir, '--files')).findings).toMatchObject([
      { check: 'files' },
      { check: 'build', remedy: expect.stringContaining('touch src/custom/script.inc && make server') },
    ]);
  });

  it('files and lines that are missing: says to install, which mends them', async () => {
    const dir = await installedTree();
    rmSync(join(dir, 'src/custom/script_ai_ipc.cpp'));
    put(dir, 'src/custom/script_def.inc', '// empty\n');
    makeNew(dir, 'map-server');

    const { exitCode, findings } = await check(dir, '--files');

    expect(exitCode).toBe(1);
    expect(findings.map(({ reason }) => reason)).toEqual([
      'src/custom/script_ai_ipc.cpp is missing.',
      'src/custom/script_def.inc has no line #include "script_ai_ipc_def.inc".',
    ]);
    for (const { remedy } of findings) expect(remedy).toBe(`ai-ipc rathena install ${dir}`);
    expect(await runCli(['rathena', 'install', dir])).toMatchObject({ exitCode: 0 });
    makeNew(dir, 'map-server');
    expect(await check(dir, '--files')).toMatchObject({ exitCode: 0 });
  });

  it('both libraries, a test, or none in npc/scripts_custom.conf', async () => {
    const conf = 'npc/scripts_custom.conf';
    const dir = await installedTree({
      [conf]: `${OVER_COMMANDS}${NPCS}ai_ipc_lib_sql.txt\n${NPCS}test/test_ai_ipc_library.txt\n`,
    });
    expect(await check(dir, '--files')).toMatchObject({
      exitCode: 1,
      findings: [
        { check: 'npcs', weight: 'mend', reason: expect.stringContaining('have the same functions') },
        { check: 'npcs', weight: 'note', reason: expect.stringContaining('whenever the map server starts') },
      ],
    });
    put(dir, conf, '//npc: npc/custom/ai-world/ai_ipc_lib.txt\n');
    expect(await check(dir, '--files')).toMatchObject({
      exitCode: 0,
      findings: [{ check: 'npcs', weight: 'note', reason: expect.stringContaining('loads no library') }],
    });
  });

  it('the library of an older version alone: names the line that is missing', async () => {
    const dir = await installedTree({ 'npc/scripts_custom.conf': `${NPCS}ai_ipc_lib.txt\n` });
    expect(await check(dir, '--files')).toMatchObject({
      exitCode: 1,
      findings: [
        { check: 'npcs', weight: 'mend', remedy: expect.stringContaining('ai_ipc_lib_commands.txt') },
      ],
    });
  });

  it('an NPC of ours without the library that it calls', async () => {
    const dir = await installedTree({
      'npc/scripts_custom.conf': 'npc: npc/custom/ai-world/half.txt\n',
      'npc/custom/ai-world/half.txt':
        'function\tscript\tF_AI_Half\t{\n\treturn callfunc("F_AI_Request", "x", "/x", "{}");\n}\n',
    });
    expect(await check(dir, '--files')).toMatchObject({
      exitCode: 1,
      findings: [
        { check: 'npcs', weight: 'mend', reason: expect.stringContaining('half.txt calls F_AI_Request') },
      ],
    });
  });

  it('settings that are not understood, with their lines', async () => {
    const dir = await installedTree({
      'conf/import/ai_ipc.conf':
        '// mine\nclient_codepage: latin1\nmax_open_request: 5\ndoorbell: maybe\nmax_open_requests: many\n',
    });
    const { exitCode, findings } = await check(dir, '--files');
    expect(exitCode).toBe(1);
    expect(findings.filter(({ check: name }) => name === 'settings').map(({ reason }) => reason)).toEqual([
      'conf/import/ai_ipc.conf, line 3: there is no setting max_open_request.',
      'conf/import/ai_ipc.conf, line 4: "maybe" is no value for doorbell.',
      'conf/import/ai_ipc.conf, line 5: "many" is no value for max_open_requests.',
    ]);
  });

  it('the library alone, for a map server without C++, is whole', async () => {
    const npcs = Object.fromEntries(
      ['ai_ipc_lib.txt', 'ai_ipc_lib_sql.txt'].map((name) => [
        `npc/custom/ai-world/${name}`,
        readFileSync(join(ROOT, 'rathena/npc/custom/ai-world', name), 'latin1'),
      ]),
    );
    const dir = newTree({
      ...npcs,
      'npc/scripts_custom.conf': OVER_SQL,
      'conf/inter_athena.conf': interConf({ settings: NOBODY }),
    });
    expect(await check(dir, '--files')).toMatchObject({ exitCode: 0 });
  });
});

describe('check of the database, as the map server reaches it', () => {
  let database: TestDatabase;
  let dir: string;
  let stub: AiStub;
  const startWorker = useWorkers();

  beforeEach(async () => {
    database = await createTestDatabase();
    await runCli(['migrate', ...mariadbOption(database)], { env: mariadbEnv(database) });
    dir = await installedTree({ 'conf/inter_athena.conf': interConf(database) });
  });
  afterEach(async () => await database.drop());
  afterAll(async () => await stub.close());

  async function serve(url: string): Promise<void> {
    await startWorker(database.settings, { AI_SERVICE_BASE_URL: url }).started();
  }

  it('ends with 0 where a worker answers a request there and back', async () => {
    stub = await startAiStub();
    await serve(stub.url);
    const { exitCode, stdout } = await runCli(['rathena', 'check', dir]);
    expect(stdout).toMatch(/\nAll is as it should be\.\n$/);
    expect(exitCode).toBe(0);
    expect(stdout.match(/^good /gm)).toHaveLength(9);
    expect(await database.query('SELECT status FROM ai_requests')).toEqual([{ status: 'completed' }]);
  });

  it('no worker: says so, with the database that the map server has', async () => {
    expect(await check(dir)).toMatchObject({
      exitCode: 1,
      findings: [{ check: 'worker', reason: expect.stringContaining(database.settings.database) }],
    });
  });

  it('a server that is not there', async () => {
    put(dir, 'conf/import/inter_conf.txt', 'map_server_port: 1\n');
    expect(await check(dir)).toMatchObject({
      exitCode: 1,
      findings: [{ check: 'connection', reason: expect.stringMatching(/ECONNREFUSED|cannot/) }],
    });
  });

  it('a database without the tables', async () => {
    const empty = await createTestDatabase();
    try {
      put(dir, 'conf/import/inter_conf.txt', `map_server_db: ${empty.settings.database}\n`);
      expect(await check(dir)).toMatchObject({
        exitCode: 1,
        findings: [{ check: 'connection', remedy: expect.stringContaining('ai-ipc migrate') }],
      });
    } finally {
      await empty.drop();
    }
  });

  it('rights that are missing, by name', async () => {
    const { database: name } = database.settings;
    const user = `u${name.slice(-12)}`;
    await database.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'secret'`);
    try {
      await database.query(`GRANT SELECT, INSERT ON \`${name}\`.* TO '${user}'@'%'`);
      put(dir, 'conf/import/inter_conf.txt', `map_server_id: ${user}\nmap_server_pw: secret\n`);
      const { exitCode, findings } = await check(dir);
      expect(exitCode).toBe(1);
      expect(findings.find(({ check: of }) => of === 'rights')?.reason).toContain(
        'lacks UPDATE on ai_requests, DELETE on ai_requests on',
      );
    } finally {
      await database.query(`DROP USER '${user}'@'%'`);
    }
  });

  it('a codepage that the database does not know', async () => {
    put(dir, 'conf/import/ai_ipc.conf', 'client_codepage: klingon\n');
    const { findings } = await check(dir);
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'codepage',
        weight: 'mend',
        reason: expect.stringContaining('"klingon"'),
      }),
    );
  });

  it('a codepage that is not what the clients speak, by what was asked', async () => {
    put(dir, 'conf/import/ai_ipc.conf', 'client_codepage: latin1\n');
    for (const said of ['¾È³çÇÏ¼¼¿ä', '¹Ý°©½À´Ï´Ù'])
      await database.query(
        'INSERT INTO ai_requests (request_type, endpoint, request_data) VALUES (?, ?, ?)',
        ['dialogue', '/api/v1/npc/dialogue', JSON.stringify({ message: said })],
      );
    const { exitCode, findings } = await check(dir);
    expect(exitCode).toBe(1);
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'codepage',
        weight: 'mend',
        remedy: expect.stringContaining('client_codepage: euckr'),
      }),
    );
  });

  it('an AI service that fails: says what the request ended with', async () => {
    await serve('http://127.0.0.1:1');
    expect(await check(dir)).toMatchObject({
      exitCode: 1,
      findings: [{ check: 'way', reason: expect.stringMatching(/A request was not answered: \w+: /) }],
    });
  });
});
