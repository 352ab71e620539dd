import { rmSync, statSync, utimesSync } from 'node:fs';
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
import { check } from './check.ts';
import { type InstallReport, install } from './install.ts';
import { readPackage } from './package-files.ts';

useTrees();

const INCLUDE = '#include "script_ai_ipc.cpp"';
const DEF_INCLUDE = '#include "script_ai_ipc_def.inc"';
const V2 = {
  'src/custom/ai_ipc/version.h': '#define AI_IPC_VERSION "2.0.0"\n',
  'src/custom/ai_ipc/new.h': '#define NEW\n',
  'npc/custom/ai-world/ai_ipc_lib.txt': undefined,
  'conf/import/ai_ipc.conf': 'client_codepage: default\nnew_setting: 1\n',
};

interface Options {
  readonly package?: string;
  readonly isForced?: boolean;
}

function installInto(
  dir: string,
  { package: folder = newPackage(), isForced = false }: Options = {},
): InstallReport {
  return install({ dir, files: readPackage(folder), isForced });
}

function checkOf(dir: string, folder = newPackage()) {
  return check({ dir, files: readPackage(folder) });
}

describe('a first installation', () => {
  it('copies every file of src, conf and npc, and nothing else of the package', () => {
    const dir = newTree();
    const before = snapshot(dir);

    const { written, version } = { ...installInto(dir), version: checkOf(dir).version };

    const copied = Object.keys(PACKAGE)
      .filter((path) => path.includes('/'))
      .sort();
    expect([...written].sort()).toEqual(copied);
    for (const path of copied) expect(textOf(dir, path)).toBe(PACKAGE[path]);
    const others = Object.entries(before).filter(([path]) => !/custom\/script(_def)?\.inc$/.test(path));
    expect(snapshot(dir)).toMatchObject(Object.fromEntries(others));
    expect(version).toBe('1.0.0');
    expect(snapshot(dir)).not.toHaveProperty('LICENSE');
  });

  it.each([
    ['as they come', 'a\n', 'a\n'],
    ['with CRLF', 'a\r\n', 'a\r\n'],
    ['without a last line end', '#include "mine.inc"', '#include "mine.inc"\n'],
    ['in no known encoding', '// \xff\xfe\xe9\x80\n', '// \xff\xfe\xe9\x80\n'],
    [
      'with the line commented out',
      `//${INCLUDE}\n/*${DEF_INCLUDE}*/\n`,
      `//${INCLUDE}\n/*${DEF_INCLUDE}*/\n`,
    ],
  ])('adds its lines to script.inc and script_def.inc %s', (_, text, kept) => {
    const dir = newTree({ 'src/custom/script.inc': text, 'src/custom/script_def.inc': text });

    const { included } = installInto(dir);

    const eol = text.includes('\r') ? '\r\n' : '\n';
    expect(included).toEqual(['src/custom/script_def.inc', 'src/custom/script.inc']);
    expect(textOf(dir, 'src/custom/script.inc')).toBe(`${kept}${INCLUDE}${eol}`);
    expect(textOf(dir, 'src/custom/script_def.inc')).toBe(`${kept}${DEF_INCLUDE}${eol}`);
  });

  it('adds no line that is there already', () => {
    const text = `#include "a.inc"\n#include  "script_ai_ipc.cpp" // by hand\n#include "b.inc"\n`;
    const dir = newTree({ 'src/custom/script.inc': text });

    const { included } = installInto(dir);

    expect(included).toEqual(['src/custom/script_def.inc']);
    expect(textOf(dir, 'src/custom/script.inc')).toBe(text);
  });

  it('makes script.inc newer than any object file, also when the line was there', () => {
    const dir = newTree({ 'src/custom/script.inc': `${INCLUDE}\n` });
    utimesSync(join(dir, 'src/custom/script.inc'), 1, 1);

    installInto(dir);

    expect(statSync(join(dir, 'src/custom/script.inc')).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  });

  it('keeps settings that are there', () => {
    const dir = newTree({ 'conf/import/ai_ipc.conf': 'client_codepage: euckr\n' });

    expect(installInto(dir).kept).toEqual(['conf/import/ai_ipc.conf']);
    expect(textOf(dir, 'conf/import/ai_ipc.conf')).toBe('client_codepage: euckr\n');
  });
});

it('a second installation changes nothing, not even the time of script.inc', () => {
  const dir = newTree();
  installInto(dir);
  utimesSync(join(dir, 'src/custom/script.inc'), 1, 1);
  const before = snapshot(dir);

  expect(installInto(dir)).toMatchObject({ hasChanged: false, written: [], included: [], before: '1.0.0' });
  expect(snapshot(dir)).toEqual(before);
  expect(statSync(join(dir, 'src/custom/script.inc')).mtimeMs).toBe(1_000);
});

it('what git took away is put back', () => {
  const dir = newTree();
  const [inc, def] = ['src/custom/script.inc', 'src/custom/script_def.inc'].map((path) => textOf(dir, path));
  installInto(dir);
  const before = snapshot(dir);
  put(dir, 'src/custom/script.inc', inc!);
  put(dir, 'src/custom/script_def.inc', def!);
  rmSync(join(dir, 'npc/custom/ai-world'), { recursive: true });

  expect(checkOf(dir).differences).toHaveLength(4);
  installInto(dir);

  expect(snapshot(dir)).toEqual(before);
});

it('line ends that git changed are no edit', () => {
  const dir = newTree();
  installInto(dir);
  const path = 'npc/custom/ai-world/ai_ipc_lib.txt';
  put(dir, path, textOf(dir, path).replaceAll('\n', '\r\n'));

  expect(checkOf(dir).differences).toEqual([]);
  expect(installInto(dir)).toMatchObject({ hasChanged: false });
});

describe('an upgrade', () => {
  it('replaces, adds and removes files, and touches what make looks at', () => {
    const dir = newTree();
    installInto(dir);
    for (const path of ['src/custom/script.inc', 'src/map/script.cpp']) utimesSync(join(dir, path), 1, 1);
    const v2 = newPackage(V2);

    expect(checkOf(dir, v2)).toMatchObject({
      version: '1.0.0',
      differences: [
        'This package has version 2.0.0.',
        'conf/import/ai_ipc.conf is that of an older version',
        'src/custom/ai_ipc/new.h is missing',
        'src/custom/ai_ipc/version.h is that of an older version',
        'npc/custom/ai-world/ai_ipc_lib.txt belongs to an older version',
      ],
    });
    const report = installInto(dir, { package: v2 });

    expect(report).toMatchObject({
      before: '1.0.0',
      removed: ['npc/custom/ai-world/ai_ipc_lib.txt'],
      included: [],
    });
    expect([...report.written].sort()).toEqual(
      Object.keys(V2)
        .filter((path) => !path.includes('lib'))
        .sort(),
    );
    expect(checkOf(dir, v2)).toMatchObject({ version: '2.0.0', differences: [] });
    for (const path of ['src/custom/script.inc', 'src/map/script.cpp'])
      expect(statSync(join(dir, path)).mtimeMs).toBeGreaterThan(1_000);
  });

  it('keeps settings that the admin has edited, and a file that he has edited and that is no longer ours', () => {
    const dir = newTree();
    installInto(dir);
    put(dir, 'conf/import/ai_ipc.conf', 'client_codepage: gbk\n');
    put(dir, 'npc/custom/ai-world/ai_ipc_lib.txt', 'mine');

    const { kept } = installInto(dir, { package: newPackage(V2) });

    expect(kept).toEqual(['conf/import/ai_ipc.conf', 'npc/custom/ai-world/ai_ipc_lib.txt']);
    expect(textOf(dir, 'conf/import/ai_ipc.conf')).toBe('client_codepage: gbk\n');
    expect(textOf(dir, 'npc/custom/ai-world/ai_ipc_lib.txt')).toBe('mine');
  });

  it('that was killed half way is finished by the next one', () => {
    const dir = newTree();
    installInto(dir);
    const v2 = newPackage(V2);
    installInto(dir, { package: v2 });
    // The record was written, these were not yet.
    put(dir, 'src/custom/ai_ipc/version.h', PACKAGE['src/custom/ai_ipc/version.h']!);
    put(dir, 'npc/custom/ai-world/ai_ipc_lib.txt', PACKAGE['npc/custom/ai-world/ai_ipc_lib.txt']!);
    put(dir, 'src/custom/ai_ipc/new.h.ai-ipc-new', 'half');

    installInto(dir, { package: v2 });

    expect(checkOf(dir, v2)).toMatchObject({ version: '2.0.0', differences: [] });
    expect(Object.keys(snapshot(dir)).filter((path) => /ai-ipc-new|ai_ipc_lib/.test(path))).toEqual([]);
  });
});

describe('a file of ours that somebody has edited', () => {
  const path = 'npc/custom/ai-world/test/test_ai_ipc_commands.txt';

  it('is refused, and nothing is changed', () => {
    const dir = newTree();
    installInto(dir);
    put(dir, path, 'mine');
    const before = snapshot(dir);

    expect(checkOf(dir).differences).toEqual([`${path} is edited`]);
    expect(() => installInto(dir, { package: newPackage(V2) })).toThrow(
      expect.objectContaining({
        code: 'rathena_conflict',
        message: expect.stringContaining(join(dir, path)),
      }),
    );
    expect(snapshot(dir)).toEqual(before);
  });

  it('is put aside with --force, under a name that is free', () => {
    const dir = newTree();
    installInto(dir);
    put(dir, path, 'mine');
    put(dir, `${path}.yours`, 'of another time');

    expect(installInto(dir, { isForced: true }).putAside).toEqual({ [path]: `${path}.yours2` });

    expect([textOf(dir, path), textOf(dir, `${path}.yours2`)]).toEqual([PACKAGE[path], 'mine']);
    expect(textOf(dir, `${path}.yours`)).toBe('of another time');
    expect(checkOf(dir).differences).toEqual([]);
  });

  it('also one that was there before AI IPC came', () => {
    const dir = newTree({ 'src/custom/script_ai_ipc.cpp': 'an earlier implementation' });
    const before = snapshot(dir);

    expect(() => installInto(dir)).toThrow(expect.objectContaining({ code: 'rathena_conflict' }));
    expect(snapshot(dir)).toEqual(before);
    expect(installInto(dir, { isForced: true }).putAside).toEqual({
      'src/custom/script_ai_ipc.cpp': 'src/custom/script_ai_ipc.cpp.yours',
    });
  });
});

it('commands of the same names in script.inc or script_def.inc are refused with their lines, also with --force', () => {
  const dir = newTree({
    'src/custom/script.inc': '//BUILDIN_FUNC(ai_db_status)\nBUILDIN_FUNC(ai_db_request) {}\n',
    'src/custom/script_def.inc': 'BUILDIN_DEF(mine,""),\nBUILDIN_DEF2(y,"ai_db_status",""),\n',
  });
  const before = snapshot(dir);

  expect(() => installInto(dir, { isForced: true })).toThrow(
    expect.objectContaining({
      code: 'rathena_conflict',
      message: expect.stringMatching(
        /script_def\.inc, line 2: ai_db_status\n {2}.*script\.inc, line 2: ai_db_request\nNothing was changed/,
      ),
    }),
  );
  expect(snapshot(dir)).toEqual(before);
});

it('a command that can be switched off may be the own one', () => {
  const rows = `${PACKAGE['src/custom/script_ai_ipc_def.inc']}#ifndef NO_ESCAPE\nBUILDIN_DEF(escape,"s"),\n#endif\n`;
  const folder = newPackage({ 'src/custom/script_ai_ipc_def.inc': rows });
  const dir = newTree({ 'src/custom/script.inc': 'BUILDIN_FUNC(escape) {}\n' });

  expect(() => installInto(dir, { package: folder })).toThrow(
    /script\.inc, line 1: escape \(or keep it, with #define NO_ESCAPE above it\)/,
  );
  put(dir, 'src/custom/script.inc', '#define NO_ESCAPE\nBUILDIN_FUNC(escape) {}\n');
  expect(installInto(dir, { package: folder }).hasChanged).toBe(true);
});

describe('check', () => {
  it('of a tree without AI IPC', () => {
    expect(checkOf(newTree({ 'conf/import/ai_ipc.conf': 'mine' }))).toMatchObject({
      isThere: false,
      differences: [],
    });
  });

  it('of one that was filled by hand', () => {
    const dir = newTree({
      ...PACKAGE,
      'src/custom/script.inc': `${INCLUDE}\n`,
      'src/custom/script_def.inc': '',
    });

    expect(checkOf(dir)).toMatchObject({
      version: '1.0.0',
      differences: [`src/custom/script_def.inc has no line ${DEF_INCLUDE}`],
      notes: [expect.stringContaining('copied by hand')],
    });
  });

  it('of one with the NPCs alone, for the library without C++', () => {
    const npcs = Object.fromEntries(Object.entries(PACKAGE).filter(([path]) => path.startsWith('npc/')));

    const { isThere, version, differences } = checkOf(newTree(npcs));

    expect({ isThere, version }).toEqual({ isThere: true, version: undefined });
    expect(differences).toContain('src/custom/script_ai_ipc.cpp is missing');
    expect(differences).not.toContain('npc/custom/ai-world/ai_ipc_lib.txt is missing');
  });

  it('says that edited settings are kept', () => {
    const dir = newTree();
    installInto(dir);
    put(dir, 'conf/import/ai_ipc.conf', 'mine');

    expect(checkOf(dir)).toMatchObject({
      differences: [],
      notes: [expect.stringContaining('is yours')],
      edited: [],
    });
  });

  it('changes nothing', () => {
    const dir = newTree();
    installInto(dir);
    const before = snapshot(dir);

    checkOf(dir, newPackage(V2));

    expect(snapshot(dir)).toEqual(before);
  });
});
