import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../bin/ai-ipc.js', import.meta.url));
const LISTENS = /^AI service listens on (\S+)$/;

/** A real `ai-ipc service` on a free port, as an admin runs it. */
export interface ServiceProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it with these variables and nothing of the developer's own settings. */
export async function startServiceProcess(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-bench-'));
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const child = spawn(process.execPath, [PROGRAM, 'service', '--port', '0'], {
    cwd: folder,
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const ended = once(child, 'close').then(() => {
    process.off('exit', killAtExit);
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    url: await addressOf(child),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout !== null)
    for await (const line of createInterface({ input: stdout })) {
      const [, url] = LISTENS.exec(line) ?? [];
      if (url !== undefined) return url;
    }
  throw new Error('The AI service ended before it listened.');
}
