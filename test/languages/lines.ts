import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createOfflineMind, type OfflineMind } from '../../src/mind/brain/offline-mind.ts';
import { recollect } from '../../src/mind/memory/fold.ts';
import type { Persona } from '../../src/mind/persona/persona.ts';
import type { PersonaBook } from '../../src/mind/persona/persona-book.ts';
import type { PlayerLine } from '../../src/mind/talk/mind.ts';
import type { Turn } from '../../src/mind/talk/recollection.ts';
import { languageOfTalk } from '../../src/mind/talk/talk-language.ts';

/** What has to be understood of a language, written before any rule of it. */
export interface LanguageLines {
  readonly everyday: readonly MeantLine[];
  readonly chat: readonly MeantLine[];
  readonly names: readonly { readonly said: string; readonly name: string | null }[];
  /** Lines that are like those and tell none. */
  readonly no_names: readonly string[];
  readonly facts: readonly {
    readonly said: string;
    readonly kind: string;
    readonly value: string | number;
  }[];
  readonly false_friends: readonly {
    readonly said: string;
    readonly not: string | readonly string[];
    readonly clean?: boolean;
  }[];
}

export interface MeantLine {
  readonly said: string;
  /** The intents, or names of rules, that are right. */
  readonly intent: string | readonly string[];
}

export interface Answered {
  readonly said: string;
  readonly text: string;
  /** Which rule answered, such as "rule hello". */
  readonly why: string;
  /** Whether that was what the player meant. */
  readonly isRight: boolean;
}

const FOLDER = import.meta.dirname;

/** The languages that have lines here. */
export const LINES: readonly (readonly [string, LanguageLines])[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => [
    name.replace(/\.yaml$/, ''),
    parse(readFileSync(join(FOLDER, name), 'utf8')) as LanguageLines,
  ]);

/** Leads one talk, in which nobody says which language it is. */
export async function talk(
  book: PersonaBook,
  { npc, lines }: { readonly npc: Persona; readonly lines: readonly MeantLine[] },
): Promise<readonly Answered[]> {
  const mind = createOfflineMind(book);
  const turns: Turn[] = [];
  const answers: Answered[] = [];
  for (const { said, intent } of lines) {
    const line = toLine(npc, { said: String(said), turns });
    const answered = await answer(mind, book, { line, intents: [intent].flat() });
    answers.push(answered);
    turns.push({ said: line.message, answered: answered.text });
  }
  return answers;
}

interface LateTalk {
  readonly npc: Persona;
  /** What the player said before, and was answered somehow. */
  readonly before: readonly string[];
  readonly last: MeantLine;
}

/** The last of many turns, without an answer to those before it. */
export async function lastOfTalk(book: PersonaBook, { npc, before, last }: LateTalk): Promise<Answered> {
  const turns = before.map((said) => ({ said, answered: '…' }));
  const line = toLine(npc, { said: last.said, turns });
  return await answer(createOfflineMind(book), book, { line, intents: [last.intent].flat() });
}

interface Asked {
  readonly line: PlayerLine;
  readonly intents: readonly string[];
}

async function answer(mind: OfflineMind, book: PersonaBook, { line, intents }: Asked): Promise<Answered> {
  const why = mind.explain(line);
  const { text } = await mind.speak(line, new AbortController().signal);
  const isRight = isOneOf(why, intents, [line.persona, line.language, book]);
  return { said: line.message, text, why, isRight };
}

function toLine(persona: Persona, { said, turns }: { said: string; turns: readonly Turn[] }): PlayerLine {
  const language = languageOfTalk({ asked: null, persona, message: said, turns });
  return {
    ...{ persona, npcId: persona.id, playerId: 7, message: said, recollection: recollect([...turns]) },
    ...{ player: null, location: null, options: [], language, maxCharacters: 400 },
  };
}

/** By the name of the rule, or by its intent. */
function isOneOf(
  why: string,
  intents: readonly string[],
  [npc, language, book]: readonly [Persona, string, PersonaBook],
): boolean {
  const [, topic] = /^forbidden topic (.+)$/.exec(why) ?? [];
  const name = why.replace(/^rule (?:of neutral )?/, '');
  const rules = [book.find(npc.id, language), book.find(null, language)].flatMap((one) => [
    ...one.rules.map((rule) => ({ name: rule.name, intent: rule.intent })),
    ...one.forbidden_topics.map((rule) => ({ name: rule.topic, intent: rule.intent })),
  ]);
  const heard = rules.filter((rule) => rule.name === (topic ?? name)).map((rule) => rule.intent);
  return intents.includes(name) || heard.some((intent) => intent !== undefined && intents.includes(intent));
}
