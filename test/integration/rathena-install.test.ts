import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  mariadbEnv,
  mariadbOption,
  PROGRAM,
  ROOT,
  runCli,
  runCliAsMereUser,
  runCliWithin,
  runProgram,
  useCli,
} from '../support/cli-process.ts';
import type { ProgramResult } from '../support/program-process.ts';
import { newFiles, newTree, put, snapshot, textOf, useTrees } from '../support/rathena-tree.ts';
import { createTestDatabase } from '../support/test-database.ts';

useCli();
useTrees();

const PACKAGE = join(ROOT, 'rathena');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

async function rathena(...args: string[]): Promise<ProgramResult> {
  return await runCli(['rathena', ...args]);
}

/** The files of the package that belong into a tree, with their SHA-256. */
const packaged = Object.entries(snapshot(PACKAGE)).filter(
  ([path, content]) => /^(src|conf|npc)\//.test(path) && content !== 'folder',
);

describe('install, check and uninstall with the files of this package', () => {
  it('install twice, check, uninstall: the tree is byte for byte what it was', async () => {
    const dir = newTree({ 'src/custom/script.inc': '// mine\r\n#include "mine.inc"' });
    const before = snapshot(dir);

    const first = await rathena('install', dir);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain(`AI IPC ${version} is installed in ${dir}.`);
    const installed = snapshot(dir);
    expect(packaged.length).toBeGreaterThan(5);
    expect(installed).toMatchObject(Object.fromEntries(packaged));
    expect(Object.keys(installed)).not.toContain('LICENSE');
    expect(textOf(dir, 'src/custom/script.inc')).toBe(
      '// mine\r\n#include "mine.inc"\r\n#include "script_ai_ipc.cpp"\r\n',
    );

    const second = await rathena('install', dir);
    expect(second.stdout).toContain('nothing to do');
    expect(snapshot(dir)).toEqual(installed);

    const check = await rathena('check', dir, '--files');
    expect(check.stdout).toContain(`AI IPC ${version} is installed in ${dir}.\ngood  files `);

    expect(await rathena('uninstall', dir)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(snapshot(dir)).toEqual(before);
    expect((await rathena('uninstall', dir)).stdout).toContain('nothing to do');
  });

  it('a relative folder is one of the current folder', async () => {
    const dir = newTree();
    expect(await runCli(['rathena', 'install', '.'], { cwd: dir })).toMatchObject({ exitCode: 0 });
    const { stdout } = await runCli(['rathena', 'check', '.', '--files'], { cwd: dir });
    expect(stdout).toContain(`installed in ${dir}.`);
  });

  it('an edited file is refused; with --force it is put aside; uninstall names it', async () => {
    const dir = newTree();
    await rathena('install', dir);
    const path = 'src/custom/script_ai_ipc.cpp';
    put(dir, path, 'mine');
    put(dir, 'conf/import/ai_ipc.conf', '// mine\n');
    const before = snapshot(dir);

    const refused = await rathena('install', dir);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /^ERROR rathena_conflict: These files are not as AI IPC wrote them:\n {2}\//,
    );
    expect(snapshot(dir)).toEqual(before);

    const forced = await rathena('install', dir, '--force');
    expect(forced.stdout).toContain(`  ${path}: yours is now ${path}.yours\n`);
    expect(forced.stdout).toContain('  conf/import/ai_ipc.conf: kept, because you have edited it\n');
    expect([textOf(dir, `${path}.yours`), textOf(dir, 'conf/import/ai_ipc.conf')]).toEqual([
      'mine',
      '// mine\n',
    ]);

    const { stdout } = await rathena('uninstall', dir);
    expect(stdout).toContain('  conf/import/ai_ipc.conf is edited, and stays.\n');
    expect(textOf(dir, `${path}.yours`)).toBe('mine');
  });

  it('what it says to do next fits what it has installed', async () => {
    const dir = newTree();

    const { stdout } = await rathena('install', dir);

    const npcs = [...stdout.matchAll(/^ +npc: (.+)$/gm)].map(([, path = '']) => path);
    expect(npcs.length).toBeGreaterThan(1);
    for (const path of [...npcs, 'src/custom/script_ai_ipc.cpp'])
      expect(existsSync(join(dir, path)), path).toBe(true);
    for (const path of ['docs/rathena.md', 'deploy/grants.sql']) {
      expect(stdout).toContain(path);
      expect(existsSync(join(ROOT, path)), path).toBe(true);
    }
    expect(stdout).toMatch(/make server[\s\S]*ai-ipc migrate[\s\S]*ai-ipc worker/);
  });
});

