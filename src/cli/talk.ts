import { createInterface, type Interface } from 'node:readline';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../base/clock.ts';
import { AiIpcError, messageOf } from '../base/errors.ts';
import type { OfflineMind } from '../mind/brain/offline-mind.ts';
import { type CreatedMind, createMind } from '../mind/create-mind.ts';
import { recollect } from '../mind/memory/fold.ts';
import { serverNames } from '../mind/model-servers.ts';
import type { Persona } from '../mind/persona/persona.ts';
import { type LivePersonaBook, openPersonas, type ReloadLog } from '../mind/persona/persona-reload.ts';
import { strangerAmong } from '../mind/persona/reveals.ts';
import type { Mind, PlayerLine, SpokenAnswer } from '../mind/talk/mind.ts';
import type { Turn } from '../mind/talk/recollection.ts';
import { languageOfTalk } from '../mind/talk/talk-language.ts';
import { describeReading } from '../reading/describe-reading.ts';
import { settingsFrom } from './base/settings-options.ts';
import { type Stop, withStop } from './base/stop.ts';
import { isTerminal, print } from './base/terminal.ts';

interface TalkOptions {
  readonly personas?: string;
  readonly player?: string;
  readonly level?: number;
  readonly class?: string;
  readonly maxChars?: number;
  readonly reveals?: readonly string[];
  readonly offline?: boolean;
  readonly seed: number;
  readonly explain?: boolean;
  readonly showReading?: boolean;
}

interface Talk {
  readonly npc: string;
  readonly book: LivePersonaBook;
  readonly mind: Mind;
  readonly offline: OfflineMind;
  readonly modelOf: CreatedMind['modelOf'];
  readonly options: TalkOptions;
  readonly maxCharacters: number;
  readonly stop: Stop;
}

const MAX_LEVEL = 999;
/** A word behind a slash is meant for this program; "/ \\" and "/o/" are for the NPC. */
const COMMAND = /^\/\p{L}+$/u;
const OFFLINE_HINT = '(Without the model: the rules of the persona file answer with --offline.)';
/** Who edits a persona file reads its mistakes between the lines of the talk; that one was read is seen in the answers. */
const RELOADS: ReloadLog = {
  info: () => undefined,
  warn({ reason }, message) {
    process.stderr.write(`${message}.\n${reason}\n`);
  },
};

/** `ai-ipc talk NPC`: a talk with a persona, without queue, worker, service or database. */
export function talkCommand(): Command {
  return new Command('talk')
    .description('talk to a persona from the terminal, without the queue: for people who write personas')
    .argument('<npc>', 'the file name, the name or an npc_id of a persona, or the beginning of its file name')
    .option(
      '--personas <folder>',
      'folder of persona files (default: AI_PERSONAS, else those of this package)',
    )
    .option('--player <name>', 'the name that the game gives the player')
    .option('--level <number>', 'the level that the game gives the player', toNumber(1, MAX_LEVEL))
    .option('--class <name>', 'the class that the game gives the player')
    .option('--max-chars <number>', 'the longest answer (default: AI_MAX_CHARS)', toNumber(1, 2_000))
    .option(
      '--reveals <names>',
      'what the game has unlocked: names of reveals, with commas between them',
      toNames,
    )
    .option('--offline', 'let the rules of the persona file answer, also where the settings name a model')
    .option('--seed <number>', 'another number gives other answers to the same talk', toNumber(0, 1e9), 0)
    .option('--explain', 'tell before each answer which rule it comes from')
    .option(
      '--show-reading',
      'show what the model wrote, what of it was taken and why, and what was left out',
    )
    .addHelpText(
      'after',
      `
AI_PROVIDER_URL and AI_MODEL name a model that answers; without them the rules of the persona file do.

One line is one message; Ctrl+D, /quit or the end of the input ends the talk, /forget makes the NPC forget it.
What is said is remembered until then and kept nowhere. A persona file that changes is read anew before the next answer.

Examples:
  ai-ipc talk sage --explain
  printf 'hello\\nwhere can I hunt?\\n' | ai-ipc talk guard --level 12`,
    )
    .action((npc: string, options: TalkOptions) => withStop((stop) => runTalk(npc, { options, stop })));
}

