import type { LanguagePack } from '../language/pack-schema.ts';
import { packsFor } from '../language/pack-scripts.ts';
import { foldWidth } from '../language/script.ts';
import { isLike, shareScript } from './likeness.ts';
import { foldPhrase, oncePerPack, phrasesPattern } from './pack-phrases.ts';

/**
 * Where letters have no case, a name is what stands between a phrase and the end of the clause, as long as names are.
 * Behind "I am" stands mostly something else: there only what is written as foreign names are counts.
 */
const CASELESS_SCRIPTS = new Set([
  'Thai',
  'Hangul',
  'Han',
  'Hiragana',
  'Katakana',
  'Lao',
  'Khmer',
  'Myanmar',
]);
/** Up to a blank, a stop or a bracket. */
const CLAUSE = '[ :：「『“"]{0,2}(?<clause>[\\p{L}\\p{N}\\p{M}・·\'’-]{1,30})';
const FOREIGN =
  "(?<name>[ァ-ヴー・]{2,15}|[A-Z][A-Za-z'’-]{1,20}|[\\p{Script=Han}]{1,4}·[\\p{Script=Han}]{1,4})";
/** Phrases that stand behind a name, or around it. */
const AROUND = [
  `(?:私|俺|僕|わし|儂|拙者|我|ボク|オレ|ワシ|わたし|あたし|おれ|ぼく)(?:は|が|こそ)、?${FOREIGN}(?=(?:だ|です|じゃ|である|と|って|という)|[。！!、.\\s]|$)`,
  `(?:私|俺|僕|わし|拙者|我|わたし|あたし)(?:を|のことは)、?(?<called>[\\p{L}ー・]{1,12}?)(?:と|って)(?:呼|お呼)`,
  `(?<=^|[。！、\\s「])(?<bare>[ァ-ヴー・]{2,15}|[A-Z][A-Za-z]{1,20})(?:と|って)(?:呼んで|お呼び)`,
  `(?<humble>[ァ-ヴー・]{2,15}|[A-Z][A-Za-z]{1,20}|[\\p{Script=Han}]{2,4})(?:と申し|と申す|という者|と名乗)`,
  `我(?:現在)?(?:是|就是|乃)${FOREIGN.replace('<name>', '<zh>')}(?=[了。！!，,.\\s]|$)`,
  `(?:저는|나는|난|전|저를|나를|날) ?(?<ko>[\\p{Script=Hangul}A-Za-z]{1,8}?)(?:이라고|라고|이라|라) ?(?:불러|부르|합니다|해요|하오|하네|한다)`,
  `(?:저는|나는|난|전) ?(?<latin>[A-Z][A-Za-z]{1,20})(?:입니다|이에요|예요|이야|야|이다|다|일세|요)`,
  `(?:ผม|ฉัน|ดิฉัน|ข้า|เรา|หนู)(?:คือ|เป็น) ?(?<th>[A-Z][A-Za-z]{1,20})`,
];
const NAMED_AROUND = new RegExp(AROUND.join('|'), 'gu');
/** How a sentence ends in Korean, whatever a pack says. */
const HANGUL_ENDS = ['다', '이다', '라네', '이라네', '라고', '이라고'];
/** 我叫人來: whom one calls, and no name. */
const NOT_CALLED = /^[人他她它牠你您誰啥做作個這那不出]/u;
/** "ข้าคือ" is said before callings more often than before names. */
const IS_IDENTITY = /(?:คือ|我是|私は|俺は|저는|나는)$/u;
/** Callings in the letters of foreign names, and what one has himself called. */
const CALLINGS = new Set(
  'メイド リーダー ガイド マスター シェフ コック スタッフ ガード プロ ベテラン ファン ライバル エルフ ドワーフ モンスター スパイ ヒーロー アイドル ギルドマスター メンバー プレイヤー 老闆 老闆娘 師傅 師父 大叔 大哥 大姐 姐姐 哥哥 阿姨 老師 朋友 老爹 老頭 사장님 아저씨 아줌마 아주머니 할머니 할아버지 형님 언니 누나 오빠 선생님'.split(
    ' ',
  ),
);
const KANA = /[ぁ-ゖ]/u;
const LONGEST = { identity: 8, han: 4, kana: 12, hiragana: 6, hangul: 6, other: 20 } as const;

interface Introductions {
  readonly told: RegExp | undefined;
  readonly ends: readonly string[];
  readonly titles: readonly string[];
  readonly noNames: readonly string[];
}

