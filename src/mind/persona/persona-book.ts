import { readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeText } from '../../base/decode-text.ts';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import { isSameLanguage } from '../language/language.ts';
import { addPackFolder, packFiles } from '../language/pack-book.ts';
import { toKey } from '../language/words.ts';
import { builtPersona } from './built-personas.ts';
import { type Persona, type PersonaFile, toPersona } from './persona.ts';
import { isTranslation, standIn, translatedFrom } from './persona-languages.ts';
import { parsePersona } from './persona-yaml.ts';

/** The personas that the service speaks as. */
export interface PersonaBook {
  readonly personas: readonly Persona[];
  /**
   * The persona of an NPC by its file's name, its name or one of its npc_ids; the neutral one when nobody has it. With a
   * language: who speaks for it in that one, which is the neutral persona of the language where the NPC has no words in
   * it, and the NPC's own persona where there is none of that either.
   */
  find(npcId: string | number | null, language?: string): Persona;
  /** Whether a persona has this name: `find` gives its persona then, and not the neutral one for want of another. */
  has(npcId: string | number): boolean;
}

/** The folder beside an admin's personas that may have language packs: they go before the package's. */
const PACKS = 'languages';
/** The id of the persona that speaks for every NPC that has none of its own. */
export const NEUTRAL = 'neutral';
/** As far up from src/mind/persona as from dist/mind/persona. */
export const OWN_PERSONAS = fileURLToPath(new URL('../../../personas/', import.meta.url));

/**
 * Reads every .yaml file of a folder; without a folder, the personas that come with the package. A folder without
 * neutral.yaml borrows that one from the package. Throws AiIpcError persona_invalid.
 */
export async function loadPersonas(folder: string = OWN_PERSONAS): Promise<PersonaBook> {
  const paths = await personaPaths(folder);
  if (paths.length === 0) {
    throw new AiIpcError(
      'persona_invalid',
      `The personas folder ${folder} has no .yaml file. Put persona files there.`,
    );
  }
  return createPersonaBook(await Promise.all(withNeutral(paths).map(readPersona)), await lentPaths(folder));
}

/**
 * A book of these personas, one of which has the id neutral, and of those that the package lends in further languages:
 * their files are read when somebody speaks them. Throws AiIpcError persona_invalid when two share an id.
 */
export function createPersonaBook(personas: readonly Persona[], lent: readonly string[] = []): PersonaBook {
  const ids = new Set(personas.map(({ id }) => id));
  const translated = personas.filter((persona) => isTranslation(persona, ids));
  const byId = byKeys(personas.filter((persona) => !translated.includes(persona)));
  // A translation has its NPC's npc_ids, and mostly a name of its own.
  for (const persona of translated)
    for (const key of keysOf(persona)) if (!byId.has(key)) byId.set(key, persona);
  const neutral = byId.get(NEUTRAL);
  if (!neutral)
    throw new AiIpcError('persona_invalid', 'There is no persona with the id neutral. Add neutral.yaml.');
  const own = new Map(translated.map((persona) => [persona.id, persona]));
  const lentById = new Map(lent.map((path) => [toPersonaId(path), path]));
  const byBase = byBaseOf([...own.keys(), ...lentById.keys()]);
  const translationOf = (base: string, language: string): Persona | undefined => {
    const id =
      byBase.get(base)?.find((one) => isSameLanguage(translatedFrom(one)?.code ?? '', language)) ?? '';
    const path = lentById.get(id);
    return own.get(id) ?? (path === undefined ? undefined : readLent(path));
  };
  const inLanguage = (persona: Persona, language: string): Persona => {
    if (isSameLanguage(persona.language, language)) return persona;
    const from = own.has(persona.id) || lentById.has(persona.id) ? translatedFrom(persona.id) : undefined;
    const base = from === undefined ? persona : (byId.get(toNpcKey(from.base)) ?? persona);
    if (isSameLanguage(base.language, language)) return base;
    const itsOwn = translationOf(base.id, language);
    if (itsOwn) return itsOwn;
    const spoken = isSameLanguage(neutral.language, language) ? neutral : translationOf(NEUTRAL, language);
    return spoken === undefined ? persona : standIn(spoken, base);
  };
  return {
    personas,
    find(npcId, language) {
      const persona = npcId === null ? neutral : (byId.get(toNpcKey(npcId)) ?? neutral);
      return language === undefined ? persona : inLanguage(persona, language);
    },
    has: (npcId) => byId.has(toNpcKey(npcId)),
  };
}

/** The ids of translations by the persona that they translate. */
function byBaseOf(ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const byBase = new Map<string, string[]>();
  for (const id of new Set(ids)) {
    const base = translatedFrom(id)?.base ?? id;
    byBase.set(base, [...(byBase.get(base) ?? []), id]);
  }
  return byBase;
}

function byKeys(personas: readonly Persona[]): Map<string, Persona> {
  const byId = new Map<string, Persona>();
  for (const persona of personas) {
    for (const id of keysOf(persona)) {
      const other = byId.get(id);
      if (other) throw sharedId(id, [other, persona]);
      byId.set(id, persona);
    }
  }
  return byId;
}

function keysOf({ id, name, npc_ids }: Persona): ReadonlySet<string> {
  return new Set([id, name, ...npc_ids].map(toNpcKey));
}

