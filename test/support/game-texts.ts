import type { CodepageName } from '../../src/game-text/codepage.ts';

export interface GameTextCase {
  readonly codepage: CodepageName;
  /** What a model wrote. */
  readonly text: string;
  /** What a client of this codepage shows. */
  readonly shown: string;
}

const ENGLISH = '“Well met,” he said — it’s 2½ miles to Geffen… 😊';
const GERMAN = '„Grüß dich!“ – Die Straße ist frei… ⚔️ Viel Glück!';
const FRENCH = '« Bonjour », dit-il : l’œuvre coûte 5 € 🎉 !';
const PORTUGUESE = '¡Olá! “Não há poções” — só maçãs • e pães 🍞.';
const KOREAN = '안녕하세요, 여행자님! “포션”은 10개—지금 있어요… 😄';
const JAPANESE = '「ようこそ」〜 旅の人！ ポーション—５個… ♪ 🗡️';
const THAI = 'สวัสดี “นักเดินทาง” — ยินดีต้อนรับ… 🙏';
const RUSSIAN = '«Привет, путник!» — ёлка стоит 5 ₽… 🌲 „Удачи“';
const CHINESE = '“你好”，旅行者——药水 5 瓶… 😀';
const ARROWS = 'North → Geffen × 3 ≥ 2 • Poring™ ½ ﬁne №\u00a07';

/** Answers in the manner of models, in the codepages of game clients: src/game-text, the map server and the SQL library agree. */
export const GAME_TEXTS: readonly GameTextCase[] = [
  { codepage: 'latin1', text: ENGLISH, shown: '“Well met,” he said — it’s 2½ miles to Geffen…' },
  { codepage: 'euckr', text: ENGLISH, shown: '“Well met,” he said ― it’s 2½ miles to Geffen…' },
  { codepage: 'sjis', text: ENGLISH, shown: '“Well met,” he said ― it’s 2 1/2 miles to Geffen…' },
  { codepage: 'tis620', text: ENGLISH, shown: '"Well met," he said - it\'s 2 1/2 miles to Geffen...' },
  { codepage: 'cp1251', text: ENGLISH, shown: '“Well met,” he said — it’s 2 1/2 miles to Geffen…' },
  { codepage: 'koi8r', text: ENGLISH, shown: '"Well met," he said - it\'s 2 1/2 miles to Geffen...' },
  { codepage: 'latin1', text: GERMAN, shown: '„Grüß dich!“ – Die Straße ist frei… Viel Glück!' },
  { codepage: 'latin2', text: GERMAN, shown: '"Grüß dich!" - Die Straße ist frei... Viel Glück!' },
  { codepage: 'euckr', text: GERMAN, shown: '"Gruß dich!“ - Die Straße ist frei… Viel Gluck!' },
  { codepage: 'tis620', text: GERMAN, shown: '"Gruss dich!" - Die Strasse ist frei... Viel Gluck!' },
  { codepage: 'latin1', text: FRENCH, shown: '« Bonjour », dit-il : l’œuvre coûte 5 € !' },
  { codepage: 'cp1251', text: FRENCH, shown: '« Bonjour », dit-il : l’oeuvre coute 5 € !' },
  { codepage: 'euckr', text: FRENCH, shown: '" Bonjour ", dit-il : l’œuvre coute 5 € !' },
  { codepage: 'latin1', text: PORTUGUESE, shown: '¡Olá! “Não há poções” — só maçãs • e pães.' },
  { codepage: 'cp932', text: PORTUGUESE, shown: 'Ola! “Nao ha pocoes” ― so macas - e paes.' },
  { codepage: 'tis620', text: PORTUGUESE, shown: 'Ola! "Nao ha pocoes" - so macas - e paes.' },
  { codepage: 'euckr', text: KOREAN, shown: '안녕하세요, 여행자님! “포션”은 10개―지금 있어요…' },
  { codepage: 'cp949', text: KOREAN, shown: '안녕하세요, 여행자님! “포션”은 10개―지금 있어요…' },
  { codepage: 'sjis', text: JAPANESE, shown: '「ようこそ」〜 旅の人！ ポーション―５個… ♪' },
  { codepage: 'cp932', text: JAPANESE, shown: '「ようこそ」～ 旅の人！ ポーション―５個… ♪' },
  { codepage: 'tis620', text: THAI, shown: 'สวัสดี "นักเดินทาง" - ยินดีต้อนรับ...' },
  { codepage: 'cp874', text: THAI, shown: 'สวัสดี “นักเดินทาง” — ยินดีต้อนรับ…' },
  { codepage: 'cp1251', text: RUSSIAN, shown: '«Привет, путник!» — ёлка стоит 5 RUB… „Удачи“' },
  { codepage: 'koi8r', text: RUSSIAN, shown: '"Привет, путник!" - ёлка стоит 5 RUB... "Удачи"' },
  { codepage: 'gbk', text: CHINESE, shown: '“你好”，旅行者——药水 5 瓶…' },
  { codepage: 'big5', text: CHINESE, shown: '“你好”，旅行者——水 5 瓶…' },
  { codepage: 'gb2312', text: CHINESE, shown: '“你好”，旅行者――药水 5 瓶…' },
  { codepage: 'latin1', text: ARROWS, shown: 'North -> Geffen × 3 >= 2 • Poring™ ½ fine No.\u00a07' },
  { codepage: 'euckr', text: ARROWS, shown: 'North → Geffen × 3 ≥ 2 · Poring™ ½ fine № 7' },
  { codepage: 'tis620', text: ARROWS, shown: 'North -> Geffen x 3 >= 2 - Poring(TM) 1/2 fine No. 7' },
];
