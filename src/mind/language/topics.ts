import { keyIn } from './keys.ts';
import type { Language } from './language.ts';
import { isHangul, isRun } from './script.ts';
import { isOneOf, type Word } from './words.ts';

/** Of fewer letters a word of an alphabet is seldom about something; 妹妹 and 이름 have two, and งู is a snake. */
const MIN_LETTERS = 3;
const MIN_SIGNS = 2;
/** A topic is a word that can be said in a sentence: not "ok", not a wall of letters. */
const SAID = /^[\p{L}\p{M}'’]+$/u;
const MIN_SAID_LETTERS = 4;
const MAX_SAID_CHARACTERS = 20;
/** It ends too many nouns (고양이, 호랑이) to be taken off where a word is said. */
const ALSO_AN_ENDING = '이';
const HAN = /^\p{Script=Han}+$/u;
/** The French épée is l'épée in every sentence. */
const ELISION = /^\p{L}{1,2}['’](?=\p{L}{3})/u;
/** Words that belong together stand in these without a blank; verbs go on in hiragana. */
const JOINED =
  /^[\p{Script=Han}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー\p{M}]+$/u;

/** What a word is about, as it is compared; undefined for one that carries no topic. */
export function topicKeyOf(word: Word, language: Language): string | undefined {
  if (isOneOf(language.commonWords, word) || language.particleSet.has(word.key)) return undefined;
  const elided = withoutElision(word.written);
  const key = elided === word.written ? bareForm(word) : keyIn(elided, language);
  return key.length >= leastOf(key, word) ? key : undefined;
}

/** Without its particles: 동생이 and 동생은 are one. */
function bareForm({ key, forms }: Word): string {
  return forms.findLast((form) => form.length >= MIN_SIGNS) ?? forms.at(-1) ?? key;
}

/** 剣 is a word by itself, and 검 in 검을, which the particle shows. */
function leastOf(key: string, { forms }: Word): number {
  if (HAN.test(key) || forms.length > 0) return 1;
  return isOfSigns(key) ? MIN_SIGNS : MIN_LETTERS;
}

/** The longest word that is about something, as it can be said; the later one where two are as long. */
export function saidTopicOf(words: readonly Word[], language: Language): string | undefined {
  const topics = partsOf(words, language).filter(
    (text) =>
      SAID.test(text) &&
      text.length <= MAX_SAID_CHARACTERS &&
      text.length >= (isOfSigns(text) ? MIN_SIGNS : MIN_SAID_LETTERS),
  );
  return topics.reduce<string | undefined>(
    (longest, text) => (longest !== undefined && longest.length > text.length ? longest : text),
    undefined,
  );
}

function isOfSigns(text: string): boolean {
  return isRun(text) || isHangul(text);
}

/** Words that are about something; in a run, those that stand together are one: 鍛冶 and 屋. */
function partsOf(words: readonly Word[], language: Language): readonly string[] {
  const parts: string[] = [];
  let isOpen = false;
  for (const word of words) {
    const isAbout = !isOneOf(language.commonWords, word) && !language.particleSet.has(word.key);
    const isJoined = isAbout && JOINED.test(word.written);
    if (isAbout && isOpen && isJoined && word.isGlued) parts.push(`${parts.pop() ?? ''}${word.written}`);
    else if (isAbout) parts.push(saidForm(word, language));
    isOpen = isJoined;
  }
  return parts;
}

function withoutElision(text: string): string {
  return text.replace(ELISION, '');
}

function saidForm({ written, key }: Word, { particles }: Language): string {
  if (!isHangul(written)) return withoutElision(written);
  const particle = particles.find(
    (one) => one !== ALSO_AN_ENDING && key.endsWith(one) && key.length - one.length >= MIN_SIGNS,
  );
  return particle === undefined ? written : written.slice(0, -particle.length);
}
