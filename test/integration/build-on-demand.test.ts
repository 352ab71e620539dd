import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { newFolder, ROOT, runProgram, useCli } from '../support/cli-process.ts';
import type { ProgramResult } from '../support/program-process.ts';

const MAIN = `export async function main(argv: string[]): Promise<void> {
  console.log(argv.join(' '));
  process.exitCode = 3;
}
`;
const BUILDING = 'Building AI IPC from its source';

let checkout: string;

beforeEach(() => {
  checkout = newFolder();
  cpSync(join(ROOT, 'bin'), join(checkout, 'bin'), { recursive: true });
  for (const name of ['package.json', 'tsconfig.base.json', 'tsconfig.json']) {
    cpSync(join(ROOT, name), join(checkout, name));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  mkdirSync(join(checkout, 'src/cli'), { recursive: true });
  write('src/cli/main.ts', MAIN);
});

useCli();

it('the first command builds, the second has nothing to build', async () => {
  expect(await run('a', 'b')).toMatchObject({
    exitCode: 3,
    stdout: 'a b\n',
    stderr: expect.stringContaining(BUILDING),
  });
  expect(await run('c')).toEqual({ exitCode: 3, stdout: 'c\n', stderr: '' });
});

it('a changed source is built again, even when its time is an old one', async () => {
  await run();
  write('src/cli/main.ts', MAIN.replace('3', '4'));
  utimesSync(join(checkout, 'src/cli/main.ts'), 1_000_000_000, 1_000_000_000);

  expect(await run()).toMatchObject({ exitCode: 4, stderr: expect.stringContaining(BUILDING) });
});

it('what was built from a deleted source is deleted', async () => {
  write('src/gone.ts', 'export const gone = 1;\n');
  await run();
  expect(existsSync(join(checkout, 'dist/gone.js'))).toBe(true);

  rmSync(join(checkout, 'src/gone.ts'));
  await run();

  expect(readdirSync(join(checkout, 'dist')).filter((name) => name.startsWith('gone'))).toEqual([]);
});

it('a source that does not compile says where, at every start until it is mended', async () => {
  write('src/cli/main.ts', `${MAIN}export const wrong: string = 1;\n`);
  for (const _ of ['first', 'second']) {
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ERROR build_failed: ');
    expect(stderr).toContain('src/cli/main.ts(5,14)');
  }

  write('src/cli/main.ts', MAIN);
  expect(await run()).toMatchObject({ exitCode: 3 });
});

it('of twelve commands started at once, one builds and all run', async () => {
  const results = await Promise.all(Array.from({ length: 12 }, (_, index) => run(String(index))));

  expect(results.map(({ stdout }) => stdout)).toEqual(results.map((_, index) => `${index}\n`));
  expect(results.filter(({ stderr }) => stderr.includes(BUILDING))).toHaveLength(1);
  expect(readdirSync(join(checkout, '.cache'))).toEqual([]);
});

it('the lock of a dead process is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  mkdirSync(join(checkout, '.cache'));
  write('.cache/build.lock', String(pid));

  const results = await Promise.all([run('a'), run('b'), run('c')]);

  expect(results.map(({ exitCode }) => exitCode)).toEqual([3, 3, 3]);
  expect(readdirSync(join(checkout, '.cache'))).toEqual([]);
});

it('without the packages it says: npm ci', async () => {
  rmSync(join(checkout, 'node_modules'));
  expect(await run()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Run: npm ci') });
});

it('the published package, which has no src, is not built', async () => {
  await run();
  rmSync(join(checkout, 'src'), { recursive: true });
  rmSync(join(checkout, 'node_modules'));

  expect(await run('a')).toEqual({ exitCode: 3, stdout: 'a\n', stderr: '' });
});

function write(path: string, text: string): void {
  writeFileSync(join(checkout, path), text);
}

function run(...args: string[]): Promise<ProgramResult> {
  return runProgram(process.execPath, [join(checkout, 'bin/ai-ipc.js'), ...args], { cwd: checkout });
}
