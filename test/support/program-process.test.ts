import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ProgramProcess } from './program-process.ts';
import { waitFor } from './wait-for.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const STARTS_ANOTHER = `
import { ProgramProcess } from './program-process.ts';
const { pid } = new ProgramProcess('sleep', ['600'], { cwd: '.', diesWithUs: true });
console.log('pid ' + pid);
`;

it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'what dies with us is gone when a %s ends who started it',
  async (signal) => {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', STARTS_ANOTHER];
    const starter = new ProgramProcess(process.execPath, args, { cwd: FOLDER });
    const [, pid] = await starter.waitForOutput(/pid (\d+)/);
    expect(isThere(Number(pid))).toBe(true);

    await starter.stop(signal);

    await waitFor(() => !isThere(Number(pid)), { what: 'the end of what it started' });
  },
);

/** Nobody may be there to collect it: a zombie has ended. */
function isThere(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !readFileSync(stat, 'utf8').includes(') Z ');
}