/** The persona files of a folder, in the order of their names. Throws AiIpcError persona_invalid. */
export async function personaPaths(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    const message = `The personas folder ${folder} cannot be read: ${messageOf(error)}. Give a folder of .yaml files.`;
    throw new AiIpcError('persona_invalid', message, { cause: error });
  });
  addPackFolder(join(folder, PACKS));
  const hidden = names.find((name) => /\.ya?ml\.txt$/i.test(name));
  if (hidden !== undefined) throw endsInTxt(join(folder, hidden));
  return names
    .filter((name) => /^[^.].*\.ya?ml$/i.test(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => !isOwnTranslation(path));
}

/**
 * The package's own personas in further languages that a folder does not have itself: the neutral ones, and in the
 * package's own folder all. They are read when somebody speaks them: 30 files would be half a second of each start.
 */
export async function lentPaths(folder: string): Promise<readonly string[]> {
  const names = (await readdir(OWN_PERSONAS)).map((name) => join(OWN_PERSONAS, name)).sort();
  const isOwn = resolve(folder) === resolve(OWN_PERSONAS);
  return names.filter(
    (path) => isOwnTranslation(path) && (isOwn || translatedFrom(toPersonaId(path))?.base === NEUTRAL),
  );
}

/** The language packs beside the personas of a folder; of the package's own folder, all of them. */
export function packPaths(folder: string): readonly string[] {
  const isOwn = resolve(folder) === resolve(OWN_PERSONAS);
  return packFiles(isOwn ? join(folder, '..', PACKS) : join(folder, PACKS));
}

function isOwnTranslation(path: string): boolean {
  return dirname(resolve(path)) === resolve(OWN_PERSONAS) && translatedFrom(toPersonaId(path)) !== undefined;
}

/** The paths, and the package's neutral persona where none of them is one. */
export function withNeutral(paths: readonly string[]): readonly string[] {
  const hasNeutral = paths.some((path) => toPersonaId(path) === NEUTRAL);
  return hasNeutral ? paths : [...paths, join(OWN_PERSONAS, `${NEUTRAL}.yaml`)];
}

/**
 * The package's own files as they were parsed last, by path: a service beside another one in the process starts without
 * the 0.2 s of CPU that the seven take.
 */
const ownParsed = new Map<string, { readonly text: string; readonly persona: Persona }>();

/** A lent file is one of the package's own, so it is read at once: somebody waits for its words. */
function readLent(path: string): Persona {
  const text = readFileSync(path, 'utf8');
  const before = ownParsed.get(path);
  if (before?.text === text) return before.persona;
  const persona = toPersonaOf(text, { id: toPersonaId(path), path });
  ownParsed.set(path, { text, persona });
  return persona;
}

/** Reads one file. Throws AiIpcError persona_invalid that names it. */
export async function readPersona(path: string): Promise<Persona> {
  const text = await read(path);
  const before = ownParsed.get(path);
  if (before?.text === text) return before.persona;
  const persona = toPersonaOf(text, { id: toPersonaId(path), path });
  if (path.startsWith(OWN_PERSONAS)) ownParsed.set(path, { text, persona });
  return persona;
}

/** The reader of YAML is loaded only where it is needed: the package's own files were read when it was built. */
function toPersonaOf(text: string, file: PersonaFile): Persona {
  const value = file.path.startsWith(OWN_PERSONAS) ? builtPersona(basename(file.path), text) : undefined;
  return value === undefined ? parsePersona(text, file) : toPersona(value, file);
}

/** The file's name without its ending. */
export function toPersonaId(path: string): string {
  return basename(path, extname(path));
}

/** "Sage of Prontera#1", "Sage of Prontera::sage1" and "sage-of-prontera" are one: what stands behind is not shown in the game. */
function toNpcKey(npcId: string | number): string {
  const shown = String(npcId).split(/#|::/, 1)[0] ?? '';
  return toKey(shown)
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

/** Reading YAML holds up every player: a megabyte for half a second. The largest persona of the package has 63 KB. */
const MAX_FILE_BYTES = 1_048_576;

async function read(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) throw tooLarge(path);
    const decoded = decodeText(await readFile(path), `The persona file ${path}`);
    if (decoded.kind === 'text') return decoded.text;
    throw new AiIpcError('persona_invalid', decoded.problem);
  } catch (error) {
    if (error instanceof AiIpcError) throw error;
    throw new AiIpcError('persona_invalid', `The persona file ${path} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** Notepad adds .txt, and Explorer hides it: the NPC would have no persona, and nobody would see why. */
function endsInTxt(path: string): AiIpcError {
  return new AiIpcError(
    'persona_invalid',
    `The persona file ${path} ends in .txt. Take .txt off its name, or move it away.`,
  );
}

function tooLarge(path: string): AiIpcError {
  return new AiIpcError(
    'persona_invalid',
    `The persona file ${path} has more than ${MAX_FILE_BYTES} bytes. Leave out what the NPC does not need.`,
  );
}

function sharedId(id: string, [first, second]: readonly [Persona, Persona]): AiIpcError {
  return new AiIpcError(
    'persona_invalid',
    `The personas ${first.id} and ${second.id} both answer to ${JSON.stringify(id)}: change the name or npc_ids of one.`,
  );
}
