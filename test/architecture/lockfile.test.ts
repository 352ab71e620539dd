import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockfileFaults } from './lockfile-faults.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));
const lockfile = read('package-lock.json');
const { allowScripts } = read('package.json');

it('every package is one of the npm registry, held by its digest, and none but the named ones runs a script', () => {
  expect(Object.keys(lockfile.packages).length).toBeGreaterThan(100);
  expect(lockfileFaults(lockfile, Object.keys(allowScripts))).toEqual([]);
});

it('is the lockfile of package.json, whose versions are exact', () => {
  const { dependencies, devDependencies } = read('package.json');
  expect(lockfile.packages['']).toMatchObject({ dependencies, devDependencies });
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
});

/** A package that keeps to all of it, with what is wrong. */
const withFault = (fault: object) => ({
  lockfileVersion: 3,
  packages: {
    '': {},
    'node_modules/good': { version: '1.0.0', integrity: 'sha512-aaaa==' },
    'node_modules/a/node_modules/@scope/bad': { version: '1.0.0', integrity: 'sha512-bbbb==', ...fault },
  },
});

describe('is told of', () => {
  it.each([
    [
      'another registry',
      { resolved: 'https://registry.evil.example/bad/-/bad-1.0.0.tgz' },
      /is from https:\/\/registry\.evil/,
    ],
    [
      'one that only begins alike',
      { resolved: 'https://registry.npmjs.org.evil.example/bad.tgz' },
      /is from/,
    ],
    ['plain http', { resolved: 'http://registry.npmjs.org/bad/-/bad-1.0.0.tgz' }, /is from http:/],
    [
      'another package under its name',
      { resolved: 'https://registry.npmjs.org/evil/-/evil-1.0.0.tgz' },
      /is from/,
    ],
    ['a git repository', { resolved: 'git+ssh://git@github.com/a/bad.git#0f3b' }, /is from git/],
    ['no digest', { integrity: undefined }, /has no digest/],
    ['a weak digest', { integrity: 'sha1-cccc=' }, /has no digest/],
    ['a link to a folder', { link: true, resolved: '../bad' }, /is a link/],
    ['a script when it is installed', { hasInstallScript: true }, /@scope\/bad runs a script/],
    ['a dependency by git', { dependencies: { other: 'github:a/other' } }, /wants other as github:a\/other/],
    [
      'a dependency by an address',
      { optionalDependencies: { other: 'https://evil.example/x.tgz' } },
      /wants other as https/,
    ],
    ['a dependency under an alias', { peerDependencies: { other: 'npm:evil@1' } }, /wants other as npm:/],
    ['a bundled package', { inBundle: true }, /is bundled/],
  ])('%s', (_, fault, words) => {
    expect(lockfileFaults(withFault(fault), [])).toEqual([expect.stringMatching(words)]);
  });

  it('an older form, in which less is held', () => {
    expect(lockfileFaults({ lockfileVersion: 1, packages: {} }, [])).toEqual([
      expect.stringMatching(/version 1/),
    ]);
  });
});
