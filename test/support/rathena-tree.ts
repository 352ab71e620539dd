import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach } from 'vitest';

/** Texts by path, with slashes. */
export type Files = Readonly<Record<string, string>>;

const folders: string[] = [];

/** Deletes the trees of a test after it. */
export function useTrees(): void {
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
}

/** Made up: as little of a rAthena source as the installer looks at, and files that are none of its business. */
const TREE: Files = {
  'src/map/script.hpp': '#define script_getnum64(st,val) made_up\n',
  'src/map/script.cpp': '#include "../custom/script.inc"\n#include "../custom/script_def.inc"\n',
  'src/custom/script.inc': '/** Bodies of commands.\n **/\n\n//BUILDIN_FUNC(example)\n',
  'src/custom/script_def.inc': '/** Rows of commands.\n **/\n\n//BUILDIN_DEF(example,""),\n',
  'src/custom/defines.hpp': '#define OTHER 1\n',
  'conf/import-tmpl/battle_conf.txt': 'a: 1\n',
  'npc/scripts_custom.conf': '//npc: npc/custom/mine.txt\n',
  'npc/custom/mine.txt': '- script mine -1,{\r\n}\r\n',
  '.gitignore': '/conf/import\n/src/custom\n',
  'map.bin': '\0\u0001\r\n\n',
};

/** Made up as well: what the package's own rathena/ folder looks like. */
export const PACKAGE: Files = {
  LICENSE: 'not copied\n',
  'README.md': 'not copied\n',
  'src/custom/script_ai_ipc.cpp': '#include "ai_ipc/version.h"\nBUILDIN_FUNC(ai_db_request) {}\n',
  'src/custom/script_ai_ipc_def.inc':
    'BUILDIN_DEF(ai_db_request,"sss??"),\nBUILDIN_DEF2(x,"ai_db_status","i"),\n',
  'src/custom/ai_ipc/version.h': '#define AI_IPC_VERSION "1.0.0"\n',
  'conf/import/ai_ipc.conf': 'client_codepage: default\n',
  'npc/custom/ai-world/ai_ipc_lib.txt': '- script lib -1,{\n}\n',
  'npc/custom/ai-world/test/test_ai_ipc_commands.txt': '- script test -1,{\n}\n',
};

/** A new rAthena tree; a text of undefined leaves a file out. */
export function newTree(changes: Readonly<Record<string, string | undefined>> = {}): string {
  return newFiles({ ...TREE, ...changes });
}

/** A new folder like rathena/ of this package. */
export function newPackage(changes: Readonly<Record<string, string | undefined>> = {}): string {
  return newFiles({ ...PACKAGE, ...changes });
}

export function newFiles(files: Readonly<Record<string, string | undefined>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-tree-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) if (text !== undefined) put(folder, path, text);
  return folder;
}

/** Writes a file of a tree; text is latin1. */
export function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, 'latin1');
}

export function textOf(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'latin1');
}

/** Everything in a folder: the SHA-256 of each file, the target of each link, and the folders. */
export function snapshot(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const place = join(entry.parentPath, entry.name);
    const path = relative(folder, place);
    if (entry.isSymbolicLink()) return [path, `link to ${readlinkSync(place)}`];
    if (entry.isDirectory()) return [path, 'folder'];
    return [path, createHash('sha256').update(readFileSync(place)).digest('hex')];
  });
  return Object.fromEntries(entries.sort());
}
