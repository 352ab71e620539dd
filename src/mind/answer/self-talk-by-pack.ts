import type { LanguagePack } from '../language/pack-schema.ts';
import { packsFor } from '../language/pack-scripts.ts';
import { splitSentences } from '../language/sentences.ts';
import { foldPhrase, oncePerPack, phrasesPattern } from './pack-phrases.ts';

/** An announcement ends with a colon soon, and before it stands no more than "はい、わかりました。" or "Claro!" */
const MAX_ANNOUNCEMENT = 120;
const MAX_BEFORE = 30;
const ANNOUNCEMENT_END = /[:：]|[.。!！]?[ \t]*\n\s*\n/;
/** "The following is the sage's answer", where whose it is stands within. */
const ANNOUNCED =
  /^(?:以下|次|下面|這是|다음|아래|นี่คือ|ต่อไปนี้).{0,30}(?:返答|回答|返事|答え|台詞|セリフ|回覆|答覆|답변|대답|대사|คำตอบ|บทพูด)/u;
/** "Resposta" and คำตอบ alone are a label; within a sentence they are words like others. */
const LONG_ENOUGH = { cased: 2, caseless: 6 } as const;

const selfTalkOf = oncePerPack(({ answers }: LanguagePack) => toPattern(answers.self_talk));
const announcementsOf = oncePerPack(({ answers }: LanguagePack) => {
  const phrases = answers.announcements.map((phrase) => phrase.replace(/[\s:：.!。！]+$/u, ''));
  const labels = phrases.filter((phrase) => !isLong(phrase));
  return { whole: new Set(labels.map(foldPhrase)), within: toBorderPattern(phrases.filter(isLong)) };
});

/** Whether a model speaks of itself in this sentence, by the phrases of every language that is written so. */
export function isSelfTalkByPacks(sentence: string): boolean {
  const folded = foldPhrase(sentence);
  return packsFor(sentence).some((pack) => selfTalkOf(pack)?.test(folded) === true);
}

/** The text without the announcement that ends with its first colon, or before an empty line. */
export function withoutAnnouncement(text: string): string {
  const { index: end, 0: mark } = ANNOUNCEMENT_END.exec(text.slice(0, MAX_ANNOUNCEMENT)) ?? {
    index: -1,
    0: '',
  };
  if (end < 0) return text;
  const sentences = splitSentences(text.slice(0, end));
  const announced = foldPhrase(sentences.at(-1) ?? '').trim();
  const isOne =
    ANNOUNCED.test(announced) || packsFor(announced).some((pack) => isAnnouncement(announced, pack));
  if (!isOne) return text;
  const before = sentences.slice(0, -1).join('');
  return `${before.length > MAX_BEFORE ? before : ''}${text.slice(end + mark.length).trimStart()}`;
}

function isAnnouncement(sentence: string, pack: LanguagePack): boolean {
  const { whole, within } = announcementsOf(pack);
  return whole.has(sentence) || within?.test(sentence) === true;
}

function isLong(phrase: string): boolean {
  const isCased = /\p{Lu}|\p{Ll}/u.test(phrase);
  return isCased
    ? phrase.trim().split(/\s+/).length >= LONG_ENOUGH.cased
    : phrase.length >= LONG_ENOUGH.caseless;
}

function toPattern(phrases: readonly string[]): RegExp | undefined {
  const source = phrasesPattern(phrases);
  return source === undefined ? undefined : new RegExp(source, 'u');
}

/** At the beginning of the sentence or at its end. */
function toBorderPattern(phrases: readonly string[]): RegExp | undefined {
  const source = phrasesPattern(phrases);
  return source === undefined ? undefined : new RegExp(`^${source}|${source}$`, 'u');
}
