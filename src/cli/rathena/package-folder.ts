import { join, resolve } from 'node:path';
import { AiIpcError } from '../../base/errors.ts';
import { type PackageFiles, readPackage } from '../../rathena/package-files.ts';

/** The folder rathena/ of this package. */
export const PACKAGE_FOLDER = join(import.meta.dirname, '../../../rathena');

export function packageFiles(): PackageFiles {
  return readPackage(PACKAGE_FOLDER);
}

/** An unset variable in a script must not become the current folder. */
export function folderFrom(dir: string): string {
  if (dir !== '') return resolve(dir);
  throw new AiIpcError('bad_argument', 'The folder of the rAthena source is "". Name it.');
}
