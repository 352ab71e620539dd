import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import { CODEPAGE_NAMES, type CodepageName, encodeText } from '../../game-text/codepage.ts';
import { settingsIn } from '../../rathena/map-settings.ts';
import {
  MOST_NAME_BYTES,
  MOST_SHOWN_BYTES,
  type NewNpc,
  newNpc,
  placeFrom,
  spriteFrom,
} from '../../rathena/new-npc.ts';
import { libraryLines } from '../../rathena/package-files.ts';
import { settingsFrom } from '../base/settings-options.ts';
import { print } from '../base/terminal.ts';
import { packageFiles } from './package-folder.ts';

interface NewOptions {
  readonly at: string;
  readonly sprite: string;
  readonly role?: string;
  readonly to?: string;
  readonly personas?: string;
  readonly codepage?: string;
}

/** In every client since 2004. */
const DEFAULT_SPRITE = '4_M_SEAMAN';
const UTF8 = ['utf8', 'utf8mb4'];
const CUSTOM = 'npc/custom';

/** `ai-ipc rathena new NAME --at PLACE`: the script and the persona of an NPC that talks at once. */
export function newCommand(): Command {
  return new Command('new')
    .description('write the script and the persona of a new NPC, which talks at once')
    .argument('<name>', 'what players read over its head: 23 characters at most')
    .requiredOption(
      '--at <map,x,y>',
      'where it stands, such as prontera,160,180; a fourth number is its direction',
    )
    .option('--sprite <NAME>', 'what it looks like', DEFAULT_SPRITE)
    .option('--role <WORD>', 'what it does for a living (default: as its name has it)')
    .option(
      '--to <DIR>',
      'a folder for both files, or a rAthena source tree: then the script goes into its npc/custom (default: the current folder)',
    )
    .option('--personas <DIR>', 'a folder for the persona (default: AI_PERSONAS, else where the script goes)')
    .option('--codepage <NAME>', 'what the game clients speak; for names with letters beyond A to Z')
    .addHelpText(
      'after',
      `
Nothing is overwritten. It prints the lines for npc/scripts_custom.conf and what is left to do.

Exit codes: 0 written; 1 a file is there already, or cannot be written; 2 wrong name, place or option; 78 another persona
answers to this name.

Example:
  ai-ipc rathena new "Old Fisherman" --at prontera,160,180 --to /home/ragnarok/rathena`,
    )
    .action(runNew);
}

/** Where the two files go. */
interface Places {
  readonly script: string;
  readonly persona: string;
  /** As scripts_custom.conf names it: from the root of the tree. */
  readonly loaded: string;
  /** Undefined outside of a rAthena tree. */
  readonly root: string | undefined;
}

async function runNew(name: string, options: NewOptions): Promise<void> {
  const { role } = options;
  const npc = newNpc({ name, place: placeFrom(options.at), sprite: spriteFrom(options.sprite), role });
  const places = placesFor(npc, options);
  const bytes = await encodeScript(npc.script([...libraryLines(packageFiles()), `npc: ${places.loaded}`]), {
    name,
    ...options,
    root: places.root,
  });
  await refuseSharedName(npc, places.persona);
  writeBoth([
    { path: places.script, bytes },
    { path: places.persona, bytes: Buffer.from(npc.persona) },
  ]);
  print(...linesFor(npc, places));
}

function placesFor(npc: NewNpc, { to, personas }: NewOptions): Places {
  const folder = resolve(to ?? '.');
  const root = treeAround(folder);
  const script = join(root === folder ? join(root, CUSTOM) : folder, npc.scriptName);
  const own = personas ?? settingsFrom({}).service.personasDir;
  const persona = join(own === null ? dirname(script) : resolve(own), npc.personaName);
  const loaded =
    root === undefined ? `${CUSTOM}/${npc.scriptName}` : relative(root, script).split(sep).join('/');
  return { script, persona, loaded, root };
}

