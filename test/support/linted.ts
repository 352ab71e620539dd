import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCommands } from '../../src/rathena/lint/flow/signatures.ts';
import { type LintFile, lint, readLibrary } from '../../src/rathena/lint/lint.ts';
import type { Finding } from '../../src/rathena/lint/rules/finding.ts';

const PACKAGE = join(import.meta.dirname, '../../rathena');
/** Every NPC of the package, its tests too. */
export const NPC_FILES: readonly LintFile[] = scriptsBelow(join(PACKAGE, 'npc'));
const LIBRARY = readLibrary(NPC_FILES.filter(({ path }) => !path.includes('/test/')));
const COMMANDS = readCommands(readFileSync(join(PACKAGE, 'src/custom/script_ai_ipc_def.inc'), 'latin1'));

function scriptsBelow(folder: string): LintFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.txt'))
    .map((name) => join(folder, name))
    .map((path) => ({ path, text: readFileSync(path, 'latin1') }));
}

/** What lint says of these files, with our library beside them. */
export function findingsOf(...files: readonly LintFile[]): readonly Finding[] {
  return lint({ files, library: LIBRARY, commands: COMMANDS }).findings;
}

/** The same of one file of NPCs, as `line rule`. */
export function faultsIn(text: string): readonly string[] {
  return findingsOf({ path: 'npc.txt', text }).map(({ line, rule }) => `${line} ${rule}`);
}

/** An NPC of this body; its first line is line 2. */
export function npcOf(...lines: readonly string[]): string {
  return ['prontera,150,150,4\tscript\tSage\t4_M_SAGE_A,{', ...lines, '}', ''].join('\n');
}

/** A function of an author. */
export function functionOf(name: string, ...lines: readonly string[]): string {
  return [`function\tscript\t${name}\t{`, ...lines, '}', ''].join('\n');
}
