import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { AiIpcError, messageOf } from '../base/errors.ts';

const SCRIPT_HEADER = 'src/map/script.hpp';
/** The commands need it, and no rAthena before 2020-01 has it. */
const NEEDED_WORD = /\bscript_getnum64\b/;
const SQL_LIBRARY =
  'An older one can load ai_ipc_lib.txt and ai_ipc_lib_sql.txt of npc/custom/ai-world, which need no C++.';

/**
 * The real path of a rAthena source tree of 2020-01 or later.
 *
 * @throws AiIpcError rathena_unknown for everything else.
 */
export function openTree(dir: string): string {
  return reading(dir, () => {
    const stat = statSync(dir, { throwIfNoEntry: false });
    if (stat === undefined) throw unknown(dir, 'does not exist');
    if (!stat.isDirectory()) throw unknown(dir, 'is a file, not a folder');
    const root = realpathSync(dir);
    const header = readIfThere(join(root, SCRIPT_HEADER))?.toString('latin1');
    if (header !== undefined && NEEDED_WORD.test(header)) return root;
    throw unknown(dir, whatElse(root, header));
  });
}

/**
 * The place of a file in the tree, with links followed. The file and its folders need not be there.
 *
 * @throws AiIpcError rathena_conflict when a link leads out of the tree, or a file stands where a folder must be, or the
 * other way round.
 */
export function locate(root: string, path: string): string {
  return reading(join(root, path), () => locateAt(root, path));
}

/** The bytes of a file, undefined when it is not there. */
export function readIfThere(path: string): Buffer | undefined {
  return reading(path, () => {
    return statSync(path, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(path);
  });
}

/** What the file system refuses is told as a sentence. */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof AiIpcError) throw cause;
    throw new AiIpcError(
      'storage_failed',
      `${path} cannot be read (${messageOf(cause)}). Nothing was changed. Give this user the right to read it.`,
      { cause },
    );
  }
}

function locateAt(root: string, path: string): string {
  const names = path.split('/');
  let at = root;
  for (const [index, name] of names.entries()) {
    const next = join(at, name);
    const link = lstatSync(next, { throwIfNoEntry: false });
    if (link === undefined) return join(at, ...names.slice(index));
    at = link.isSymbolicLink() ? followInside(root, next) : next;
    const isFile = index === names.length - 1;
    const stat = statSync(at);
    if (isFile ? !stat.isFile() : !stat.isDirectory()) throw wrongKind(at, isFile);
  }
  return at;
}

function followInside(root: string, link: string): string {
  const target = realpathOrNone(link);
  const way = target === undefined ? '..' : relative(root, target);
  if (target !== undefined && way !== '..' && !way.startsWith(`..${sep}`) && join(root, way) === target)
    return target;
  const where = target === undefined ? 'to nothing' : `out of the tree, to ${target}`;
  throw new AiIpcError(
    'rathena_conflict',
    `${link} is a link that leads ${where}. Nothing was changed. Replace it by a folder or file of the tree, or name the folder that it leads to.`,
  );
}

function realpathOrNone(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch (error) {
    // A link to nothing, or a circle of links.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ELOOP'))
      return undefined;
    throw error;
  }
}

function whatElse(root: string, header: string | undefined): string {
  const has = (path: string) => statSync(join(root, path), { throwIfNoEntry: false }) !== undefined;
  if (header !== undefined || has('src/map/script.c')) {
    if (has('src/common/HPM.c')) return 'is Hercules; these commands are for rAthena';
    return `is an rAthena from before 2020-01: its script code has no script_getnum64. Update it. ${SQL_LIBRARY}`;
  }
  return `is not the source of rAthena: it has no ${SCRIPT_HEADER}. Name the folder that has rAthena's src, conf and npc in it`;
}

function unknown(dir: string, what: string): AiIpcError {
  const sentence = `"${dir}" ${what}`;
  return new AiIpcError('rathena_unknown', `${sentence.replace(/\.$/, '')}. Nothing was changed.`);
}

function wrongKind(path: string, isFile: boolean): AiIpcError {
  const [is, needed] = isFile ? ['a folder', 'a file'] : ['a file', 'a folder'];
  return new AiIpcError(
    'rathena_conflict',
    `${path} is ${is}, and AI IPC needs ${needed} of that name. Nothing was changed. Rename it and try again.`,
  );
}
