import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { ProgramProcess } from '../test/support/program-process.ts';
import { waitFor } from '../test/support/wait-for.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const urlOf = (path: string) => JSON.stringify(pathToFileURL(`${ROOT}${path}`).href);

/** Says which temp folder it has and which process it has started, and goes on as `then` says. */
function startIn(then: string): ProgramProcess {
  const code = `
    const { tmpdir } = await import('node:os');
    const { inOwnTemp } = await import(${urlOf('bench/own-temp.ts')});
    const { ProgramProcess } = await import(${urlOf('test/support/program-process.ts')});
    await inOwnTemp(async () => {
      const child = new ProgramProcess(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { cwd: tmpdir() });
      console.log(tmpdir() + ' ' + child.pid + ' is ready');
      ${then}
    });`;
  return new ProgramProcess(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    cwd: ROOT,
  });
}

async function madeBy(program: ProgramProcess): Promise<{ folder: string; pid: number }> {
  const [, folder = '', pid] = await program.waitForOutput(/(\S+) (\d+) is ready/);
  expect(folder).toContain(`ai-ipc-bench-${program.pid}-`);
  return { folder, pid: Number(pid) };
}

async function expectNothingOf({ folder, pid }: { folder: string; pid: number }): Promise<void> {
  expect(existsSync(folder)).toBe(false);
  await waitFor(() => !isRunning(pid), { timeoutMs: 60_000, what: `the end of process ${pid}` });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s leaves neither the folder nor what was started', async (signal, exitCode) => {
  const program = startIn('await new Promise(() => {});');
  const made = await madeBy(program);
  expect((await program.stop(signal)).exitCode).toBe(exitCode);
  await expectNothingOf(made);
});

it('an error leaves neither', async () => {
  const program = startIn('process.exitCode = 1; await child.kill(); throw new Error("It failed.");');
  const made = await madeBy(program);
  expect((await program.ended).exitCode).toBe(1);
  await expectNothingOf(made);
});
