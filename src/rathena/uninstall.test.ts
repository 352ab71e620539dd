import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  newPackage,
  newTree,
  PACKAGE,
  put,
  snapshot,
  textOf,
  useTrees,
} from '../../test/support/rathena-tree.ts';
import { install } from './install.ts';
import { readPackage } from './package-files.ts';
import { RECORD_FILE } from './record.ts';
import { uninstall } from './uninstall.ts';

useTrees();

const SCRIPT_INC = 'src/custom/script.inc';
const INCLUDE = '#include "script_ai_ipc.cpp"';
const LIBRARY = 'npc/custom/ai-world/ai_ipc_lib.txt';

function installInto(dir: string, { isForced = false, package: folder = newPackage() } = {}): void {
  install({ dir, files: readPackage(folder), isForced });
}

function uninstallFrom(dir: string) {
  return uninstall({ dir, files: readPackage(newPackage()) });
}

describe('the tree is byte for byte what it was', () => {
  it.each([
    ['as it comes', {}],
    ['with CRLF', { [SCRIPT_INC]: 'a\r\nb\r\n', 'src/custom/script_def.inc': 'BUILDIN_DEF(mine,""),\r\n' }],
    ['without a last line end', { [SCRIPT_INC]: 'a\r\nb', 'src/custom/script_def.inc': 'c' }],
    ['with empty files', { [SCRIPT_INC]: '', 'src/custom/script_def.inc': '' }],
    ['in no known encoding', { [SCRIPT_INC]: '// \xff\x00\xe9\r\r\n' }],
    [
      'with other files in the folders',
      { 'conf/import/map_conf.txt': 'x', 'npc/custom/ai-world/mine.txt': 'x' },
    ],
  ])('%s', (_, changes) => {
    const dir = newTree(changes);
    const before = snapshot(dir);

    installInto(dir);
    installInto(dir);
    const { stays } = uninstallFrom(dir);

    expect(snapshot(dir)).toEqual(before);
    expect(stays).toEqual([]);
  });

  it('with a folder of ours that was there and empty', () => {
    const dir = newTree();
    mkdirSync(join(dir, 'npc/custom/ai-world'));
    const before = snapshot(dir);
    installInto(dir);

    uninstallFrom(dir);

    expect(snapshot(dir)).toEqual(before);
  });

  it('after an upgrade, by the package of another version', () => {
    const dir = newTree();
    const before = snapshot(dir);
    installInto(dir);
    const changes = {
      [LIBRARY]: undefined,
      'src/custom/ai_ipc/deep/new.h': 'new',
      'conf/import/ai_ipc.conf': 'new',
    };
    installInto(dir, { package: newPackage(changes) });

    uninstallFrom(dir);

    expect(snapshot(dir)).toEqual(before);
  });

  it('with files that --force had put aside', () => {
    const dir = newTree({ 'src/custom/script_ai_ipc.cpp': 'an earlier implementation', [LIBRARY]: 'mine' });
    const before = snapshot(dir);
    installInto(dir, { isForced: true });
    installInto(dir);

    const { restored } = uninstallFrom(dir);

    expect(restored).toEqual([LIBRARY, 'src/custom/script_ai_ipc.cpp']);
    expect(snapshot(dir)).toEqual(before);
  });

  it('with files and lines that had been copied by hand; a second uninstall takes them out', () => {
    const dir = newTree();
    const empty = snapshot(dir);
    installInto(dir);
    rmSync(join(dir, RECORD_FILE));
    rmSync(join(dir, LIBRARY));
    const before = snapshot(dir);
    installInto(dir);
    installInto(dir);

    const { stays } = uninstallFrom(dir);

    expect(snapshot(dir)).toEqual(before);
    expect(stays).toContain(
      'src/custom/script_ai_ipc.cpp was there before the installation, and stays. Uninstall again takes it out.',
    );
    uninstallFrom(dir);
    expect(filesOf(dir)).toEqual(filesIn(empty));
  });

  it('after git has deleted our files and the record, and left the lines', () => {
    const dir = newTree();
    const before = snapshot(dir);
    installInto(dir);
    for (const path of Object.keys(PACKAGE)) rmSync(join(dir, path), { force: true });
    rmSync(join(dir, RECORD_FILE));
    installInto(dir);

    uninstallFrom(dir);

    expect(filesOf(dir)).toEqual(filesIn(before));
  });

  it('after a first installation that was killed before anything had its place', () => {
    const dir = newTree();
    const before = snapshot(dir);
    installInto(dir);
    const record = textOf(dir, RECORD_FILE);
    uninstallFrom(dir);
    put(dir, `${RECORD_FILE}.ai-ipc-new`, record);
    put(dir, `${LIBRARY}.ai-ipc-new`, 'ha');

    uninstallFrom(dir);

    expect(snapshot(dir)).toEqual(before);
  });

  it('after a killed uninstall', () => {
    const dir = newTree();
    const before = snapshot(dir);
    installInto(dir);
    put(dir, SCRIPT_INC, textOf(dir, SCRIPT_INC).replace(`${INCLUDE}\n`, ''));
    rmSync(join(dir, LIBRARY));
    put(dir, `${LIBRARY}.ai-ipc-old`, PACKAGE[LIBRARY]!);

    uninstallFrom(dir);

    expect(snapshot(dir)).toEqual(before);
  });

  it('what others added to script.inc behind our line stays', () => {
    const dir = newTree({ [SCRIPT_INC]: 'a' });
    installInto(dir);
    put(dir, SCRIPT_INC, `${textOf(dir, SCRIPT_INC)}b\n`);

    uninstallFrom(dir);

    expect(textOf(dir, SCRIPT_INC)).toBe('a\nb\n');
  });
});

