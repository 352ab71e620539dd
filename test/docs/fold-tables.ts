import { FOLDS, type Fold } from '../../src/game-text/folds.ts';

/** Longer lines are hard to read in a diff; the C++ compilers of rAthena take pieces of 16 KB. */
const LINE_BYTES = 96;

/** The files that hold the folds of src/game-text in another language, and what of them is written from there. */
export const FOLD_TABLES: Readonly<Record<string, (file: string) => string>> = {
  'rathena/src/custom/ai_ipc/fold_table.h': (file) => between(file, cppLines()),
  'rathena/npc/custom/ai-world/ai_ipc_lib_sql.txt': (file) => between(file, scriptLines()),
};

/** What stands between the two lines that say so is written anew. */
function between(file: string, lines: readonly string[]): string {
  const table = /(\/\/ The folds, as npm run docs writes them:\n)[\s\S]*?(\n[^\n]*\/\/ So far the folds\.\n)/;
  if (!table.test(file)) throw new Error('The lines are missing between which the folds are written.');
  return file.replace(table, (_, first: string, last: string) => `${first}${lines.join('\n')}${last}`);
}

function cppLines(): string[] {
  return packedLines().map((line) => `\t"${line}",`);
}

function scriptLines(): string[] {
  return packedLines().map((line) => `\t$@ai_folds$ += "${line}";`);
}

/** |C3A9=65+CC81, is é: e with the mark U+0301, in hexadecimal UTF-8. A & stands before what looks back. */
function packedLines(): string[] {
  const lines = [''];
  for (const [character, fold] of FOLDS) {
    const entry = `|${packed(character, fold)}`;
    if ((lines.at(-1) ?? '').length + entry.length > LINE_BYTES) lines.push('');
    lines[lines.length - 1] += entry;
  }
  lines[lines.length - 1] += '|';
  return lines;
}

function packed(character: string, { candidates, mark, looksBack }: Fold): string {
  const parts = candidates.map((candidate, at) => {
    const withMark = at === 0 && mark !== undefined ? `+${hex(mark)}` : '';
    return `${hex(candidate)}${withMark},`;
  });
  return `${hex(character)}=${looksBack ? '&' : ''}${parts.join('')}`;
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase();
}
