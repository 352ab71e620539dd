import { chmodSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { makeOwnFolder } from '../test/support/own-folder.ts';

const PREFIX = 'ai-ipc-bench-';
const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs it with a temp folder of its own, which all that it starts has, too, and which is gone afterwards: also at Ctrl-C, and
 * at the signal of `timeout`, which then end what it has started. What one that was killed has left, the next one deletes.
 */
export async function inOwnTemp(run: () => Promise<void>): Promise<void> {
  const { TMPDIR } = process.env;
  const folder = makeOwnFolder(tmpdir(), PREFIX);
  // Database servers run as another user, and have their folders in it.
  chmodSync(folder, 0o711);
  process.env['TMPDIR'] = folder;
  // Last of all: programs that are still running are killed at the exit, too.
  const deleteAtExit = () =>
    process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  // When the others who heard it have done what they do at once.
  const interrupt = (signal: NodeJS.Signals) =>
    setImmediate(() => {
      deleteAtExit();
      process.exit(128 + constants.signals[signal]);
    });
  for (const signal of INTERRUPTS) process.on(signal, interrupt);
  try {
    await run();
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
    deleteAtExit();
  }
}
