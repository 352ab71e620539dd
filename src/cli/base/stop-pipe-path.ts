import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
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
  return pathOf(name, `ai-ipc-${process.getuid?.() ?? 'user'}`);
}

/** Where it may listen, for who wants to reach it: root also comes to the processes of every other user. */
export function reachablePaths(name: string): string[] {
  const own = stopPipePath(name) ?? [];
  return process.getuid?.() === 0
    ? [own, ...foldersOfOthers().map((folder) => pathOf(name, folder) ?? [])].flat()
    : [own].flat();
}

function pathOf(name: string, folder: string): string | undefined {
  const path = join(tmpdir(), folder, `${name}.sock`);
  return Buffer.byteLength(path) <= LONGEST_PATH ? path : undefined;
}

/** Those that really are of the user whom they name. */
function foldersOfOthers(): string[] {
  return readdirSync(tmpdir()).filter((folder) => {
    const [, uid] = /^ai-ipc-(\d+)$/.exec(folder) ?? [];
    if (uid === undefined || uid === '0') return false;
    const stat = lstatSync(join(tmpdir(), folder), { throwIfNoEntry: false });
    return stat?.isDirectory() === true && stat.uid === Number(uid) && (stat.mode & 0o077) === 0;
  });
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