describe('what the admin has changed stays, and is named', () => {
  it('edited files, and files of his in our folders', () => {
    const dir = newTree();
    installInto(dir);
    put(dir, 'conf/import/ai_ipc.conf', 'client_codepage: gbk\n');
    put(dir, LIBRARY, 'mine');
    put(dir, 'npc/custom/ai-world/test/other.txt', 'mine');

    const { stays } = uninstallFrom(dir);

    expect(stays).toEqual([
      'conf/import/ai_ipc.conf is edited, and stays.',
      `${LIBRARY} is edited, and stays.`,
      'npc/custom/ai-world/test/ is not empty (other.txt), and stays.',
      'npc/custom/ai-world/ is not empty (ai_ipc_lib.txt), and stays.',
      'conf/import/ is not empty (ai_ipc.conf), and stays.',
    ]);
    expect(textOf(dir, LIBRARY)).toBe('mine');
    expect(Object.keys(snapshot(dir)).filter((path) => path.startsWith('src/custom/ai_ipc'))).toEqual([]);
  });

  it('a line in another form, which would stop make', () => {
    const dir = newTree({ [SCRIPT_INC]: `${INCLUDE} // by hand\n` });
    installInto(dir);

    expect(uninstallFrom(dir).stays).toEqual([
      `${SCRIPT_INC}, line 1, still includes script_ai_ipc.cpp, which is gone: delete that line, or make stops there.`,
    ]);
  });

  it('script.inc, when he has deleted it', () => {
    const dir = newTree();
    installInto(dir);
    rmSync(join(dir, SCRIPT_INC));

    uninstallFrom(dir);

    expect(snapshot(dir)).not.toHaveProperty(SCRIPT_INC);
    expect(textOf(dir, 'src/custom/script_def.inc')).not.toContain('ai_ipc');
  });
});

it('a tree that was filled by hand is emptied too', () => {
  const dir = newTree();
  const before = snapshot(dir);
  installInto(dir);
  rmSync(join(dir, RECORD_FILE));

  uninstallFrom(dir);

  expect(filesOf(dir)).toEqual(filesIn(before));
});

it('a second uninstall, or one without AI IPC, has nothing to do', () => {
  const dir = newTree();
  installInto(dir);
  uninstallFrom(dir);
  const before = snapshot(dir);

  expect(uninstallFrom(dir)).toMatchObject({ hasChanged: false, removed: [], stays: [] });
  expect(snapshot(dir)).toEqual(before);
});

function filesOf(dir: string): [string, string][] {
  return filesIn(snapshot(dir));
}

/** Without the folders: nobody knows any more who has made them. */
function filesIn(tree: Record<string, string>): [string, string][] {
  return Object.entries(tree).filter(([, content]) => content !== 'folder');
}
