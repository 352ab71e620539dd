import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder, runCli, startCli, urlOf, useCli } from '../support/cli-process.ts';
import type { ProgramResult } from '../support/program-process.ts';
import { newFiles, newTree, put, snapshot, useTrees } from '../support/rathena-tree.ts';

useCli();
useTrees();

const AT = ['--at', 'prontera,160,180'];

async function newNpc(cwd: string, ...words: readonly string[]): Promise<ProgramResult> {
  return await runCli(['rathena', 'new', ...words], { cwd });
}

describe('ai-ipc rathena new', () => {
  it('writes a script and a persona, which lint and persona check take, and says what to do next', async () => {
    const cwd = newFolder();

    const { exitCode, stdout, stderr } = await newNpc(cwd, 'Old Fisherman', ...AT);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(Object.keys(snapshot(cwd))).toEqual(['old-fisherman.yaml', 'old_fisherman.txt']);
    expect(stdout).toContain(
      '\n    npc: npc/custom/ai-world/ai_ipc_lib.txt\n    npc: npc/custom/ai-world/ai_ipc_lib_commands.txt\n    npc: npc/custom/old_fisherman.txt\n',
    );
    expect(readFileSync(join(cwd, 'old_fisherman.txt'), 'utf8')).toContain(
      '\nprontera,160,180,4\tscript\tOld Fisherman\t4_M_SEAMAN,{\n',
    );
    expect(await runCli(['rathena', 'lint', cwd])).toMatchObject({ exitCode: 0 });
    expect(await runCli(['persona', 'check', cwd])).toMatchObject({ exitCode: 0 });
  });

  it('has the AI service answer in that persona, by its rules alone', async () => {
    const cwd = newFolder();
    await newNpc(cwd, 'Old Fisherman#12', ...AT, '--role', 'fisherman');
    const service = startCli(
      ['service', '--port', '0', '--personas', cwd, '--database', 'sqlite:memory.sqlite'],
      { cwd },
    );
    const url = await urlOf(service);
    const ask = async (message: string) => {
      const body = JSON.stringify({ npc_id: 'Old Fisherman#12', player_id: 7, message });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/api/v1/npc/dialogue`, { method: 'POST', headers, body });
      return (await response.json()) as { text: string; provider: string };
    };

    expect(await ask('Who are you?')).toMatchObject({
      provider: 'scripted',
      text: expect.stringMatching(/Old Fisherman.*fisherman/),
    });
    expect((await ask('Where am I?')).text).toContain('Prontera');
    expect((await ask('My name is Ana')).text).toContain('Ana');
    expect((await ask('Bananas?')).text).not.toBe('');
  });

  it('is taken up by a service that runs already', async () => {
    const cwd = newFolder();
    await newNpc(cwd, 'First', ...AT);
    const service = startCli(
      ['service', '--port', '0', '--personas', cwd, '--database', 'sqlite:memory.sqlite'],
      { cwd },
    );
    const url = await urlOf(service);
    await newNpc(cwd, 'Second One', ...AT, '--role', 'herald');

    const text = async () => {
      const body = JSON.stringify({ npc_id: 'Second One', message: 'What do you do?' });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/api/v1/npc/dialogue`, { method: 'POST', headers, body });
      return ((await response.json()) as { text: string }).text;
    };
    await expect.poll(text).toContain('herald');
  });

  it('writes into a rAthena tree by its own path, and the persona where the settings say', async () => {
    const tree = newTree();
    const cwd = newFolder();
    const before = snapshot(tree);

    const words = ['Guard#gate', '--at', 'geffen,10,20,6', '--sprite', '8W_SOLDIER', '--to', tree];
    const { exitCode, stdout } = await runCli(['rathena', 'new', ...words], {
      cwd,
      env: { AI_PERSONAS: join(cwd, 'people') },
    });

    expect(exitCode).toBe(0);
    expect(Object.keys(snapshot(tree)).filter((path) => before[path] === undefined)).toEqual([
      'npc/custom/guard.txt',
    ]);
    expect(Object.keys(snapshot(cwd))).toEqual(['people', 'people/guard.yaml']);
    expect(stdout).toContain('\n    npc: npc/custom/guard.txt\n');
    expect(stdout).toContain('A running AI service has read guard.yaml by now');
    expect(stdout).not.toContain('Copy');
  });

  it('names the path in the tree also for a folder deep in it', async () => {
    const tree = newTree({ 'npc/custom/mine/a.txt': '' });
    const { stdout } = await newNpc(tree, 'Ana', ...AT, '--to', 'npc/custom/mine');
    expect(stdout).toContain('\n    npc: npc/custom/mine/ana.txt\n');
  });

  it('overwrites nothing, and writes nothing then', async () => {
    const cwd = newFiles({ 'old-fisherman.yaml': '# mine\n' });
    const before = snapshot(cwd);

    const { exitCode, stdout, stderr } = await newNpc(cwd, 'Old Fisherman', ...AT);

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^ERROR storage_failed: .*old-fisherman\.yaml is there already, and is not overwritten\./,
    );
    expect(snapshot(cwd)).toEqual(before);
  });

  it('refuses a name that another persona of the folder answers to', async () => {
    const cwd = newFolder();
    await newNpc(cwd, 'Old Fisherman', ...AT);
    put(
      cwd,
      'someone.yaml',
      readFileSync(join(cwd, 'old-fisherman.yaml'), 'latin1').replace('Old Fisherman"', 'Young Smith"'),
    );

    const { exitCode, stderr } = await newNpc(cwd, 'Young Smith', ...AT);

    expect(exitCode).toBe(78);
    expect(stderr).toContain('both answer to "young-smith"');
    expect(Object.keys(snapshot(cwd))).toHaveLength(3);
  });

  it.each([
    ['euckr', '어부', 'beeebace'],
    ['latin1', 'Pêcheur', '50ea6368657572'],
    ['utf8mb4', 'Pêcheur', '50c3aa6368657572'],
  ])('writes the letters of a name as clients of %s have them', async (codepage, name, hex) => {
    const cwd = newFolder();

    const { exitCode } = await newNpc(cwd, name, ...AT, '--codepage', codepage);

    expect(exitCode).toBe(0);
    const [script = ''] = Object.keys(snapshot(cwd)).filter((path) => path.endsWith('.txt'));
    expect(readFileSync(join(cwd, script)).toString('hex')).toContain(`09${hex}09`);
    expect(await runCli(['rathena', 'lint', cwd])).toMatchObject({ exitCode: 0 });
    expect(await runCli(['persona', 'check', cwd])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(cwd, script.replaceAll('_', '-').replace('.txt', '.yaml')), 'utf8')).toContain(
      `name: "${name}"`,
    );
  });

  it('takes the codepage of the tree', async () => {
    const tree = newTree({ 'conf/import/ai_ipc.conf': '// x\nclient_codepage: latin1\n' });
    expect(await newNpc(tree, 'Pêcheur', ...AT)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(tree, 'npc/custom/pecheur.txt'), 'latin1')).toContain('\tPêcheur\t');
  });

  it.each([
    ['a name of 24 characters', ['Abcdefghijklmnopqrstuvwx', ...AT], 'has 24 bytes, and clients show 23'],
    ['a name of 24 bytes', ['어부어부어부어부', ...AT, '--codepage', 'utf8mb4'], 'has 24 bytes'],
    ['a name that is too long with its hidden part', ['Ana#'.padEnd(51, 'x'), ...AT], 'has 51 bytes'],
    ['letters of no codepage', ['Pêcheur', ...AT], 'name it with --codepage'],
    ['letters that the codepage lacks', ['어부', ...AT, '--codepage', 'latin1'], 'lacks a letter'],
    [
      'a codepage that there is not',
      ['어부', ...AT, '--codepage', 'klingon'],
      '--codepage "klingon" is none of',
    ],
    ['a tab in the name', ['A\tB', ...AT], 'means something else in a script'],
    ['no place', ['Ana'], "required option '--at <map,x,y>' not specified"],
    ['no place that can be', ['Ana', '--at', 'prontera'], '--at "prontera" is no place'],
    ['no sprite', ['Ana', ...AT, '--sprite', 'a b'], '--sprite "a b" is no sprite'],
  ])('refuses %s with exit code 2, and writes nothing', async (_, words, message) => {
    const cwd = newFolder();

    const { exitCode, stdout, stderr } = await newNpc(cwd, ...words);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(snapshot(cwd)).toEqual({});
  });
});
