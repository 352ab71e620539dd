import { findInclude } from './include-line.ts';
import { type PackageFiles, SETTINGS_FILE, versionIn } from './package-files.ts';
import { readRecord } from './record.ts';
import { type SurveyedFile, surveyFiles, surveyIncludes } from './survey.ts';
import { locate, openTree, readIfThere } from './tree.ts';

export interface CheckReport {
  readonly root: string;
  /** False when nothing of ours is there. */
  readonly isThere: boolean;
  /** The version in the tree; undefined where only some files were copied by hand. */
  readonly version: string | undefined;
  /** How the tree differs from what this package would install: a sentence each. */
  readonly differences: readonly string[];
  /** What is good to know and no mistake: a sentence each. */
  readonly notes: readonly string[];
  /** Files of ours that somebody has edited: `install` refuses to write over them. */
  readonly edited: readonly string[];
}

/**
 * What is installed in a tree, and how that differs from this package. Nothing is changed.
 *
 * @throws AiIpcError rathena_unknown or rathena_conflict.
 */
export function check({ dir, files }: { readonly dir: string; readonly files: PackageFiles }): CheckReport {
  const root = openTree(dir);
  const record = readRecord(root);
  const found = surveyFiles(root, files, record);
  const includes = surveyIncludes(root);
  const hasLine = includes.some(({ text, file }) => findInclude(text, file) > 0);
  const isThere = found.some(({ state, path }) => state !== 'missing' && path !== SETTINGS_FILE);
  if (record === undefined && !hasLine && !isThere)
    return { root, isThere: false, version: undefined, differences: [], notes: [], edited: [] };
  const header = readIfThere(locate(root, 'src/custom/ai_ipc/version.h'));
  const version = record?.version ?? versionIn(header);
  return {
    root,
    isThere: true,
    version,
    differences: [
      ...(version === undefined || version === files.version
        ? []
        : [`This package has version ${files.version}.`]),
      ...found.flatMap(differenceOf),
      ...includes
        .filter(({ text, file }) => findInclude(text, file) === 0)
        .map(({ path, line }) => `${path} has no line ${line}`),
    ],
    notes: [
      ...(record === undefined ? ['There is no record of an installation: was it copied by hand?'] : []),
      ...found.filter(isEditedSettings).map(({ path }) => `${path} is edited: it is yours, and is kept.`),
    ],
    edited: found
      .filter((file) => file.state === 'edited' && !isEditedSettings(file))
      .map(({ path }) => path),
  };
}

function differenceOf(file: SurveyedFile): string[] {
  const { path, state, isInPackage } = file;
  if (isEditedSettings(file)) return [];
  if (state === 'edited') return [`${path} is edited`];
  if (state === 'missing') return isInPackage ? [`${path} is missing`] : [];
  if (!isInPackage) return [`${path} belongs to an older version`];
  return state === 'older' ? [`${path} is that of an older version`] : [];
}

function isEditedSettings({ path, state }: SurveyedFile): boolean {
  return path === SETTINGS_FILE && state === 'edited';
}
