import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes a folder of this process's own, and deletes those of processes that are no more: one that was killed could not
 * do it. The pid stands in the name.
 */
export function makeOwnFolder(parent: string, prefix: string): string {
  deleteFoldersOfTheDead(parent, prefix);
  return mkdtempSync(join(parent, `${prefix}${process.pid}-`));
}

function deleteFoldersOfTheDead(parent: string, prefix: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-/.exec(name.slice(prefix.length)) ?? []) : [];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
