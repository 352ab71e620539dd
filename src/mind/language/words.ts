import { keyIn } from './keys.ts';
import type { Language } from './language.ts';
import { cutRun, foldWidth, isHangul, isRun } from './script.ts';

export { toKey } from './keys.ts';

/** One word of a message: as it is compared, and as the player wrote it (letters, digits and inner apostrophes only). */
export interface Word {
  readonly key: string;
  readonly written: string;
  /** Whether it follows the word before it without anything between, as in a script without blanks. */
  readonly isGlued: boolean;
  /** The word without the particles that may stand behind it, as in Korean, or with fewer of a letter held down. */
  readonly forms: readonly string[];
}

/** A chat line has at most 255 bytes; what stands behind 2,000 characters or 200 words changes no answer. */
const MAX_CHARACTERS = 2_000;
const MAX_WORDS = 200;
/** A spelling is looked for in so many parts of a run: คับบบ may be cut into three. */
const MAX_SPELLED_PARTS = 4;
/** 친구에게는 has two. */
const MAX_PARTICLES = 2;

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*/gu;
const COLOR_CODE = /\^[0-9a-f]{6}/gi;
const NONE: readonly string[] = [];
/** Letters held down: heyyyy, спасибооо. */
const HELD = /([\p{Script=Latin}\p{Script=Cyrillic}])\1{2,}/u;
const MAX_HELD = 3;

/** The words of a text: lower case, without punctuation and colour codes, in the language's usual spelling. */
export function toWords(text: string, language: Language): Word[] {
  const words: Word[] = [];
  const head = foldWidth(text.slice(0, MAX_CHARACTERS).replace(COLOR_CODE, ' '));
  for (const [written] of head.matchAll(WORD)) {
    if (words.length >= MAX_WORDS) break;
    if (isRun(written)) pushRun(words, cutRun(written), language);
    else pushWord(words, { written, isGlued: false }, language);
  }
  return words;
}

/** Whether the word, or what it is without its particles, is one of these. */
export function isOneOf(set: ReadonlySet<string>, { key, forms }: Word): boolean {
  return set.has(key) || forms.some((form) => set.has(form));
}

/** Words as they were written, with blanks where there were some. */
export function joinWritten(words: readonly Pick<Word, 'written' | 'isGlued'>[]): string {
  return words.map(({ written, isGlued }, at) => (isGlued || at === 0 ? written : ` ${written}`)).join('');
}

type Written = Pick<Word, 'written' | 'isGlued'>;

function pushRun(words: Word[], parts: readonly string[], language: Language): void {
  for (let at = 0; at < parts.length && words.length < MAX_WORDS; ) {
    const count = language.hasRunSpellings ? spelledParts(parts, at, language) : 1;
    const written = parts.slice(at, at + count).join('');
    pushWord(words, { written, isGlued: at > 0 }, language);
    at += count;
  }
}

/** How many parts from here on are one word that people spell in a way of their own. */
function spelledParts(parts: readonly string[], at: number, language: Language): number {
  for (let count = Math.min(MAX_SPELLED_PARTS, parts.length - at); count > 1; count--) {
    if (language.spellings.has(keyIn(parts.slice(at, at + count).join(''), language))) return count;
  }
  return 1;
}

function pushWord(words: Word[], { written, isGlued }: Written, language: Language): void {
  const key = keyIn(written, language);
  if (key === '') return;
  const usual = usualSpelling(key, language);
  if (usual === undefined) {
    words.push({ key, written, isGlued, forms: formsOf(key, language) });
    return;
  }
  const meant = usual.split(' ').flatMap((word) => (isRun(word) ? cutRun(word) : [word]));
  meant.forEach((word, at) => {
    const meantKey = keyIn(word, language);
    words.push({
      key: meantKey,
      written: meant.length === 1 ? written : word,
      isGlued: at === 0 ? isGlued : isRun(word),
      forms: formsOf(meantKey, language),
    });
  });
}

function usualSpelling(key: string, { spellings }: Language): string | undefined {
  return spellings.get(key) ?? shortened(key).flatMap((form) => spellings.get(form) ?? [])[0];
}

/** Ayudaaa is ayuda or ayudaa. Of one letter alone it is laughter or a sound, and stays: kkk, zzz. */
function shortened(key: string): readonly string[] {
  if (!HELD.test(key) || new Set(key).size < 2) return NONE;
  let forms = [key];
  for (let held = 0; held < MAX_HELD; held++)
    forms = forms.flatMap((form) =>
      HELD.test(form) ? [form.replace(HELD, '$1'), form.replace(HELD, '$1$1')] : [form],
    );
  return forms;
}

/** 대장장이는 and 대장장이에게도 are 대장장이 with particles. */
function formsOf(key: string, { particles }: Language): readonly string[] {
  if (particles.length === 0 || !isHangul(key)) return shortened(key);
  const forms: string[] = [];
  let rest = [key];
  for (let depth = 0; depth < MAX_PARTICLES; depth++) {
    rest = rest.flatMap((word) =>
      particles.flatMap((particle) =>
        word.length > particle.length && word.endsWith(particle) ? [word.slice(0, -particle.length)] : [],
      ),
    );
    forms.push(...rest);
  }
  return forms.length === 0 ? NONE : forms;
}