const introductionsOf = oncePerPack(
  ({ answers, classes, scripts }: LanguagePack): Introductions | undefined => {
    if (!scripts.some((script) => CASELESS_SCRIPTS.has(script))) return undefined;
    const source = phrasesPattern(answers.introductions);
    const longestFirst = (words: readonly string[]) =>
      words.map(foldWidth).toSorted((one, other) => other.length - one.length);
    return {
      told:
        source === undefined
          ? undefined
          : new RegExp(`(?<!\\p{Script=Hangul})(?<phrase>${source})${CLAUSE}`, 'giu'),
      ends: longestFirst([...answers.after_introductions, ...HANGUL_ENDS]),
      titles: longestFirst(answers.titles),
      noNames: longestFirst([...answers.no_names, ...Object.values(classes).flat()]),
    };
  },
);

/** The names that a speaker gives himself in a language without capitals; but for those that are his own or in them. */
export function namesWithoutCapitals(text: string, own: readonly string[]): string[] {
  const folded = foldWidth(text);
  const isOther = (name: string) => isForeign(name, own);
  const packs = packsFor(folded).flatMap((pack) => introductionsOf(pack) ?? []);
  const told = packs.flatMap((words) => namesTold(folded, words));
  const isNoName = (name: string) => packs.some(({ noNames }) => noNames.some((one) => name.startsWith(one)));
  const around = [...folded.matchAll(NAMED_AROUND)]
    .map(({ groups }) => Object.values(groups ?? {}).find((one) => one !== undefined) ?? '')
    .filter((name) => name !== '' && !isNoName(name) && !CALLINGS.has(name));
  return [...told, ...around].filter(isOther);
}

/** Of a script in which the speaker has no name, one may be his own: マーラ for Marla. */
function isForeign(name: string, own: readonly string[]): boolean {
  const key = foldPhrase(name);
  const names = own.map(foldPhrase);
  const isOwn = names.some((one) => one.includes(key) || (one.length > 1 && key.includes(one)));
  return !isOwn && (names.some((one) => shareScript(one, name)) || !isLike(name, own));
}

function namesTold(text: string, words: Introductions): string[] {
  if (words.told === undefined) return [];
  return [...text.matchAll(words.told)].flatMap(({ 0: found, index, groups }) => {
    const { phrase = '', clause = '' } = groups ?? {};
    const name = nameIn(clause, words);
    // 나를 보고 is "looking at me", and 내 이름은 묻지 말게 "do not ask": without an ending only what ends the sentence.
    const isEnd =
      phrase.includes('이름') && /^["”」』]?(?:[.!?。…]|$)/u.test(text.slice(index + found.length));
    const hasNoEnd = /\p{Script=Hangul}$/u.test(phrase) && !isEnd && clause.endsWith(name);
    const isTooLong = IS_IDENTITY.test(phrase) && name.length > LONGEST.identity;
    return name === '' || hasNoEnd || isTooLong ? [] : [name];
  });
}

/** The name in the rest of a clause: ボブ in ボブと呼んでくれ, 보라 in 보라입니다; empty where what stands there is none. */
function nameIn(clause: string, { ends, titles, noNames }: Introductions): string {
  if (NOT_CALLED.test(clause) || noNames.some((word) => clause.startsWith(word))) return '';
  const title = titles.find((word) => clause.startsWith(word) && clause.length > word.length) ?? '';
  const name = withoutEnd(clause.slice(title.length), ends);
  if (noNames.includes(name) || titles.includes(name) || CALLINGS.has(name)) return '';
  return isNameLike(name) ? name : '';
}

/** Cut where one of the endings begins that has more than a letter, and less a short one at its end. */
function withoutEnd(clause: string, ends: readonly string[]): string {
  const cuts = ends.filter((end) => end.length > 1).map((end) => clause.indexOf(end, 1));
  const first = Math.min(...cuts.filter((cut) => cut > 0), clause.length);
  const head = clause.slice(0, first);
  const short = ends.find((end) => end.length === 1 && head.length > 2 && head.endsWith(end)) ?? '';
  return head.slice(0, head.length - short.length);
}

function isNameLike(name: string): boolean {
  if (/^[A-Z][\p{L}'’-]+$/u.test(name)) return true;
  // One syllable of Hangul is a name, 밥; one letter of other scripts is none.
  if (!/^(?:\p{Script=Hangul}+|[\p{Lo}\p{M}ー・·]{2,})$/u.test(name)) return false;
  if (/^[ぁ-ゖー]+$/u.test(name)) return name.length <= LONGEST.hiragana;
  // 重要ではない: kana among other letters belong to words.
  if (KANA.test(name)) return false;
  if (/\p{Script=Hangul}/u.test(name)) return name.length <= LONGEST.hangul;
  if (/^\p{Script=Han}+$/u.test(name)) return name.length <= LONGEST.han;
  return name.length <= (/[\p{Script=Han}\p{Script=Katakana}]/u.test(name) ? LONGEST.kana : LONGEST.other);
}
