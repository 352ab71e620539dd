import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  newFiles,
  newPackage,
  newTree,
  put,
  snapshot,
  textOf,
  useTrees,
} from '../../test/support/rathena-tree.ts';
import { check } from './check.ts';
import { install } from './install.ts';
import { readPackage } from './package-files.ts';
import { RECORD_FILE } from './record.ts';
import { uninstall } from './uninstall.ts';

useTrees();

const files = () => readPackage(newPackage());
const installInto = (dir: string) => install({ dir, files: files(), isForced: true });

describe('what is no rAthena tree of 2020-01 or later is refused, and not changed', () => {
  it.each([
    ['an empty folder', {}, /has no src\/map\/script\.hpp/],
    ['this package', { 'rathena/src/custom/script_ai_ipc.cpp': '' }, /has no src\/map\/script\.hpp/],
    [
      'Hercules',
      { 'src/map/script.c': '', 'src/common/HPM.c': '', 'src/custom/script.inc': '' },
      /is Hercules/,
    ],
    [
      'an rAthena in C',
      { 'src/map/script.c': '', 'src/custom/script.inc': '' },
      /before 2020-01.*ai_ipc_lib_sql/,
    ],
    ['an rAthena of 2019', { 'src/map/script.hpp': 'script_getnum(st,val)' }, /before 2020-01/],
  ])('%s', (_, tree, message) => {
    const dir = newFiles(tree);
    const before = snapshot(dir);

    for (const run of [installInto, (at: string) => check({ dir: at, files: files() })]) {
      expect(() => run(dir)).toThrow(
        expect.objectContaining({ code: 'rathena_unknown', message: expect.stringMatching(message) }),
      );
    }
    expect(() => uninstall({ dir, files: files() })).toThrow(
      expect.objectContaining({ code: 'rathena_unknown' }),
    );
    expect(snapshot(dir)).toEqual(before);
  });

  it('a file, and a folder that does not exist', () => {
    const dir = newTree();
    expect(() => installInto(join(dir, 'map.bin'))).toThrow(/map\.bin" is a file, not a folder\. Nothing/);
    expect(() => installInto(join(dir, 'missing'))).toThrow(/missing" does not exist\. Nothing/);
  });

  it.each([
    [
      'src/custom/script.inc is missing',
      { 'src/custom/script.inc': undefined },
      /script\.inc is missing; `git checkout/,
    ],
    [
      'src/custom/script_def.inc is missing',
      { 'src/custom/script_def.inc': undefined },
      /script_def\.inc is missing/,
    ],
    [
      'script.cpp includes neither',
      { 'src/map/script.cpp': 'x' },
      /does not include custom\/script_def\.inc/,
    ],
  ])('%s', (_, changes, message) => {
    const dir = newTree(changes);
    const before = snapshot(dir);

    expect(() => installInto(dir)).toThrow(
      expect.objectContaining({ code: 'rathena_unknown', message: expect.stringMatching(message) }),
    );
    expect(snapshot(dir)).toEqual(before);
  });
});

describe('links', () => {
  it.each(['npc/custom', 'conf/import', 'src/custom/script.inc', 'src/custom/script_ai_ipc.cpp'])(
    '%s that leads out of the tree is refused, and what it leads to not changed',
    (path) => {
      const outside = newFiles({ 'script.inc': 'not yours\n', 'folder/x': 'not yours\n' });
      const dir = newTree();
      rmSync(join(dir, path), { recursive: true, force: true });
      symlinkSync(join(outside, path.includes('.') ? 'script.inc' : 'folder'), join(dir, path));
      const before = [snapshot(dir), snapshot(outside)];

      expect(() => installInto(dir)).toThrow(
        expect.objectContaining({
          code: 'rathena_conflict',
          message: expect.stringContaining(
            `${join(dir, path)} is a link that leads out of the tree, to ${outside}`,
          ),
        }),
      );
      expect([snapshot(dir), snapshot(outside)]).toEqual(before);
    },
  );

  it('to nothing are refused', () => {
    const dir = newTree();
    symlinkSync('nowhere', join(dir, 'conf/import'));
    expect(() => installInto(dir)).toThrow(/conf\/import is a link that leads to nothing/);
  });

  it('to a folder or file of the tree are followed, and stay', () => {
    const dir = newTree();
    renameSync(join(dir, 'src/custom'), join(dir, 'src/mine'));
    symlinkSync('mine', join(dir, 'src/custom'));
    renameSync(join(dir, 'src/mine/script.inc'), join(dir, 'script.inc'));
    symlinkSync('../../script.inc', join(dir, 'src/mine/script.inc'));
    const before = snapshot(dir);

    installInto(dir);
    expect(textOf(dir, 'script.inc')).toContain('#include "script_ai_ipc.cpp"\n');
    uninstall({ dir, files: files() });

    expect(snapshot(dir)).toEqual(before);
  });

  it('the tree may be reached by one', () => {
    const dir = newTree();
    const link = join(newFiles({}), 'rathena');
    symlinkSync(dir, link);

    expect(installInto(link).root).toBe(dir);
  });
});

it('a folder in the place of a file, and a file in the place of a folder, are refused', () => {
  const dir = newTree();
  mkdirSync(join(dir, 'src/custom/script_ai_ipc.cpp'));
  expect(() => installInto(dir)).toThrow(/script_ai_ipc\.cpp is a folder, and AI IPC needs a file/);
  rmSync(join(dir, 'src/custom/script_ai_ipc.cpp'), { recursive: true });
  writeFileSync(join(dir, 'npc/custom/ai-world'), '');
  expect(() => installInto(dir)).toThrow(/ai-world is a file, and AI IPC needs a folder/);
});

it.each(['no JSON', '{}', '{"version":"1","files":{"../../x":"y"}}'])(
  'a record that cannot be understood is refused: %s',
  (text) => {
    const dir = newTree();
    installInto(dir);
    put(dir, RECORD_FILE, text);
    const before = snapshot(dir);

    for (const run of [installInto, (at: string) => uninstall({ dir: at, files: files() })]) {
      expect(() => run(dir)).toThrow(
        expect.objectContaining({
          code: 'rathena_conflict',
          message: expect.stringContaining('ai_ipc_installed.json'),
        }),
      );
    }
    expect(snapshot(dir)).toEqual(before);
  },
);

it('a failure in the middle of an installation leaves nothing of it', () => {
  const dir = newTree();
  const before = snapshot(dir);
  // The name fits on the disk; the one under which it is written first does not.
  const folder = newPackage({ [`npc/custom/ai-world/${'z'.repeat(250)}`]: 'x' });

  expect(() => install({ dir, files: readPackage(folder), isForced: false })).toThrow(
    expect.objectContaining({ code: 'storage_failed' }),
  );
  expect(snapshot(dir)).toEqual(before);
});

it('a package that is not whole is told', () => {
  const folder = newPackage({ 'src/custom/ai_ipc/version.h': undefined });
  expect(() => readPackage(folder)).toThrow(/Install it again/);
});
