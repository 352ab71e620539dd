import { AiIpcError } from '../base/errors.ts';
import { type Change, removeLeftovers } from './changes.ts';
import { fingerprint, INCLUDES, type PackageFiles } from './package-files.ts';
import { type InstallationRecord, isRecorded, RECORD_FILE } from './record.ts';
import { locate, readIfThere } from './tree.ts';

/** current: as this package has it. older: as an installation wrote it. edited: by somebody else. */
export type FileState = 'missing' | 'current' | 'older' | 'edited';

/** A file of ours and what the tree has in its place. */
export interface SurveyedFile {
  /** In the tree, with slashes. */
  readonly path: string;
  /** On the disk. */
  readonly place: string;
  readonly state: FileState;
  /** False for a file of an older version that this one has no more. */
  readonly isInPackage: boolean;
}

/** One of rAthena's files that include ours. */
export interface SurveyedInclude {
  readonly path: string;
  readonly place: string;
  readonly file: string;
  readonly line: string;
  /** As latin1: a character a byte. */
  readonly text: string;
}

/** Every file of this package and of the installation before, as the tree has it. */
export function surveyFiles(
  root: string,
  { files }: PackageFiles,
  record: InstallationRecord | undefined,
): SurveyedFile[] {
  const earlier = [record?.files, record?.previous].flatMap((list) => Object.keys(list ?? {}));
  return [...new Set([...files.keys(), ...earlier])].map((path) => {
    const place = locate(root, path);
    const bytes = readIfThere(place);
    const packaged = files.get(path);
    return { path, place, state: stateOf({ path, bytes, packaged, record }), isInPackage: files.has(path) };
  });
}

/** Deletes what a killed run may have left beside the files that one of us writes. Gives the paths that a program holds. */
export function sweep(root: string, found: readonly SurveyedFile[]): string[] {
  const others = [RECORD_FILE, ...INCLUDES.map(({ path }) => path)].map((path) => locate(root, path));
  return [...found.map((file) => file.place), ...others].flatMap(removeLeftovers);
}

/** script_def.inc and script.inc; one that is missing is left out. */
export function surveyIncludes(root: string): SurveyedInclude[] {
  return INCLUDES.flatMap((include) => {
    const place = locate(root, include.path);
    const bytes = readIfThere(place);
    return bytes === undefined ? [] : [{ ...include, place, text: bytes.toString('latin1') }];
  });
}

/**
 * The same, both of them.
 *
 * @throws AiIpcError rathena_unknown when one is missing, or script.cpp does not include it.
 */
export function requireIncludes(root: string): SurveyedInclude[] {
  const found = surveyIncludes(root);
  const source = readIfThere(locate(root, 'src/map/script.cpp'))?.toString('latin1') ?? '';
  for (const { path } of INCLUDES) {
    const name = path.replace('src/', '');
    if (!source.includes(name)) throw unknown(root, `its src/map/script.cpp does not include ${name}`);
    if (!found.some((include) => include.path === path))
      throw unknown(root, `${path} is missing; \`git checkout ${path}\` brings it back`);
  }
  return found;
}

function unknown(root: string, what: string): AiIpcError {
  return new AiIpcError(
    'rathena_unknown',
    `"${root}" is not as rAthena comes: ${what}. Without it no command can be added. Nothing was changed.`,
  );
}

interface FoundFile {
  readonly path: string;
  readonly bytes: Buffer | undefined;
  readonly packaged: Buffer | undefined;
  readonly record: InstallationRecord | undefined;
}

function stateOf({ path, bytes, packaged, record }: FoundFile): FileState {
  if (bytes === undefined) return 'missing';
  const print = fingerprint(bytes);
  if (packaged !== undefined && print === fingerprint(packaged)) return 'current';
  return isRecorded(record, path, print) ? 'older' : 'edited';
}

/** Changes that let make build these files again; one that is not there is left out. */
export function touches(root: string, paths: readonly string[]): Change[] {
  return paths
    .map((path) => locate(root, path))
    .filter((path) => readIfThere(path) !== undefined)
    .map((path) => ({ kind: 'touch', path }));
}
