import { describe, expect, it } from 'vitest';
import { factsIn } from '../../src/mind/brain/player-facts.ts';
import { emotionFrom } from '../../src/mind/language/emotion.ts';
import { guessLanguage } from '../../src/mind/language/guess-language.ts';
import { intentPatterns } from '../../src/mind/language/intents.ts';
import { languageOf } from '../../src/mind/language/language.ts';
import { matchPattern } from '../../src/mind/language/matcher.ts';
import { packOf } from '../../src/mind/language/pack-book.ts';
import { wordListOf } from '../../src/mind/language/word-list.ts';
import { toWords } from '../../src/mind/language/words.ts';
import { loadPersonas } from '../../src/mind/persona/persona-book.ts';
import { type Answered, LINES, talk } from './lines.ts';

const book = await loadPersonas();
const npcs = ['neutral', 'sage-of-prontera'].map((id) => book.find(id));
/** A word of the Latin alphabet; what an answer in another script may say is a name, or what the player wrote. */
const LATIN_WORD = /[a-z]{3,}/gi;

const show = ({ said, why, text }: Answered) => `${said} → ${why}: ${text}`;

describe.each(LINES)('%s', (code, lines) => {
  const language = languageOf(code);

  it.each(npcs)('is understood in everyday lines by $id, ten of eleven', async (npc) => {
    const answers = await talk(book, { npc, lines: lines.everyday });
    expect(answers).toHaveLength(11);
    expect(
      answers
        .filter(({ isRight }) => !isRight)
        .map(show)
        .slice(1),
    ).toEqual([]);
    expect(answers.filter((answer) => !isIn(code, answer)).map(show)).toEqual([]);
  });

  it('is understood as people write it in a chat, five of seven', async () => {
    const npc = npcs[0]!;
    const answers = await talk(book, { npc, lines: [...lines.everyday.slice(0, 1), ...lines.chat] });
    expect(answers.slice(1)).toHaveLength(7);
    expect(
      answers
        .slice(1)
        .filter(({ isRight }) => !isRight)
        .map(show)
        .slice(2),
    ).toEqual([]);
    expect(answers.filter((answer) => !isIn(code, answer)).map(show)).toEqual([]);
  });

  it('has its names heard, and no name where none is told', () => {
    const nameIn = (said: string) =>
      factsIn(said, code).findLast(({ kind }) => kind === 'name')?.value ?? null;
    const all = [...lines.names, ...lines.no_names.map((said) => ({ said, name: null }))];
    const wrong = all.filter(({ said, name }) => nameIn(said) !== name);
    expect(lines.no_names.length).toBeGreaterThanOrEqual(10);
    expect(wrong.map(({ said, name }) => `${said} → ${nameIn(said)}, not ${name}`)).toEqual([]);
  });

  it('has its facts heard', () => {
    const told = (said: string) => factsIn(said, code).map(({ kind, value }) => `${kind}: ${value}`);
    const wrong = lines.facts.filter(({ said, kind, value }) => !told(said).includes(`${kind}: ${value}`));
    expect(wrong.map((fact) => `${fact.said} → ${told(fact.said)}, not ${fact.kind}: ${fact.value}`)).toEqual(
      [],
    );
  });

  it('has no false friends', () => {
    const profanity = wordListOf(packOf(code)?.profanity ?? [], language);
    const isHeard = (said: string, what: string) =>
      emotionFrom(said, code) === what ||
      (intentPatterns(what, code) ?? []).some((pattern) => matchPattern(pattern, toWords(said, language)));
    const wrong = lines.false_friends.flatMap(({ said, not, clean = false }) => {
      const words = toWords(said, language);
      const hidden =
        clean && words.some((_, at) => profanity.isAt({ words, language }, at)) ? ['hidden'] : [];
      return [...[not].flat().filter((what) => isHeard(said, what)), ...hidden].map(
        (what) => `${said}: ${what}`,
      );
    });
    expect(wrong).toEqual([]);
  });
});

/** No answer is in another language: no words of another script, and none that another language is sure of. */
function isIn(code: string, { said, text }: Answered): boolean {
  const { scripts = [] } = packOf(code) ?? {};
  if (scripts.includes('Latin')) return guessLanguage(text, { talk: code, isGoingOn: true }) === code;
  const written = said.toLowerCase();
  return (text.match(LATIN_WORD) ?? []).every((word) => written.includes(word.toLowerCase()));
}
