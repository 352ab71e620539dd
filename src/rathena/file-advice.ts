/** Where a file is in use, it mostly is no more a moment later: an editor that saves, a virus scanner that looks. */
const TRIES = 6;
const PAUSE_MS = 100;
const IN_USE = new Set(['EBUSY', 'EPERM', 'EACCES', 'ETXTBSY']);

/** What to do about a file that cannot be changed, by what the system said. */
const ADVICE: Readonly<Record<string, string>> = {
  EBUSY: 'A program holds it: stop the map server, and close what has it open (an editor, Visual Studio).',
  ETXTBSY: 'It runs as a program: stop that.',
  EPERM:
    'It is read-only, or a program holds it: take the read-only mark off (attrib -R on Windows, chattr -i on Linux), stop the map server, close editors, or give this user the right.',
  EACCES:
    'This user may not write there: give him the right, or run the command as the user whom the tree belongs to. On Windows a program may hold it, too: stop the map server, close editors.',
  EROFS: 'The file system is mounted for reading only: mount it for writing.',
  ENOSPC: 'The disk is full: make room.',
  EDQUOT: 'This user may not take more room on the disk: make room, or have his quota raised.',
  EFBIG: 'Files of this user may not be so large (ulimit -f): have that raised.',
};

export function fileAdviceFor(error: unknown): string {
  return ADVICE[codeOf(error)] ?? 'Make room, or give this user the right to write there.';
}

/** Does what may meet a file in use, half a second long at the most. */
export function withPatience(work: () => void): void {
  for (let tries = 1; ; tries += 1) {
    try {
      work();
      return;
    } catch (error) {
      if (tries === TRIES || !isInUse(error)) throw error;
      // All of an installation is synchronous: it is one short step of a command.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

/** Windows says that a file is in use with the codes that elsewhere speak of rights. */
export function isInUse(error: unknown): boolean {
  return IN_USE.has(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
