/**
 * What stands in place of a character that a codepage lacks, the most faithful first; the first one that the codepage
 * has is taken. None of them makes a ^, a backslash, or a < before a letter: nothing that is folded can become a colour
 * code or one of the client's own tags.
 */
type Row = readonly [characters: string, ...candidates: string[]];

const QUOTES: readonly Row[] = [
  ['‘’‚‛′‵ʹʻʼʽˈ❛❜＇´｀', "'"],
  ['‹›', "'"],
  ['“”„‟″‶❝❞〝〞〟＂', '"'],
  ['«»', '"'],
  ['‴', "'''"],
  ['〈', '‹', "'"],
  ['〉', '›', "'"],
  ['《', '«', '"'],
  ['》', '»', '"'],
  ['「」｢｣', '"'],
  ['『』', "'"],
];

const DASHES: readonly Row[] = [
  ['‐‑‒–⁃﹘﹣－˗', '-'],
  ['−', '－', '-'],
  // Korean and Chinese codepages have one of the two, Western ones the first.
  ['—', '―', '-'],
  ['―', '—', '-'],
  ['⸺⸻', '—', '―', '-'],
  // Microsoft's Japanese codepage has the second where MariaDB's sjis has the first.
  ['〜', '～', '~'],
  ['～', '〜', '~'],
  ['˜∼', '~'],
  ['‖', '∥', '||'],
  ['∥', '‖', '||'],
  ['¦￤', '|'],
  ['⁄∕', '/'],
];

const POINTS: readonly Row[] = [
  ['…', '...'],
  ['‥', '..'],
  ['⋯', '…', '...'],
  ['․', '.'],
  ['。｡', '.'],
  ['、､', ','],
  ['•', '·', '-'],
  ['·', '・', '-'],
  ['‧∙⋅･', '·', '・', '-'],
  ['・', '·', '-'],
  ['‣●○◦▪▫■□◆◇▶►▸', '•', '·', '-'],
  ['★☆✦✧✨⭐', '*'],
  ['†‡※', '*'],
  ['♩♪♫♬', '♪', '~'],
  ['‼', '!!'],
  ['⁇', '??'],
  ['⁈', '?!'],
  ['⁉', '!?'],
  ['¡¿', ''],
];

const BRACKETS: readonly Row[] = [
  ['【〔〖', '['],
  ['】〕〗', ']'],
  ['＜', '('],
  ['＞', ')'],
  ['＼∖', '/'],
  ['＾ˆ', ''],
];

const ARROWS: readonly Row[] = [
  ['→', '->'],
  ['←', '<-'],
  ['↔', '<->'],
  ['➔➙➜➝➞➡⟶', '→', '->'],
  ['⬅⟵', '←', '<-'],
  ['⇒', '=>'],
  ['⇐', '<='],
  ['⇔', '<=>'],
];

const SIGNS: readonly Row[] = [
  ['×✕✖', '×', 'x'],
  ['÷', '/'],
  ['±', '+/-'],
  ['≤', '<='],
  ['≥', '>='],
  ['≠', '!='],
  ['≈', '~'],
  ['µ', 'μ', 'u'],
  ['μ', 'µ', 'u'],
  ['©', '(c)'],
  ['®', '(R)'],
  ['™', '(TM)'],
  ['℠', '(SM)'],
  ['№', 'No.'],
  ['℃', '°C', 'C'],
  ['℉', '°F', 'F'],
  ['¢￠', '￠', '¢', 'c'],
  ['£￡', '￡', '£', 'GBP'],
  ['¥￥', '￥', '¥', 'JPY'],
  ['₩￦', '￦', '₩', 'KRW'],
  ['€', 'EUR'],
  ['₽', 'RUB'],
  ['฿', 'THB'],
  ['¬￢', '￢', '¬', 'not'],
  ['¯￣‾', '¯', '￣', '-'],
];

/** Letters that no canonical decomposition leads to. */
const LETTERS: readonly Row[] = [
  ['ß', 'ss'],
  ['ẞ', 'SS'],
  ['æ', 'ae'],
  ['Æ', 'AE'],
  ['œ', 'oe'],
  ['Œ', 'OE'],
  ['øɵ', 'o'],
  ['ØƟ', 'O'],
  ['đðɖ', 'd'],
  ['ĐÐƉ', 'D'],
  ['łƚ', 'l'],
  ['Ł', 'L'],
  ['þ', 'th'],
  ['Þ', 'Th'],
  ['ħ', 'h'],
  ['Ħ', 'H'],
  ['ŧ', 't'],
  ['Ŧ', 'T'],
  ['ŋ', 'ng'],
  ['Ŋ', 'Ng'],
  ['ıɩ', 'i'],
  ['ĸ', 'k'],
  ['əɛ', 'e'],
  ['Ə', 'E'],
  ['ƒ', 'f'],
  ['ŉ', "'n"],
  ['є', 'е'],
  ['Є', 'Е'],
  ['ґ', 'г'],
  ['Ґ', 'Г'],
  ['і', 'i'],
  ['І', 'I'],
];

export const SYMBOLS: readonly Row[] = [
  ...QUOTES,
  ...DASHES,
  ...POINTS,
  ...BRACKETS,
  ...ARROWS,
  ...SIGNS,
  ...LETTERS,
];
