import { VALUE } from '../language/capture.ts';
import { cutAtWord } from '../language/cut.ts';
import { FACT_KINDS, type FactKind } from '../language/fact-kinds.ts';
import { guessLanguage } from '../language/guess-language.ts';
import { languageOf } from '../language/language.ts';
import type { LanguagePack } from '../language/pack-schema.ts';
import { topicKeyOf } from '../language/topics.ts';
import { isOneOf } from '../language/words.ts';
import { fillLine, placeholderFor } from '../persona/placeholders.ts';
import type { PlayerFacts } from '../talk/mind.ts';
import type { Recollection } from '../talk/recollection.ts';
import { plainName } from './plain-name.ts';
import type { Fact } from './player-facts.ts';
import { isPlainTalk, utteranceOf } from './utterance.ts';

/** What an NPC can say of a player while it answers one message. */
export interface Acquaintance {
  /** By the placeholders of persona lines, such as player and likes; what is not known is missing. */
  readonly values: ReadonlyMap<string, string>;
  /** What the message itself tells. */
  readonly told: readonly Fact[];
  /** The player's level, told or given by the game. */
  readonly level: number | undefined;
}

export interface Hearing {
  readonly message: string;
  readonly recollection: Recollection;
  readonly player: PlayerFacts | null;
  readonly language: string;
}

/** A quotation longer than this would be the whole answer. */
const MAX_QUOTE_CHARACTERS = 80;

/** Puts together what was told before, what is told now, and what the game says; the latest word counts. */
export function getAcquainted({ message, recollection, player, language }: Hearing): Acquaintance {
  const { turns, summary } = recollection;
  const told = utteranceOf(message, language).facts;
  const earlier = [...toLines(summary), ...turns.map(({ said }) => said)].flatMap((said) => [
    ...namesToldOtherwise(said, language),
    ...utteranceOf(said, language).facts,
  ]);
  const known = latest([...earlier, ...told]);
  const values = new Map([...known].map(([kind, value]) => [placeholderFor(kind), value]));
  addGameFacts(values, player);
  addQuotes(values, { message, recollection, language });
  const facts = factsText(latest(earlier), language);
  if (facts !== undefined) values.set('facts', facts);
  const level = Number(values.get('level'));
  return { values, told, level: Number.isInteger(level) && level > 0 ? level : undefined };
}

/** A name stays a name when the talk goes on in another language. */
function namesToldOtherwise(said: string, language: string): readonly Fact[] {
  const spoken = guessLanguage(said, { talk: language, isGoingOn: true });
  return spoken === language ? [] : utteranceOf(said, spoken).facts.filter(({ kind }) => kind === 'name');
}

function toLines(summary: string | null): string[] {
  return summary === null ? [] : summary.split('\n');
}

/** The last fact of each kind; but who looks for a thing still does so after he needed something by the way. */
function latest(facts: readonly Fact[]): ReadonlyMap<FactKind, string> {
  const last = new Map<FactKind, Fact>();
  for (const fact of facts) {
    const isByTheWay = fact.kind === 'seeks' && fact.score <= 2 && (last.get('seeks')?.score ?? 0) > 2;
    if (!isByTheWay) last.set(fact.kind, fact);
  }
  return new Map([...last].map(([kind, { value }]) => [kind, value]));
}

/** What a player calls himself goes before what the game calls him. */
function addGameFacts(values: Map<string, string>, player: PlayerFacts | null): void {
  const facts: readonly (readonly [string, string | number | null | undefined])[] = [
    ['player', player?.name],
    ['class', player?.class],
    ['level', player?.level],
  ];
  for (const [name, value] of facts) {
    if (value !== null && value !== undefined && value !== '' && !values.has(name))
      values.set(name, String(value));
  }
  for (const name of ['player', 'class']) {
    const plain = plainName(values.get(name) ?? '');
    if (plain === '') values.delete(name);
    else values.set(name, plain);
  }
}

/** "Your name is Ana, and you come from Payon", by the sentences of the language's pack. */
function factsText(known: ReadonlyMap<FactKind, string>, code: string): string | undefined {
  const { pack } = languageOf(code);
  const sentences = FACT_KINDS.flatMap((kind) => {
    const value = known.get(kind);
    const sentence = pack?.fact_sentences[kind];
    return value === undefined || sentence === undefined
      ? []
      : (fillLine(` ${sentence}`, new Map([[VALUE, value]]), code) ?? '').trim();
  });
  return sentences.length === 0 || pack === undefined ? undefined : listOf(sentences, pack);
}

/** Making one takes as long as the rest of an answer. */
const listFormats = new Map<string, Intl.ListFormat>();

function listFormatOf(code: string): Intl.ListFormat {
  const format = listFormats.get(code) ?? new Intl.ListFormat(code);
  listFormats.set(code, format);
  return format;
}

function listOf(sentences: readonly string[], { code, list }: LanguagePack): string {
  if (list === undefined) return listFormatOf(code).format(sentences);
  const [last = '', ...others] = sentences.toReversed();
  return others.length === 0 ? last : `${others.reverse().join(list.separator)}${list.last}${last}`;
}

interface Quoting {
  readonly message: string;
  readonly recollection: Recollection;
  readonly language: string;
}

function addQuotes(values: Map<string, string>, { message, recollection, language }: Quoting): void {
  const { summary, turns, recalled } = recollection;
  const last = turns.at(-1);
  if (!last) return;
  values.set('last_answer', last.answered);
  const about = topicKeys(message, language);
  if (isQuotable(last.said, language)) values.set('last_said', toQuote(last.said));
  // Of two that fit as well, the later one is quoted: of those that are recalled, the most fitting.
  const older = [...recalled.toReversed(), ...toLines(summary)];
  const quotable = [...older, ...turns.map(({ said }) => said)].filter((said) => isQuotable(said, language));
  const shared = quotable.map((said) => ({
    said,
    count: isQuestion(said, language)
      ? 0
      : [...topicKeys(said, language)].filter((key) => about.has(key)).length,
  }));
  const best = shared.reduce((most, one) => (one.count >= most.count ? one : most), { said: '', count: 1 });
  if (best.said !== '') values.set('quote', toQuote(best.said));
}

/** No insult and no attempt to make the NPC someone else comes back from its mouth. */
function isQuotable(said: string, language: string): boolean {
  const { words, tone } = utteranceOf(said, language);
  return isPlainTalk(said) && words.length > 0 && tone !== 'rude' && tone !== 'meddling';
}

function isQuestion(said: string, language: string): boolean {
  const [first] = utteranceOf(said, language).words;
  return /[?？]/.test(said) || (first !== undefined && isOneOf(languageOf(language).questionWords, first));
}

function topicKeys(text: string, language: string): ReadonlySet<string> {
  const { words } = utteranceOf(text, language);
  return new Set(words.flatMap((word) => topicKeyOf(word, languageOf(language)) ?? []));
}

function toQuote(said: string): string {
  const text = said
    .replace(/["“”«»]/g, "'")
    .replace(/[{}<>[\]^]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  // One more for the ellipsis.
  return cutAtWord(text, MAX_QUOTE_CHARACTERS + 1);
}
