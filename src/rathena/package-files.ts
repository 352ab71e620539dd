import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { AiIpcError } from '../base/errors.ts';
import { type DefinedCommand, definedCommands, includeLine } from './include-line.ts';

/** The settings of the commands: the admin's own once edited, so never overwritten. */
export const SETTINGS_FILE = 'conf/import/ai_ipc.conf';

/** What is copied over rAthena. The licence and the README beside these folders would overwrite its own. */
const FOLDERS = ['src', 'conf', 'npc'];
const VERSION_FILE = 'src/custom/ai_ipc/version.h';
const COMMANDS_FILE = 'src/custom/script_ai_ipc_def.inc';

/** What includes script.inc. The Makefile knows of script.inc since October 2022 only; this it always knew. */
export const SCRIPT_SOURCE = 'src/map/script.cpp';

/** rAthena's files that include ours. script.inc comes last: make looks at its time. */
export const INCLUDES = [
  { path: 'src/custom/script_def.inc', file: 'script_ai_ipc_def.inc' },
  { path: 'src/custom/script.inc', file: 'script_ai_ipc.cpp' },
].map(({ path, file }) => ({ path, file, line: includeLine(file) }));

/** The folder rathena/ of this package. */
export interface PackageFiles {
  readonly version: string;
  /** By path in the tree, with slashes, in the order in which they are written. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** The script commands that these files define. */
  readonly commands: readonly DefinedCommand[];
}

export function readPackage(folder: string): PackageFiles {
  const paths = FOLDERS.flatMap((name) => filesBelow(folder, name)).sort();
  const files = new Map(paths.map((path) => [path, readFileSync(join(folder, path))]));
  const commands = definedCommands(files.get(COMMANDS_FILE)?.toString('latin1') ?? '');
  const version = versionIn(files.get(VERSION_FILE));
  if (version !== undefined && commands.length > 0) return { version, files, commands };
  throw new AiIpcError(
    'bad_argument',
    `${folder} does not hold AI IPC's files for rAthena (${VERSION_FILE}, ${COMMANDS_FILE}): this installation of ai-ipc is not whole. Install it again.`,
  );
}

/** The version that a tree's own files say, for one that was filled by hand. */
export function versionIn(header: Buffer | undefined): string | undefined {
  return /#define\s+AI_IPC_VERSION\s+"([^"]+)"/.exec(header?.toString('latin1') ?? '')?.[1];
}

/** SHA-256 of a text file. Git on Windows may have changed the line ends: that is no edit. */
export function fingerprint(bytes: Buffer): string {
  const text = bytes.toString('latin1').replaceAll('\r\n', '\n');
  return createHash('sha256').update(text, 'latin1').digest('hex');
}

/** Files whose name begins with a dot are an editor's or a system's. */
function filesBelow(folder: string, name: string): string[] {
  return readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.split(sep).join('/'));
}

/** The folder of the NPCs in a tree. */
export const NPC_FOLDER = 'npc/custom/ai-world/';
const LIBRARY = `${NPC_FOLDER}ai_ipc_lib.txt`;

/** What scripts_custom.conf loads for the functions F_AI_…, as the head of the library itself says. */
export function libraryLines({ files }: PackageFiles): readonly string[] {
  const [head = ''] = (files.get(LIBRARY)?.toString('latin1') ?? '').split(/^function/m, 1);
  const paths = [...head.matchAll(/^\/\/= npc: (\S+)/gm)].map(([, path = '']) => path);
  return (paths.length === 0 ? [LIBRARY] : paths).map((path) => `npc: ${path}`);
}
