import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';

/** What became of reading a file of settings. */
export type TextFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'problem'; readonly problem: string };

/** The text of a small UTF-8 file; `name` is the file as people know it. */
export function readTextFile(path: string, name: string): TextFile {
  let bytes: Buffer;
  try {
    // A virtual environment of Python may be a folder named .env: it is no file of settings.
    if (statSync(path).isDirectory()) return { kind: 'missing' };
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'missing' };
    return {
      kind: 'problem',
      problem: `${name} cannot be read (${messageOf(error)}). ${remedyFor(error, path)}`,
    };
  }
  return decoded(bytes, name);
}

/** A file with a password in it is mostly root's, and that is right. */
function remedyFor(error: unknown, path: string): string {
  const isDenied = error instanceof Error && 'code' in error && error.code === 'EACCES';
  if (!isDenied || process.platform === 'win32') return 'Mend its rights or its place.';
  return `This user may not: put sudo in front of the command, or make the file yours (sudo chown "$USER" ${path}).`;
}

/** Windows PowerShell writes UTF-16 with `>`: read as UTF-8, every line would silently be unknown. */
function decoded(bytes: Buffer, name: string): TextFile {
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    // The decoder's message says no more than this one.
    return { kind: 'problem', problem: `${name} is not UTF-8 text. Save it as UTF-8.` };
  }
}