async function runTalk(npc: string, { options, stop }: Pick<Talk, 'options' | 'stop'>): Promise<void> {
  const { service } = settingsFrom({});
  const folder = options.personas ?? service.personasDir ?? undefined;
  const book = await openPersonas(folder, {
    clock: systemClock,
    logger: RELOADS,
    ...(options.offline ? {} : { servers: serverNames(service) }),
  });
  const settings = {
    ...service,
    ...(options.offline ? { modelServer: null, models: {} } : {}),
    fallback: 'none',
  } as const;
  const { mind, offline, modelOf } = createMind(book, {
    settings,
    seed: options.seed,
    ...(options.showReading
      ? { onReading: (reading) => print(styleText('dim', describeReading(reading))) }
      : {}),
  });
  const maxCharacters = options.maxChars ?? service.maxCharacters;
  const id = idFor(npc, book);
  checkReveals(options.reveals ?? [], book.find(id));
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: isTerminal() });
  stop.signal.addEventListener('abort', () => lines.close());
  try {
    await converse(lines, { npc: id, book, mind, offline, modelOf, options, maxCharacters, stop });
  } finally {
    lines.close();
  }
}

async function converse(lines: Interface, talk: Talk): Promise<void> {
  const persona = talk.book.find(talk.npc);
  const { name, role, place } = persona;
  print(`${name}, ${role} in ${place}, by ${talk.modelOf(persona) ?? talk.offline.name}. (/forget, /quit)`);
  let turns: readonly Turn[] = [];
  lines.setPrompt(styleText('bold', 'You: '));
  prompt(lines);
  for await (const line of lines) {
    const message = line.trim();
    if (message === '/quit') break;
    if (message === '/forget') {
      turns = [];
      print(`(${name} has forgotten you.)`);
    } else if (COMMAND.test(message)) print(`(There is no ${message}: /forget and /quit are all.)`);
    else if (message !== '') turns = [...turns, ...(await answer(message, { talk, turns }))];
    prompt(lines);
  }
}

/** A pipe shows what was said, a terminal has it on the screen already. */
function prompt(lines: Interface): void {
  if (isTerminal()) lines.prompt();
}

async function answer(
  message: string,
  { talk, turns }: { talk: Talk; turns: readonly Turn[] },
): Promise<readonly Turn[]> {
  await talk.book.refresh();
  const line = toPlayerLine(message, { talk, turns });
  const name = styleText('green', line.persona.name);
  if (!isTerminal()) print(`\nYou: ${message}`);
  try {
    const spoken = await talk.mind.speak(line, talk.stop.signal);
    print(`${name} ${describe(spoken)}${ruleOf(line, talk)}: ${spoken.text}`);
    return [{ said: message, answered: spoken.text }];
  } catch (error) {
    // A model that fails once may answer the next time: the talk goes on, and nothing was said.
    if (!(error instanceof AiIpcError)) throw error;
    print(`${name} has no answer. ${error.code}: ${messageOf(error)}\n${OFFLINE_HINT}`);
    return [];
  }
}

function ruleOf(line: PlayerLine, { options, offline, modelOf }: Talk): string {
  return options.explain && modelOf(line.persona) === null ? ` [${offline.explain(line)}]` : '';
}

function describe({ emotion, action }: SpokenAnswer): string {
  return styleText('dim', `(${action === undefined ? emotion : `${emotion}, ${action}`})`);
}

function toPlayerLine(message: string, { talk, turns }: { talk: Talk; turns: readonly Turn[] }): PlayerLine {
  const { npc, book, options, maxCharacters } = talk;
  const persona = book.find(npc);
  return {
    persona,
    npcId: npc,
    playerId: 'terminal',
    message,
    recollection: recollect(turns),
    player: { name: options.player ?? null, level: options.level ?? null, class: options.class ?? null },
    location: null,
    options: [],
    reveals: options.reveals ?? [],
    language: languageOfTalk({ asked: null, persona, message, turns }),
    maxCharacters,
  };
}

/** A name that nobody has would be answered by neutral: here it is a slip of the pen. */
function idFor(npc: string, book: LivePersonaBook): string {
  const found = book.find(npc);
  const neutral = book.find(null);
  if (found !== neutral || npc === neutral.id) return found.id;
  const ids = book.personas.map(({ id }) => id);
  const close = ids.filter((id) => id.startsWith(npc.toLowerCase()));
  if (close.length === 1 && close[0] !== undefined) return close[0];
  throw new AiIpcError(
    'bad_argument',
    `There is no persona ${JSON.stringify(npc)}. Say one of these: ${ids.join(', ')}.`,
  );
}

function checkReveals(names: readonly string[], persona: Persona): void {
  const stranger = strangerAmong(names, persona);
  if (stranger === undefined) return;
  const name = JSON.stringify(names[stranger.at]);
  throw new AiIpcError('bad_argument', `${persona.name} has no reveal ${name}: it has ${stranger.has}.`);
}

function toNames(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

function toNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}