describe('a refusal changes nothing: exit code 1 and a sentence', () => {
  it.each(['install', 'check', 'uninstall'])('%s of what is no rAthena tree', async (command) => {
    const dir = newFiles({ 'src/map/script.c': '', 'src/common/HPM.c': '' });
    const before = snapshot(dir);

    const { exitCode, stdout, stderr } = await rathena(command, dir);

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe(
      `ERROR rathena_unknown: "${dir}" is Hercules; these commands are for rAthena. Nothing was changed.\n`,
    );
    expect(snapshot(dir)).toEqual(before);
  });

  it('of a link that leads out of the tree', async () => {
    const dir = newTree();
    symlinkSync(newFiles({}), join(dir, 'conf/import'));
    const before = snapshot(dir);

    const { exitCode, stderr } = await rathena('install', dir);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR rathena_conflict: .*conf\/import is a link that leads out of the tree/);
    expect(snapshot(dir)).toEqual(before);
  });

  it('of a tree that this user may not write to', async () => {
    const dir = newTree();
    const before = snapshot(dir);
    setRights(dir, 0o555);

    const { exitCode, stderr } = await runCliAsMereUser(['rathena', 'install', dir]);
    setRights(dir, 0o755);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR storage_failed: .*(EACCES|EPERM).*Everything is as it was before\.\n$/);
    expect(snapshot(dir)).toEqual(before);
  });

  it('of a folder that this user may not read', async () => {
    const dir = newTree();
    chmodSync(join(dir, 'src'), 0);

    const { exitCode, stderr } = await runCliAsMereUser(['rathena', 'check', dir]);
    chmodSync(join(dir, 'src'), 0o755);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR storage_failed: .*cannot be read \(EACCES.*\n$/);
  });

  it('a disk that is full in the middle: what was written is taken back', async () => {
    const dir = newTree();
    const before = snapshot(dir);

    const { exitCode, stderr } = await runCliWithin(2, ['rathena', 'install', dir]);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR storage_failed: .*(EFBIG|ENOSPC).*Everything is as it was before\.\n$/);
    expect(snapshot(dir)).toEqual(before);
  });

  it('mistakes in the call have exit code 2', async () => {
    expect(await rathena('install')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("missing required argument 'dir'"),
    });
    expect(await rathena('install', '')).toMatchObject({
      exitCode: 2,
      stderr: 'ERROR bad_argument: The folder of the rAthena source is "". Name it.\n',
    });
  });
});

describe('docs/rathena.md', () => {
  const page = readFileSync(join(ROOT, 'docs/rathena.md'), 'utf8');
  const blocksOf = (language: string) =>
    [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^\`]+)\`\`\``, 'g'))].map(([, block = '']) => block);
  /** What needs the network or a whole rAthena; `check` has test/integration/rathena-check.test.ts. */
  const NOT_RUN = [
    'cd /home/ragnarok/rathena',
    './configure',
    'make clean',
    'make server',
    'cd /home/ragnarok/rathena && make server',
    'git pull && npm ci',
    'ai-ipc migrate',
    'ai-ipc rathena check /home/ragnarok/rathena',
  ];

  it('its commands work, one after the other', async () => {
    const lines = blocksOf('bash').flatMap((block) => block.trim().split('\n'));
    const run = lines.filter((line) => !NOT_RUN.includes(line));
    expect(run.length).toBeGreaterThan(4);
    const dir = newTree({ configure: 'CXXFLAGS="$CXXFLAGS -std=c++11"\n' });
    for (const line of run) {
      const script = line.replaceAll('/home/ragnarok/rathena', dir).replace(/^ai-ipc/, `"$0" ${PROGRAM}`);
      const words = ['-euc', script, process.execPath];
      const { exitCode, stderr } = await runProgram('sh', words, { cwd: ROOT });
      expect({ line, exitCode, stderr }).toEqual({ line, exitCode: 0, stderr: '' });
    }
    expect(readFileSync(join(dir, 'configure'), 'utf8')).toContain('-std=c++17');
    // The last of them is the way without C++.
    for (const path of loadedNpcs()) expect(existsSync(join(dir, path)), path).toBe(true);
    expect(existsSync(join(dir, 'src/custom/script_ai_ipc.cpp'))).toBe(false);
  });

  function loadedNpcs(): string[] {
    return [...page.matchAll(/^npc: (.+)$/gm)].map(([, path = '']) => path);
  }

  it('its SQL shows what was asked, and deletes everything of AI IPC', async () => {
    const database = await createTestDatabase();
    try {
      await runCli(['migrate', ...mariadbOption(database)], { env: mariadbEnv(database) });
      // The one that deletes comes first on the page.
      const statements = blocksOf('sql').reverse().join('').split(';');
      for (const statement of statements.filter((text) => text.trim() !== ''))
        await database.query(statement);

      const left = await database.query(
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()
         UNION SELECT routine_name FROM information_schema.routines WHERE routine_schema = DATABASE()
         UNION SELECT event_name FROM information_schema.events WHERE event_schema = DATABASE()`,
      );
      expect(left).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  it('it has every setting of conf/import/ai_ipc.conf, with its default', () => {
    const conf = readFileSync(join(PACKAGE, 'conf/import/ai_ipc.conf'), 'utf8');
    const settings = [...conf.matchAll(/^(\w+): (\S+)$/gm)].map(
      ([, key, value]) => `| \`${key}\` | \`${value}\` |`,
    );
    const rows = [...page.matchAll(/^\| `\w+` \| `\w+` \|(?= .+ \| .+ \|$)/gm)].map(([row]) => row);
    expect(settings.length).toBeGreaterThan(3);
    expect(rows.sort()).toEqual(settings.sort());
  });

  it('it names every code that install refuses with', () => {
    expect(
      ['rathena_unknown', 'rathena_conflict', 'storage_failed'].filter((code) => !page.includes(code)),
    ).toEqual([]);
  });
});

it('the files of the package are of one version, and their licence and README stay in it', () => {
  expect(readFileSync(join(PACKAGE, 'src/custom/ai_ipc/version.h'), 'utf8')).toContain(`"${version}"`);
  expect(readdirSync(PACKAGE)).toEqual(expect.arrayContaining(['LICENSE', 'README.md']));
  // A new .hpp would make rAthena build all of map again.
  expect(packaged.filter(([path]) => path.endsWith('.hpp'))).toEqual([]);
});

function setRights(dir: string, mode: number): void {
  for (const [path, kind] of Object.entries(snapshot(dir)))
    if (kind === 'folder') chmodSync(join(dir, path), mode);
  chmodSync(dir, mode);
}