/** The rAthena source tree that a folder is, or is in. */
function treeAround(folder: string): string | undefined {
  if (existsSync(join(folder, 'npc/scripts_custom.conf'))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : treeAround(above);
}

interface Encoding extends Pick<NewOptions, 'codepage'> {
  readonly name: string;
  readonly root: string | undefined;
}

/** The map server hands the bytes of a name to the clients as they are. */
async function encodeScript(text: string, { name, codepage, root }: Encoding): Promise<Buffer> {
  const wanted = codepage ?? (root === undefined ? undefined : codepageOf(root));
  const encode = async (words: string) => {
    const utf8 = Buffer.from(words);
    // ASCII, a byte for each character, is the same in every codepage.
    if (utf8.length === words.length || UTF8.includes(wanted ?? '')) return utf8;
    return await encodeText(codepageFrom(wanted, name), words);
  };
  const [shown = ''] = name.split('#');
  const shownBytes = await encode(shown);
  const nameBytes = await encode(name);
  const bytes = await encode(text);
  if (shownBytes === undefined || nameBytes === undefined || bytes === undefined)
    throw new AiIpcError(
      'bad_argument',
      `The clients' codepage ${wanted} lacks a letter of ${JSON.stringify(name)}. Write it with others.`,
    );
  refuseLong(name, shownBytes.length, MOST_SHOWN_BYTES, 'clients show');
  refuseLong(name, nameBytes.length, MOST_NAME_BYTES, 'the map server keeps');
  return bytes;
}

function refuseLong(name: string, bytes: number, most: number, who: string): void {
  if (bytes <= most) return;
  throw new AiIpcError(
    'bad_argument',
    `The name ${JSON.stringify(name)} has ${bytes} bytes, and ${who} ${most}. Give a shorter one.`,
  );
}

function codepageFrom(wanted: string | undefined, name: string): CodepageName {
  const known = CODEPAGE_NAMES.find((one) => one === wanted);
  if (known !== undefined) return known;
  const names = ['utf8mb4', ...CODEPAGE_NAMES].join(', ');
  throw new AiIpcError(
    'bad_argument',
    wanted === undefined
      ? `Clients show the letters of ${JSON.stringify(name)} by their codepage: name it with --codepage (${names}).`
      : `--codepage "${wanted}" is none of ${names}.`,
  );
}

/** What the settings of the commands say; `connection` says nothing. */
function codepageOf(root: string): string | undefined {
  const file = join(root, 'conf/import/ai_ipc.conf');
  const value = existsSync(file)
    ? settingsIn(readFileSync(file, 'latin1')).get('client_codepage')
    : undefined;
  return value === 'connection' ? undefined : value;
}

/** Two personas of one name would stop the service. Files that cannot be used have their own `persona check`. */
async function refuseSharedName({ persona, id }: NewNpc, path: string): Promise<void> {
  // Loaded only here: no other command for rAthena reads a persona.
  const { parsePersona } = await import('../../mind/persona/persona.ts');
  const book = await import('../../mind/persona/persona-book.ts');
  const { createPersonaBook, personaPaths, readPersona, withNeutral } = book;
  const made = parsePersona(persona, { id, path });
  const folder = dirname(path);
  const paths = existsSync(folder) ? await personaPaths(folder) : [];
  const read = await Promise.allSettled(withNeutral(paths.filter((one) => one !== path)).map(readPersona));
  createPersonaBook([made, ...read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))]);
}

interface NewFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** Both or none. */
function writeBoth(files: readonly NewFile[]): void {
  const there = files.find(({ path }) => existsSync(path));
  if (there !== undefined) throw alreadyThere(there.path);
  const written: string[] = [];
  for (const { path, bytes } of files) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes, { flag: 'wx' });
      written.push(path);
    } catch (error) {
      for (const one of written) rmSync(one, { force: true });
      throw new AiIpcError(
        'storage_failed',
        `${path} cannot be written (${messageOf(error)}): make room, or name another folder with --to and --personas. Nothing was written.`,
        { cause: error },
      );
    }
  }
}

function alreadyThere(path: string): AiIpcError {
  return new AiIpcError(
    'storage_failed',
    `${path} is there already, and is not overwritten. Give another name, or another folder with --to. Nothing was written.`,
  );
}

function linesFor({ shown, id, personaName }: NewNpc, { script, persona, loaded, root }: Places): string[] {
  const folder = dirname(persona);
  const read = settingsFrom({}).service.personasDir;
  const isRead = read !== null && resolve(read) === folder;
  return [
    styleText('green', `${shown} is written.`),
    `  ${script}`,
    `  ${persona}`,
    '',
    'What to do next:',
    ...(root === undefined ? [`- Copy ${loaded.split('/').at(-1)} into npc/custom of your rAthena.`] : []),
    '- Load it, with these lines in npc/scripts_custom.conf (those of the library once, above all NPCs):',
    ...libraryLines(packageFiles()).map((line) => `    ${line}`),
    `    npc: ${loaded}`,
    '  and @reloadscript in the game, or a restart of the map server.',
    isRead
      ? `- A running AI service has read ${personaName} by now (AI_PERSONAS).`
      : `- Let the AI service read the persona: ai-ipc service --personas ${folder} (or AI_PERSONAS=${folder} in .env; it reads one folder).`,
    `- Try it without the game: ai-ipc talk ${id} --personas ${folder}`,
  ];
}
