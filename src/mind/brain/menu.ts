import { toMenu } from '../answer/menu-option.ts';
import { hash } from '../language/hash.ts';
import { isSameLanguage, languageOf } from '../language/language.ts';
import { bestMatch } from '../language/matcher.ts';
import { toKey, toWords } from '../language/words.ts';
import type { Persona } from '../persona/persona.ts';
import type { Moment } from '../talk/mind.ts';
import { bearingOn, topicKeys } from './bearing.ts';
import type { RuleBook } from './rule-choice.ts';

/** Where neither the persona nor the neutral one has a menu. */
const ANY_MENU = ['Tell me about yourself.', 'What is new here?', 'Goodbye.'];

/** What the player could say next: first what goes on with the talk, last a goodbye; nothing that he has said already. */
export function offerByRules(
  { persona, npcId, playerId, message, recollection, most }: Moment,
  { book, neutral, seed }: { readonly book: RuleBook; readonly neutral: Persona; readonly seed: number },
): readonly string[] {
  const pool = menuOf(persona, neutral);
  const byes = pool.filter((option) => isBye(option, book));
  const said = new Set([message, ...recollection.turns.map((turn) => turn.said)].map(toPlain));
  const asking = pool.filter((option) => !byes.includes(option));
  const fresh = asking.filter((option) => !said.has(toPlain(option)));
  const keys = topicKeys(`${message} ${recollection.turns.at(-1)?.answered ?? ''}`, persona.language);
  const order = (option: string) =>
    hash(JSON.stringify([seed, npcId, playerId, recollection.turns.length, option]));
  const ranked = (fresh.length > 0 ? fresh : asking)
    .map((option) => ({ option, score: bearingOn(keys, option, persona.language), order: order(option) }))
    .toSorted((a, b) => b.score - a.score || a.order - b.order)
    .map(({ option }) => option);
  const [bye] = byes.toSorted((a, b) => order(a) - order(b));
  return bye === undefined ? toMenu(ranked, most) : [...toMenu(ranked, most - 1), ...toMenu([bye], 1)];
}

function menuOf(persona: Persona, neutral: Persona): readonly string[] {
  if (persona.menu.length > 0) return persona.menu;
  if (isSameLanguage(neutral.language, persona.language) && neutral.menu.length > 0) return neutral.menu;
  const { pack } = languageOf(persona.language);
  return pack && pack.sample_questions.length > 1 ? pack.sample_questions : ANY_MENU;
}

function isBye(option: string, { persona, firm, borrowed }: RuleBook): boolean {
  const words = toWords(option, languageOf(persona.language));
  const rule = (bestMatch(firm, words) ?? bestMatch(borrowed, words))?.rule;
  return rule?.intent === 'bye';
}

function toPlain(text: string): string {
  return toKey(text.slice(0, 500))
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
