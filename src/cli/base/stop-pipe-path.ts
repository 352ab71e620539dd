import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Linux bears 107 bytes (unix(7)), macOS 103. */
const LONGEST_PATH = 103;

/**
 * Where a process of that name listens; undefined where no path can be made: too long a name of the folder for temporary
 * files. Only the same user comes to it (and root); on Windows, whose pipes have no folder, administrators too.
 */
export function stopPipePath(name: string): string | undefined {
  if (process.platform === 'win32') return `\\\\.\\pipe\\ai-ipc-${name}`;
  const path = join(tmpdir(), `ai-ipc-${process.getuid?.() ?? 'user'}`, `${name}.sock`);
  return Buffer.byteLength(path) <= LONGEST_PATH ? path : undefined;
}

/** Makes the folder, and takes away the socket of a process that was killed. False where the folder is not ours alone. */
export function preparePath(path: string): boolean {
  if (process.platform === 'win32') return true;
  const folder = dirname(path);
  try {
    mkdirSync(folder, { mode: 0o700, recursive: true });
    const { uid, mode } = lstatSync(folder);
    if (uid !== process.getuid?.() || (mode & 0o077) !== 0) return false;
    rmSync(path, { force: true });
    return true;
  } catch {
    return false; // A disk that is full or read-only, say: the process serves all the same.
  }
}
