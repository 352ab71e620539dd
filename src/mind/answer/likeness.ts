/**
 * Consonants that one script writes for another's, by the letters that have them: Marla is Марла, マーラ and มาร์ลา, and
 * b and p are one, as c and k or s are. Vowels are too different to tell anything.
 */
const LETTERS: Readonly<Record<string, string>> = {
  p: 'bpfvwбпфвばびぶべぼぱぴぷぺぽふバビブベボパピプペポフヴบปผพภฟฝว',
  m: 'mмまみむめもマミムメモม',
  t: 'dtдтたてとだでどタテトダデドดตทธฐถฑฒฎฏ',
  n: 'nнなにぬねのんナニヌネノンนณง',
  k: 'kgcqxкгхかきくけこがぎぐげごカキクケコガギグゲゴกขคฆ',
  s: 'szcjgxtсзцчшщжさしすせそざじずぜぞちつサシスセソザジズゼゾチツจชซศษสฌ',
  r: 'rlрлらりるれろラリルレロรลฬฤ',
  h: 'hjхгはひへほハヒヘホหฮ',
};
/** The consonants of a syllable of Hangul, in the order of its code. */
const HANGUL_INITIALS = 'k k n t t r m p p s s - s s s k t p h'.split(' ');
const HANGUL_FINALS = '- k k k n n n t r r r r r r r r m p p s s n s s k t p h'.split(' ');
const SYLLABLES = { first: 0xac00, last: 0xd7a3, ofAnInitial: 588, finals: 28 } as const;
/** So many consonants are compared. */
const COMPARED = 2;

const soundsOf = new Map<string, string>();
for (const [sound, letters] of Object.entries(LETTERS)) {
  for (const letter of letters) soundsOf.set(letter, (soundsOf.get(letter) ?? '') + sound);
}

const FAMILIES = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Thai}/u,
  /\p{Script=Hangul}/u,
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
];

/** Whether two texts have letters of one script; Han and kana stand together. */
export function shareScript(one: string, other: string): boolean {
  return FAMILIES.some((family) => family.test(one) && family.test(other));
}

/** Whether a name may be a word of these in another script. */
export function isLike(name: string, own: readonly string[]): boolean {
  return own.some((one) =>
    one.split(/[^\p{L}\p{M}]+/u).some((word) => word !== '' && mayBeAlike(word, name)),
  );
}

/** By the first consonants; Han is written for no sound. */
function mayBeAlike(one: string, other: string): boolean {
  const sounds = consonantsOf(one);
  const others = consonantsOf(other);
  const compared = Math.min(COMPARED, sounds.length, others.length);
  return Array.from({ length: compared }).every((_, at) =>
    [...(sounds[at] ?? '')].some((sound) => (others[at] ?? '').includes(sound)),
  );
}

/** For each consonant the sounds that it may have. */
function consonantsOf(word: string): string[] {
  return [...word.toLowerCase().normalize('NFC')].slice(0, 20).flatMap((letter) => {
    const code = (letter.codePointAt(0) ?? 0) - SYLLABLES.first;
    if (code >= 0 && code <= SYLLABLES.last - SYLLABLES.first) {
      const initial = HANGUL_INITIALS[Math.floor(code / SYLLABLES.ofAnInitial)] ?? '-';
      const final = HANGUL_FINALS[code % SYLLABLES.finals] ?? '-';
      return [initial, final].filter((sound) => sound !== '-');
    }
    const sound = soundsOf.get(letter) ?? soundsOf.get(letter.normalize('NFD').charAt(0));
    return sound === undefined ? [] : [sound];
  });
}
