/**
 * One to three words with capitals and a colon at the beginning, and then speech: who speaks, as in a play. "Geffen:
 * leave by the west gate" goes on without a capital, and is speech as a whole.
 */
const WITH_CAPITALS =
  /^[ \t]*(?!\[[^\]\n]{0,40}:)[[(【]?\p{Lu}[\p{L}\p{N}\p{M}'’_-]{0,30}(?: (?:of |the |von |de |da |do |del |des |di |ng |kay )?\p{Lu}[\p{L}\p{N}\p{M}'’_-]{0,30}){0,2}(?: ?\([^)\n]{0,30}\))?[\])】]?[ \t\u00a0\u202f]*[:：](?=[ \t]*(?:$|[\n\p{Lu}\p{Lo}"'“‘«„»¡¿—「『（【*([]|(?:i|i['’]m|my|hello|hi|hey|greetings|welcome|yes|no|sure|ok|okay|well)\b))[ \t]*(?:—[ \t]*)?/u;
/** [Wache] and 【賢者】 without a colon, before a sentence that begins. */
const IN_BRACKETS =
  /^[ \t]*(?:【(?<corner>[^【】:：\n]{1,30})】|\[(?<square>[^[\]:：\n]{1,30})\])[ \t]*[:：]?[ \t]*(?=[\n\p{Lu}\p{Lo}"“«„»¡¿「『（(*])/u;
/** 賢者： and มาลี: where letters have no case. */
const CASELESS =
  /^[ \t]*(?<name>[\p{Lo}ー][\p{Lo}\p{M}ー・]{0,24}(?: [\p{Lo}\p{M}]{1,12}){0,2})[ \t]*(?:[(（][^()（）\n]{0,30}[)）])?[ \t]*[:：](?=[ \t]*[^\s\p{N}])[ \t]*/u;

const CAPITALISED =
  /^\p{Lu}[\p{L}\p{M}'’_-]{0,30}(?: (?:of |the |von |der |de |da |do |del |des |di |ng )?\p{Lu}[\p{L}\p{M}'’_-]{0,30}){0,2}$/u;
const LETTERS_ONLY = /^[\p{Lo}\p{M}ー・ ]+$/u;
/** A name has no words between its words, but for の and a courtesy. */
const COURTESY = /(?:さん|ちゃん|くん|さま|殿|の)/gu;
const KANA = /[ぁ-ゖ]/u;
/** In Chinese a colon stands behind half of all sentences that go on: 三件事：, 有人問卡普拉： */
const IN_SENTENCES = /[一二兩三四五六七八九十多有是在說問寫聽看要會能可的了著很最這那第次件條種個樣事]/u;
const LONGEST = { han: 5, hiragana: 5, dense: 12, other: 9 } as const;

/** Before a colon they announce what is told, and nobody has such a name. */
const NO_SPEAKERS = new Set(
  `注意 ヒント 例 例えば 値段 場所 理由 結論 助言 秘密 方法 条件 報酬 材料 警告 名前 答え 一つ
  提示 例如 比如 譬如 價格 地點 原因 條件 獎勵 記住 記得 聽好 聽著 總之 也就是說 忠告 建議 換句話說 簡單來說
  힌트 주의 참고 예 가격 위치 이유 결론 조언 비밀 방법 조건 보상 재료 경고 예를들어 즉
  หมายเหตุ คำเตือน ราคา สถานที่ เหตุผล ตัวอย่าง เคล็ดลับ วิธี รางวัล เงื่อนไข ระวัง จำไว้ ฟังนะ คำแนะนำ`.split(/\s+/),
);

/** Words with which one begins to speak, and nobody's names. English ones are taken for a label as ever. */
const BEGINNINGS = new Set(
  `dije dijiste digo escucha escuchad mira oye aviso anuncio consejo recuerda
  disse digo escute ouça olha veja comunicado anúncio dica lembre
  voyons écoute écoutez regarde regardez disons conseil annonce avis
  hör hört seht sieh also hinweis achtung warnung merke ratschlag
  dengar ingat begini dicatat kata pengumuman perhatian peringatan nasihat
  alrededor cerca dentro fuera sobre em perto ao autour près dans bei in um nahe di dekat sa в около возле
  makinig tandaan paalala babala anunsyo payo
  recuerdo recordad lembro lembre-se souviens помню говорю говорил говорила слушай слушайте смотри запомни внимание объявление совет итак`.split(
    /\s+/,
  ),
);
/** ฉันบอกว่า, 내 말은 and 我告訴你 begin or end as no name does. */
const NO_NAME =
  /(?:ว่า|หน่อย|นี้|นะ|คือ|ได้แก่|แล้ว|ค่ะ|คะ|ครับ|จ้ะ)$|^(?:ฉัน|ผม|ฟัง|จำ|ประกาศ|ระเบียบ|บันทึก|ยินดี|กฎ|ข้อ|บริษัท|สรุป|คำ|เรื่อง|ถ้า|แต่|และ|เพราะ|มี|ไม่|ได้|สอง|สาม|สี่|ห้า)|[我你您]|老夫|在下|本人|請|注意|公告$|^(?:他|聽|記|這|那|請)|^(?:내|네|이|그|저|잘) |\p{Script=Hangul}{2}[은는면요]$/u;
/** "Swordman: Izlude. Mage: Geffen. Archer: Payon." is a list, and no play. */
const LISTED = /(?:^|[.!?] )\p{Lu}[\p{L}\p{M}'’ -]{0,30}: /gu;
const MIN_LISTED = 3;

/** Takes out "Old Man:" before what he says, whoever he is; who is known by name is told apart in the reading. */
export function withoutSpeakerLabel(text: string): string {
  const label = withCapitals(text) ?? bracketsIn(text) ?? caselessIn(text) ?? '';
  return text.slice(label.length);
}

function withCapitals(text: string): string | undefined {
  const label = WITH_CAPITALS.exec(text)?.[0];
  const [word = ''] = /[\p{L}\p{M}]+/u.exec(label ?? '') ?? [];
  if (label === undefined || BEGINNINGS.has(word.toLowerCase())) return undefined;
  return (text.match(LISTED)?.length ?? 0) < MIN_LISTED ? label : undefined;
}

function bracketsIn(text: string): string | undefined {
  const found = IN_BRACKETS.exec(text);
  const { corner, square } = found?.groups ?? {};
  if (corner !== undefined) return found?.[0];
  const isName = square !== undefined && (CAPITALISED.test(square) || isCaselessName(square));
  return isName ? found?.[0] : undefined;
}

function caselessIn(text: string): string | undefined {
  const found = CASELESS.exec(text);
  return found && isCaselessName(found.groups?.['name'] ?? '') ? found[0] : undefined;
}

function isCaselessName(name: string): boolean {
  if (!LETTERS_ONLY.test(name) || NO_NAME.test(name)) return false;
  if (NO_SPEAKERS.has(name.replaceAll(' ', ''))) return false;
  const letters = name.replace(/\p{M}|\s/gu, '');
  if (/^[ぁ-ゖー]+$/u.test(letters)) return letters.length <= LONGEST.hiragana;
  if (KANA.test(letters)) return !KANA.test(letters.replace(COURTESY, '')) && letters.length <= LONGEST.dense;
  if (/^\p{Script=Han}+$/u.test(letters)) return letters.length <= LONGEST.han && !IN_SENTENCES.test(letters);
  const isDense = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Katakana}]/u.test(letters);
  return letters.length <= (isDense ? LONGEST.dense : LONGEST.other);
}
