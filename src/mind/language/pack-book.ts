import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import { type LanguagePack, toPack } from './pack-schema.ts';

/** As far up from src/mind/language as from dist/mind/language. */
const OWN_FOLDER = fileURLToPath(new URL('../../../languages/', import.meta.url));
const BUILT_FOLDER = fileURLToPath(new URL('../../../dist/languages/', import.meta.url));
const ENDING = /\.ya?ml$/i;

/** Where packs are looked for, in this order: an admin's own go before the package's. */
const folders = { own: OWN_FOLDER, added: undefined as string | undefined };
const packs = new Map<string, LanguagePack>();
let paths: ReadonlyMap<string, string> | undefined;

/** The codes of all languages that there is a pack for, such as en and pt-BR. */
export function packCodes(): readonly string[] {
  return [...pathsByCode().keys()];
}

/** The pack of a language by its code: th, pt for pt-BR and en-GB for en too. Undefined where there is none. */
export function packOf(code: string): LanguagePack | undefined {
  const known = packCodeOf(code);
  const path = known === undefined ? undefined : pathsByCode().get(known);
  if (known === undefined || path === undefined) return undefined;
  const read = packs.get(known) ?? readPack(path);
  packs.set(known, read);
  return read;
}

/** Every pack. Each is read when it is asked for first: who needs one language takes packOf. */
export function allPacks(): readonly LanguagePack[] {
  return packCodes().flatMap((code) => packOf(code) ?? []);
}

/** The code of the pack that serves for a language; undefined where none does. */
export function packCodeOf(code: string): string | undefined {
  const codes = pathsByCode();
  if (codes.has(code)) return code;
  const wanted = code.toLowerCase();
  const [language = ''] = wanted.split('-');
  const names = [...codes.keys()];
  return (
    names.find((one) => one.toLowerCase() === wanted) ??
    names.find((one) => one.toLowerCase() === language) ??
    names.find((one) => one.toLowerCase().startsWith(`${language}-`))
  );
}

/**
 * Takes up the packs of one more folder, where it exists: they go before the package's of the same code. Throws AiIpcError
 * persona_invalid for one that cannot be used, so that it is told at the start and not to a player.
 */
export function addPackFolder(folder: string): void {
  const files = packFiles(folder);
  if (folders.added === folder || files.length === 0) return;
  for (const file of files) readPack(file);
  folders.added = folder;
  paths = undefined;
  packs.clear();
}

/** Reads a pack file. Throws AiIpcError persona_invalid that names it and what is wrong. */
export function readPack(path: string): LanguagePack {
  const code = basename(path).replace(ENDING, '');
  try {
    const text = readFileSync(path, 'utf8');
    return toPack(builtPack(path, text) ?? parseYaml(text), { code, path });
  } catch (error) {
    if (error instanceof AiIpcError) throw error;
    throw new AiIpcError('persona_invalid', `The language pack ${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function pathsByCode(): ReadonlyMap<string, string> {
  paths ??= new Map(
    [folders.own, ...(folders.added === undefined ? [] : [folders.added])].flatMap((folder) =>
      packFiles(folder).map((path) => [basename(path).replace(ENDING, ''), path] as const),
    ),
  );
  return paths;
}

/** The pack files of a folder; none where there is no such folder. Throws AiIpcError persona_invalid. */
export function packFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => ENDING.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    // Most admins add none, and have no such folder.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new AiIpcError('persona_invalid', `The folder ${folder} cannot be read: ${messageOf(error)}.`);
  }
}

/** What was read of one of the package's own files when it was built; undefined where it has been edited since. */
function builtPack(path: string, text: string): unknown {
  if (!path.startsWith(OWN_FOLDER)) return undefined;
  try {
    const file = join(BUILT_FOLDER, basename(path).replace(ENDING, '.json'));
    const built = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly text: string;
      readonly value: unknown;
    };
    return built.text === text ? built.value : undefined;
  } catch {
    // Built by tsc alone: the YAML is read.
    return undefined;
  }
}

/** Loaded only where it is needed, and at once: who asks for a language is answering a player. */
function parseYaml(text: string): unknown {
  const { parse } = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  return parse(text);
}
