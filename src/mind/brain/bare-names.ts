import { VALUE } from '../language/capture.ts';
import { isWordOf } from '../language/guess-language.ts';
import { intentPatterns } from '../language/intents.ts';
import { matchAt, matchPattern } from '../language/matcher.ts';
import type { Pattern } from '../language/pattern.ts';
import { isHangul, isRun } from '../language/script.ts';
import { toWords, type Word } from '../language/words.ts';
import { isBareName, type TellingWords, toProperName, withoutEnding } from './told-values.ts';

/** A name that was told without "my name is", and how many words told it. */
export interface BareName {
  readonly value: string;
  readonly score: number;
}

/** "I am Zoë", "Finn here", "Zoë, nice to meet you": not every "I am tired" is a name. */
export function bareNameIn(
  clause: readonly Word[],
  next: readonly Word[] | undefined,
  { bareNames, words }: { readonly bareNames: readonly Pattern[]; readonly words: TellingWords },
): BareName | undefined {
  for (const pattern of bareNames) {
    const match = matchAt(pattern, clause, 0);
    const told = toWords(match?.captures.get(VALUE) ?? '', words.language);
    const value = match && nameOf(told, words, isNameFirst(pattern));
    if (match && value !== undefined) return { value, score: match.score + 1 };
  }
  if (clause.length > 1 || next === undefined || bareNames.length === 0) return undefined;
  const value = nameOf(clause, words, true);
  if (value === undefined || !isPleasantry(next, words)) return undefined;
  return { value, score: 1 };
}

function nameOf(told: readonly Word[], words: TellingWords, isFirst: boolean): string | undefined {
  const [name] = told;
  if (name === undefined) return undefined;
  if (isRun(name.written) || isHangul(name.written)) return knownName(told, words);
  if (!isBareName(told, words)) return undefined;
  return isFirst && isUsualWord(name, words) ? undefined : toProperName([name]);
}

/** A line begins with a capital letter anyway: there, only what is no word of the language is a name. */
function isUsualWord(word: Word, { language, has }: TellingWords): boolean {
  return has('titles', word) || (language.pack !== undefined && isWordOf(language.pack, word));
}

/** Where no capital letter shows a name, it is one that is made of what names are made of. */
function knownName(told: readonly Word[], words: TellingWords): string | undefined {
  if (told.some(({ isGlued }, at) => at > 0 && !isGlued)) return undefined;
  const whole = toProperName(told);
  return [whole, withoutEnding(whole, words)].find(words.isKnownName);
}

function isNameFirst({ steps }: Pattern): boolean {
  const at = steps.findIndex(({ kind }) => kind === 'capture');
  return steps.slice(0, at).every((step) => step.kind === 'words' && step.choices.at(-1)?.words.length === 0);
}

function isPleasantry(clause: readonly Word[], { language }: TellingWords): boolean {
  return (intentPatterns('nice-to-meet-you', language.code) ?? []).some((pattern) =>
    matchPattern(pattern, clause),
  );
}
