import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Suite, unpackPackages } from './debian-packages.ts';
import { makeOwnFolder } from './own-folder.ts';

export interface FetchedPackages {
  readonly suite: Suite;
  readonly packages: readonly string[];
  /** What a script of the packages starts, or we do. */
  readonly programs: readonly string[];
}

/**
 * Where these packages are: fetched once into a cache outside the repository, in a folder of this name. Their programs run
 * with the libraries of their own suite, down to libc.
 */
export async function fetchPackages(name: string, fetched: FetchedPackages): Promise<string> {
  const folder = join(cacheFolder(), name);
  if (!existsSync(folder)) {
    mkdirSync(dirname(folder), { recursive: true });
    const work = makeOwnFolder(dirname(folder), `.${basename(folder)}-`);
    try {
      await fill(work, folder, fetched);
      putInPlace(work, folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return folder;
}

/** The server's user, who is not root, must be able to read it: nobody but root enters /root. */
function cacheFolder(): string {
  const chosen = process.env['AI_IPC_CACHE'];
  if (chosen) return join(chosen, 'servers');
  if (process.getuid?.() === 0) return '/var/cache/ai-ipc/servers';
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ai-ipc', 'servers');
}

/** `folder` comes into being with all that it holds, or not at all. */
async function fill(
  work: string,
  folder: string,
  { suite, packages, programs }: FetchedPackages,
): Promise<void> {
  process.stderr.write(`Fetching ${packages.join(' and ')} of Debian ${suite} into ${folder}, once.\n`);
  const root = join(work, 'root');
  const aptFolder = join(work, 'apt');
  mkdirSync(root);
  await unpackPackages({ suite, packages, root, aptFolder });
  rmSync(aptFolder, { recursive: true });
  for (const program of programs) useOwnLibraries(work, folder, program);
  chmodSync(work, 0o755);
}

/** Of two that fetch at once, the first has made the place. */
function putInPlace(work: string, folder: string): void {
  try {
    renameSync(work, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

/**
 * A program asks for /lib64/ld-linux-x86-64.so.2, which is the machine's and takes the machine's libc: the script in its
 * place starts it with its own. `folder` is where all of it will be.
 */
function useOwnLibraries(work: string, folder: string, program: string): void {
  const path = join(work, 'root', program);
  if (!existsSync(path) || lstatSync(path).isSymbolicLink()) return;
  const { loader, folders } = librariesOf(join(work, 'root'));
  renameSync(path, `${path}.elf`);
  const there = (place: string) => join(folder, 'root', place);
  const start = `"${there(loader)}" --library-path "${folders.map(there).join(':')}" "${there(`${program}.elf`)}"`;
  writeFileSync(path, `#!/bin/sh\nexec ${start} "$@"\n`, { mode: 0o755 });
}

/** In the folders of this machine's architecture, x86_64-linux-gnu or another; below / before Debian 12, and below /usr. */
function librariesOf(root: string): { loader: string; folders: string[] } {
  const folders = ['usr/lib', 'lib']
    .filter((parent) => existsSync(join(root, parent)))
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name)))
    .filter((folder) => folder.endsWith('-linux-gnu'));
  const loader = folders
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
    .find((file) => /\/ld-linux[^/]*\.so\.\d+$/.test(file));
  if (!loader) throw new Error(`The packages hold no ld-linux*.so for this machine (looked in ${folders}).`);
  return { loader, folders: [...folders, ...ownFoldersIn(root, folders)] };
}

/** llama.cpp keeps the greater part of its programs in a folder of its own, which their file names by its installed path. */
function ownFoldersIn(root: string, folders: readonly string[]): string[] {
  return folders.map((folder) => join(folder, 'llama')).filter((folder) => existsSync(join(root, folder)));
}
