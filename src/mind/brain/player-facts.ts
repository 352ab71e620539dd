import { VALUE } from '../language/capture.ts';
import { FACT_KINDS, type FactKind } from '../language/fact-kinds.ts';
import { type Language, languageOf } from '../language/language.ts';
import { matchAt } from '../language/matcher.ts';
import { compilePattern, type Pattern } from '../language/pattern.ts';
import { endOfChoice, placeOf, wordAt } from '../language/word-match.ts';
import { isOneOf, joinWritten, toWords, type Word } from '../language/words.ts';
import { bareNameIn } from './bare-names.ts';
import {
  classFrom,
  isNoName,
  nameFrom,
  type TellingWords,
  tellingWordsOf,
  toProperName,
} from './told-values.ts';

export interface Fact {
  readonly kind: FactKind;
  /** As it is said back to the player: "my dog" has become "your dog". At most 40 characters. */
  readonly value: string;
  /** How many words of the message told it, for comparison with a pattern's score. */
  readonly score: number;
}

/** A fact ends where another thought begins: with these marks, and with the pack's words. */
const CLAUSE_END = /[.!?;,:()"\n…。！？；，、：（）「」『』“”«»｡､]+|\s[-–—]\s/;
/** In Russian it stands for "is": мое имя - Артур. */
const DASH = /\s[-–—]\s/g;
const MAX_VALUE_CHARACTERS = 40;

interface TellingPattern {
  readonly kind: FactKind;
  readonly pattern: Pattern;
  /** What it can begin with; undefined where that may be anything. Most words begin none, and are not tried. */
  readonly firstKeys: ReadonlySet<string> | undefined;
}

/** How facts are told in a language. */
interface Telling {
  readonly language: Language;
  readonly patterns: readonly TellingPattern[];
  readonly classes: readonly TellingPattern[];
  readonly bareNames: readonly Pattern[];
  readonly clauseEnds: readonly Pattern[];
  readonly words: TellingWords;
}

const tellingOf = new WeakMap<Language, Telling>();

/** What a message tells of the player, in the order in which it was said; nothing in a language without a pack. */
export function factsIn(message: string, code: string): Fact[] {
  const language = languageOf(code);
  const telling = tellingOf.get(language) ?? readTelling(language);
  if (telling === undefined) return [];
  tellingOf.set(language, telling);
  const text = message.slice(0, 2_000);
  return (language.pack?.scripts.includes('Cyrillic') ? text.replace(DASH, ' ') : text)
    .split(CLAUSE_END)
    .flatMap((part) => toClauses(toWords(part, language), telling))
    .flatMap((clause, at, clauses) => {
      const name = bareNameIn(clause, clauses[at + 1], telling);
      return [
        ...factsInClause(clause, telling),
        ...classIn(clause, telling),
        ...(name ? [{ kind: 'name' as const, ...name }] : []),
      ];
    });
}

function readTelling(language: Language): Telling | undefined {
  const { pack } = language;
  if (pack === undefined) return undefined;
  const compile = (source: string) => compilePattern(source, language);
  const ofKind = (kind: FactKind) =>
    (pack.telling[kind] ?? []).map((source): TellingPattern => {
      const pattern = compile(source);
      return { kind, pattern, firstKeys: firstKeysOf(pattern) };
    });
  return {
    language,
    patterns: FACT_KINDS.filter((kind) => kind !== 'class').flatMap(ofKind),
    classes: ofKind('class'),
    bareNames: pack.bare_names.map(compile),
    clauseEnds: pack.clause_ends.map(compile),
    words: tellingWordsOf(pack, language),
  };
}

function firstKeysOf({ steps: [first] }: Pattern): ReadonlySet<string> | undefined {
  if (first?.kind !== 'words') return undefined;
  const words = first.choices.map((choice) => choice.words[0]);
  if (words.some((word) => word?.kind !== 'whole' || word.isRun)) return undefined;
  return new Set(words.flatMap((word) => (word === undefined ? [] : [word.key, word.plain])));
}

/** "My name is Ana but call me Ann" is two thoughts. A sign of two parts ends one before its second: "and | I live". */
function toClauses(words: readonly Word[], { clauseEnds, language }: Telling): readonly (readonly Word[])[] {
  const clauses: Word[][] = [[]];
  const heard = { words, language };
  const endOf = (step: Pattern['steps'][number] | undefined, at: number) => {
    if (step?.kind !== 'words') return undefined;
    const ends = step.choices.flatMap((choice) => endOfChoice(choice, heard, placeOf(at))?.place ?? []);
    return ends[0] === undefined ? undefined : wordAt(ends[0]);
  };
  for (let at = 0; at < words.length; ) {
    const ends = clauseEnds.flatMap(({ steps: [first, second] }) => {
      const end = endOf(first, at);
      return end === undefined || end <= at || (second && endOf(second, end) === undefined) ? [] : [end];
    });
    const word = words[at];
    if (ends[0] === undefined && word) clauses.at(-1)?.push(word);
    else clauses.push([]);
    at = ends[0] ?? at + 1;
  }
  return clauses.filter((clause) => clause.length > 0);
}

function factsInClause(clause: readonly Word[], telling: Telling): Fact[] {
  const found = clause.flatMap((word, start) =>
    isDenied(clause, start, telling)
      ? []
      : telling.patterns.flatMap((one) => {
          if (start > 0 && one.pattern.isFromStart) return [];
          const told = valueAt(one, clause, { word, start });
          const value = told && valueFor(one.kind, told.value, telling);
          return value ? [{ kind: one.kind, value, score: told.score }] : [];
        }),
  );
  // "I want to" begins like "I want": the one that names more words is meant.
  const best = Math.max(0, ...found.map(({ score }) => score));
  return found.filter(({ score }) => score === best).slice(0, 1);
}

/** "No me llamo Bob", "не живу в Пайоне": what a denial stands before is not told. */
function isDenied(clause: readonly Word[], start: number, { language }: Telling): boolean {
  const before = clause[start - 1];
  return before !== undefined && isOneOf(language.negations, before);
}

interface ToldValue {
  readonly value: string;
  readonly score: number;
}

function valueAt(
  { pattern, firstKeys }: TellingPattern,
  clause: readonly Word[],
  { word, start }: { readonly word: Word; readonly start: number },
): ToldValue | undefined {
  if (firstKeys && !firstKeys.has(word.key) && !word.forms.some((form) => firstKeys.has(form)))
    return undefined;
  const match = matchAt(pattern, clause, start);
  const value = match?.captures.get(VALUE);
  if (!match || value === undefined) return undefined;
  const others = [...match.captures]
    .filter(([name]) => name !== VALUE)
    .map(([, text]) => text.split(' ').length);
  return { value, score: others.reduce((sum, count) => sum + count, match.score) };
}

function valueFor(kind: FactKind, text: string, { language, words }: Telling): string | undefined {
  const all = toWords(text, language);
  const told = trimLeading(all, words);
  if (kind === 'name') {
    const isDenied = all.some((_, at) => at <= all.length - told.length && isNoName(all.slice(at), words));
    return isDenied ? undefined : nameFrom(told, words);
  }
  if (kind === 'level') return /^\d{1,3}(?![\da-z])/.exec(told[0]?.key ?? '')?.[0];
  const kept = [...told];
  while (kept.length > 0 && words.has('fillers', kept.at(-1))) kept.pop();
  if (kept.every((word) => words.has('no_values', word))) return undefined;
  if (kind === 'plans' && words.has('no_values', kept[0])) return undefined;
  if (kind === 'seeks' && kept[0]?.key === 'to' && language.code === 'en') return undefined;
  if (kind === 'home') return toProperName(kept);
  const value = joinWritten(kept.map((word) => ({ ...word, written: words.mirrored(word) })));
  return value.length <= MAX_VALUE_CHARACTERS ? value : undefined;
}

/** Where the value stands first, as in 私はゲフェンから来ました, what leads to it is no part of it. */
function trimLeading(told: readonly Word[], words: TellingWords): readonly Word[] {
  const first = told.findIndex((word) => !words.has('leading', word));
  return first < 0 ? told : told.slice(first);
}

/** "I am a level 50 Lord Knight": the longest name of a class among what is told. */
function classIn(clause: readonly Word[], telling: Telling): Fact[] {
  for (const [start, word] of clause.entries()) {
    for (const one of telling.classes) {
      const told = valueAt(one, clause, { word, start });
      const found = told && classFrom(toWords(told.value, telling.language), telling.words);
      if (found) return [{ kind: 'class', value: found.name, score: told.score + found.words }];
    }
  }
  return [];
}
