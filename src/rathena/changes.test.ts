import { chmodSync, linkSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFiles, put, snapshot, textOf, useTrees } from '../../test/support/rathena-tree.ts';
import { applyChanges, type Change } from './changes.ts';

useTrees();

const FILES = { old: 'old', gone: 'gone', touched: 'touched' };

/** One change of each kind, in a folder of three files. */
function makeChanges(folder: string): Change[] {
  return [
    { kind: 'write', path: join(folder, 'a/b/new'), bytes: Buffer.from('new') },
    { kind: 'write', path: join(folder, 'old'), bytes: Buffer.from('renewed') },
    { kind: 'touch', path: join(folder, 'touched') },
    { kind: 'remove', path: join(folder, 'gone') },
  ];
}

it('all changes are made, and nothing else is left', () => {
  const folder = newFiles(FILES);
  utimesSync(join(folder, 'touched'), 1, 1);

  applyChanges(makeChanges(folder));

  expect(Object.keys(snapshot(folder))).toEqual(['a', 'a/b', 'a/b/new', 'old', 'touched']);
  expect([textOf(folder, 'a/b/new'), textOf(folder, 'old')]).toEqual(['new', 'renewed']);
  expect(statSync(join(folder, 'touched')).mtimeMs).toBeGreaterThan(1_000_000);
});

it('a file that is written keeps its rights, and what a killed run left beside it goes', () => {
  const folder = newFiles({ ...FILES, 'old.ai-ipc-new': 'half', 'old.ai-ipc-old': 'older' });
  chmodSync(join(folder, 'old'), 0o640);

  applyChanges(makeChanges(folder));

  expect(statSync(join(folder, 'old')).mode & 0o777).toBe(0o640);
  expect(Object.keys(snapshot(folder))).toEqual(['a', 'a/b', 'a/b/new', 'old', 'touched']);
});

it('a link that waits where the new content is written is not followed', () => {
  const folder = newFiles(FILES);
  symlinkSync(join(folder, 'gone'), join(folder, 'old.ai-ipc-new'));

  applyChanges([{ kind: 'write', path: join(folder, 'old'), bytes: Buffer.from('renewed') }]);

  expect([textOf(folder, 'old'), textOf(folder, 'gone')]).toEqual(['renewed', 'gone']);
});

it('another name of the same file keeps the old content', () => {
  const folder = newFiles(FILES);
  linkSync(join(folder, 'old'), join(folder, 'backup'));

  applyChanges(makeChanges(folder));

  expect([textOf(folder, 'old'), textOf(folder, 'backup')]).toEqual(['renewed', 'old']);
});

describe('after a failure everything is as it was', () => {
  it('when something cannot be written', () => {
    const folder = newFiles(FILES);
    const before = snapshot(folder);
    const tooLong = join(folder, 'x/y', 'z'.repeat(250));

    const apply = () =>
      applyChanges([...makeChanges(folder), { kind: 'write', path: tooLong, bytes: Buffer.of() }]);

    expect(apply).toThrow(
      expect.objectContaining({
        code: 'storage_failed',
        message: expect.stringMatching(
          /zzz cannot be changed \(ENAMETOOLONG.*Everything is as it was before\.$/,
        ),
      }),
    );
    expect(snapshot(folder)).toEqual(before);
  });

  it('when something cannot be put in its place, with everything before it already there', () => {
    const folder = newFiles({ ...FILES, stuck: 'stuck' });
    put(folder, 'stuck.ai-ipc-old/file', 'a folder where a file must be');
    utimesSync(join(folder, 'touched'), 1, 1);
    const before = snapshot(folder);

    const apply = () =>
      applyChanges([...makeChanges(folder), { kind: 'remove', path: join(folder, 'stuck') }]);

    expect(apply).toThrow(expect.objectContaining({ code: 'storage_failed' }));
    expect(snapshot(folder)).toEqual(before);
    expect(statSync(join(folder, 'touched')).mtimeMs).toBe(1_000);
  });
});
