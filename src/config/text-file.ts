import { existsSync, readFileSync, statSync } from 'node:fs';
import { decodeText } from '../base/decode-text.ts';
import { messageOf } from '../base/errors.ts';

/** What became of reading a file of settings. */
export type TextFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'problem'; readonly problem: string };

/** The text of a small file; `name` is the file as people know it. */
export function readTextFile(path: string, name: string): TextFile {
  let bytes: Buffer;
  try {
    // A virtual environment of Python may be a folder named .env: it is no file of settings.
    if (statSync(path).isDirectory()) return { kind: 'missing' };
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return missing(path, name);
    return {
      kind: 'problem',
      problem: `${name} cannot be read (${messageOf(error)}). Mend its rights or its place.`,
    };
  }
  return decodeText(bytes, name);
}

/** Notepad adds .txt to a name, and Explorer hides it: the file that people see is not there. */
function missing(path: string, name: string): TextFile {
  if (!existsSync(`${path}.txt`)) return { kind: 'missing' };
  return { kind: 'problem', problem: `${name} is not there, but ${name}.txt is. Take .txt off its name.` };
}
