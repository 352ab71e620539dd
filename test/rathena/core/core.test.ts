import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findCppTools } from '../../support/cpp-tools.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SOURCES = join(ROOT, 'rathena/src');
/** A build takes 15 s here, with both cores taken by other tests some 40; on a machine that had three test runs at a time, more than 180. */
const BUILD_TIMEOUT_MS = 360_000;
const FLAGS = [
  // Without optimizing, which took two thirds of the time; compile.test.ts does it.
  ...['-std=c++17', '-O0', '-g', '-Wall', '-Wextra', '-Werror'],
  ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
];
const SUBJECTS = [
  'text',
  'json',
  'request',
  'settings',
  'board',
  'waiters',
  'patience',
  'trouble',
  'login',
  'open requests',
  'turns',
  'gate',
  'doorbell',
  'cost',
];

let folder: string;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ai-ipc-core-'));
  program = join(folder, 'core');
  const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.cpp'));
  const args = [...FLAGS, `-I${SOURCES}`, ...sources, '-o', program];
  await promisify(execFile)(findCppTools().compiler, args, { cwd: import.meta.dirname });
}, BUILD_TIMEOUT_MS);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

it.each(SUBJECTS)('the plain core of the commands keeps its promises: %s', async (subject) => {
  const output = await promisify(execFile)(program, [subject]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) => `FAIL\n${error.stdout}${error.stderr}`,
  );

  expect(output).not.toContain('FAIL');
});

it('every test of the core belongs to a subject that is run', () => {
  const texts = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('_test.cpp'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'));
  const subjects = texts.flatMap((text) => [...text.matchAll(/^TEST\("([^"]+)"/gm)].map(([, name]) => name));

  expect([...new Set(subjects)].sort()).toEqual([...SUBJECTS].sort());
});

it('no source is a .hpp, which would make rAthena build all of map again, and all are ASCII', () => {
  const names = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.'),
  );

  expect(names.filter((name) => !/\.(cpp|h|inc)$/.test(name))).toEqual([]);
  for (const name of names) {
    // Visual Studio reads a source in the codepage of the machine.
    expect.soft(/[^\t\n -~]/.exec(readFileSync(join(SOURCES, name), 'utf8')), name).toBeNull();
  }
});

it('the commands tell the version of the package', () => {
  const header = readFileSync(join(SOURCES, 'custom/ai_ipc/version.h'), 'utf8');
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

  expect(/#define AI_IPC_VERSION "(.*)"/.exec(header)?.[1]).toBe(version);
});
