import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckReport, check } from './check.ts';
import {
  type MapDatabase,
  mapDatabaseIn,
  type SettingLine,
  settingLines,
  settingsIn,
} from './map-settings.ts';
import {
  INCLUDES,
  libraryLines,
  NPC_FOLDER,
  type PackageFiles,
  SCRIPT_SOURCE,
  SETTINGS_FILE,
} from './package-files.ts';
import { locate, readIfThere } from './tree.ts';

/** What there is to know of the game's side, before anything is judged. */
export interface GameFacts {
  readonly tree: TreeFacts;
  /** Undefined where the database was not looked at. */
  readonly database: DatabaseFacts | undefined;
}

export interface TreeFacts {
  readonly report: CheckReport;
  readonly build: BuildFacts;
  /** The lines of conf/import/ai_ipc.conf, and the values that the package's own has. */
  readonly settings: readonly SettingLine[];
  readonly defaults: ReadonlyMap<string, string>;
  readonly mapDatabase: MapDatabase | undefined;
  /** What npc/scripts_custom.conf loads of ours. */
  readonly loaded: readonly LoadedFile[];
  /** The lines that load the library. */
  readonly libraryLines: readonly string[];
  /** What F_AI_Setting gives as the codepage; undefined where it is not told. */
  readonly libraryCodepage: string | undefined;
}

/** A script of our folder, and which functions F_AI_… it has and calls. */
export interface LoadedFile {
  readonly path: string;
  readonly functions: readonly string[];
  readonly calls: readonly string[];
}

interface BuildFacts {
  /** The map server's program; undefined where there is none. */
  readonly program: string | undefined;
  /** Files that were changed since it was built. */
  readonly newer: readonly string[];
  /** Files of ours that were changed since make last looked: it does not see that. */
  readonly unseen: readonly string[];
  /** Whether the program has the commands in it. */
  readonly hasCommands: boolean;
}

/** What was found with the map server's own user. */
export type DatabaseFacts =
  | { readonly name: string; readonly trouble: string }
  | {
      readonly name: string;
      readonly trouble: undefined;
      /** Rights of deploy/grants.sql that the user lacks, such as `DELETE on ai_requests`. */
      readonly missingRights: readonly string[];
      readonly characterSets: readonly string[];
      /** What a connection has without a setting. */
      readonly connectionCodepage: string;
      /** What was asked last. */
      readonly texts: readonly string[];
      readonly livingWorkers: number;
      /** The database of the worker's settings here, where that is another one. */
      readonly otherDatabase: string | undefined;
      /** A request there and back; undefined where nobody would have served it. */
      readonly way: { readonly ms: number; readonly trouble: string | undefined } | undefined;
    };

const MAP_SERVERS = ['map-server', 'map-server.exe'];
const INTER_CONF = 'conf/inter_athena.conf';
/** In the order in which they are read: a later value wins. */
const INTER_FILES = [INTER_CONF, 'conf/import/inter_conf.txt'];
const CUSTOM_SCRIPTS = 'npc/scripts_custom.conf';
/** Stands in every program that was built with our files, however it was built. */
const MARK = 'ai_db_request';
const CHUNK_BYTES = 1_048_576;

/**
 * Everything that the tree tells. Nothing is changed.
 *
 * @throws AiIpcError rathena_unknown, rathena_conflict or storage_failed.
 */
export function readTree({ dir, files }: { readonly dir: string; readonly files: PackageFiles }): TreeFacts {
  const report = check({ dir, files });
  const { root } = report;
  const text = (path: string) => readIfThere(locate(root, path))?.toString('latin1') ?? '';
  return {
    report,
    build: buildFacts(root, files),
    settings: settingLines(text(SETTINGS_FILE).replace(/^\xEF\xBB\xBF/, '')),
    defaults: settingsIn(files.files.get(SETTINGS_FILE)?.toString('latin1') ?? ''),
    mapDatabase: mapDatabaseIn(settingsIn(...INTER_FILES.map(text))),
    loaded: loadedIn(text(CUSTOM_SCRIPTS), text),
    libraryLines: libraryLines(files),
    libraryCodepage: libraryCodepage(root, files),
  };
}

function buildFacts(root: string, { files }: PackageFiles): BuildFacts {
  const program = MAP_SERVERS.map((name) => join(root, name)).find(
    (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
  );
  const ours = [...files.keys()].filter((path) => path.startsWith('src/'));
  const sources = [...INCLUDES.map(({ path }) => path), ...ours];
  const timeOf = (path: string) => statSync(locate(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const builtMs = program === undefined ? 0 : statSync(program).mtimeMs;
  const lookedMs = Math.max(...[...INCLUDES.map(({ path }) => path), SCRIPT_SOURCE].map(timeOf));
  const newer = sources.filter((path) => timeOf(path) > builtMs);
  return {
    program,
    newer: program === undefined ? [] : newer,
    unseen: program === undefined ? [] : newer.filter((path) => timeOf(path) > lookedMs),
    hasCommands: program !== undefined && holds(program, MARK),
  };
}

/** Programs with what debuggers need have 100 MB: read piece by piece. */
function holds(path: string, mark: string): boolean {
  const wanted = Buffer.from(mark);
  const chunk = Buffer.alloc(CHUNK_BYTES + wanted.length);
  const file = openSync(path, 'r');
  try {
    for (let at = 0; ; at += CHUNK_BYTES) {
      const length = readSync(file, chunk, 0, chunk.length, at);
      if (chunk.subarray(0, length).includes(wanted)) return true;
      if (length < chunk.length) return false;
    }
  } finally {
    closeSync(file);
  }
}

function loadedIn(conf: string, text: (path: string) => string): readonly LoadedFile[] {
  return settingLines(conf)
    .filter(({ key, value }) => key === 'npc' && value.startsWith(NPC_FOLDER) && !value.includes('..'))
    .map(({ value: path }) => ({
      path,
      functions: namesIn(text(path), /^function[ \t]+script[ \t]+(F_AI_\w+)/gm),
      calls: namesIn(text(path), /\bcallfunc[ \t(]+"(F_AI_\w+)"/g),
    }));
}

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))];
}

/** As the library's own text has it: `if (.@name$ == "codepage") return "";`. */
function libraryCodepage(root: string, { files }: PackageFiles): string | undefined {
  const found = [...files.keys()]
    .filter((path) => path.startsWith(NPC_FOLDER))
    .map((path) => readIfThere(locate(root, path))?.toString('latin1') ?? '')
    .map((text) => /"codepage"\)\s*return\s*"(\w*)"/.exec(text)?.[1]);
  return found.find((value) => value !== undefined && value !== '');
}
