import type { Repertoire } from './fold-text.ts';

interface Codepage {
  /** Its name in iconv-lite. */
  readonly library: string;
  /** What the database's table of it lacks and the library's has; then the other way round. */
  readonly lacks?: string;
  readonly hasToo?: string;
  /** Which bytes of the library's larger table belong to it. */
  readonly isOwn?: (bytes: Buffer) => boolean;
}

const CP932_ALONE = '∥－＼～￠￡￢';
const SJIS_ALONE = '¢£¬‖−〜';
const CP950_ALONE = '¯ˍ‧€∕⊕⊙║╒╓╔╕╖╗╘╙╚╛╜╝╟╠╢╣╤╥╦╧╨╩╫╬╴▓﹑﹨～￠￡￣￥';
const BIG5_ALONE = [
  ...['¢£¥', 'Ё', 'Д-М', 'У-я', 'ё', '•‾∼', '①-⑩', '⑴-⑽', '☉♁々', 'ぁ-ん', 'ゝゞ', 'ァ-ヶ', 'ヾ､'],
].join('');

/**
 * By the names that the database has for them, and some that people know. MariaDB's latin1 is Windows' 1252, its euckr
 * 949. Its sjis, big5 and gb2312 differ in some signs from Windows' 932, 950 and 936, and it has no 874.
 */
const CODEPAGES = {
  latin1: { library: 'cp1252' },
  cp1252: { library: 'cp1252' },
  latin2: { library: 'iso-8859-2' },
  latin5: { library: 'iso-8859-9' },
  cp1250: { library: 'cp1250' },
  cp1251: { library: 'cp1251' },
  cp1256: { library: 'cp1256', lacks: 'ٹڈڑکںھہے' },
  cp1257: { library: 'cp1257' },
  greek: { library: 'iso-8859-7', lacks: 'ͺ‘’€₯', hasToo: 'ʼʽ' },
  hebrew: { library: 'iso-8859-8', lacks: '¯', hasToo: '‾' },
  koi8r: { library: 'koi8-r' },
  koi8u: { library: 'koi8-u', lacks: '∙', hasToo: '•' },
  tis620: { library: 'tis620' },
  cp874: { library: 'cp874' },
  euckr: { library: 'cp949' },
  cp949: { library: 'cp949' },
  sjis: { library: 'cp932', lacks: CP932_ALONE, hasToo: SJIS_ALONE, isOwn: isJisX0208 },
  cp932: { library: 'cp932' },
  big5: { library: 'cp950', lacks: CP950_ALONE, hasToo: BIG5_ALONE },
  cp950: { library: 'cp950' },
  gbk: { library: 'cp936', lacks: '€' },
  gb2312: { library: 'cp936', lacks: '·ńňɑɡ—€ⅰ-ⅹ︱-﹄', hasToo: '―・', isOwn: isGb2312 },
} as const satisfies Readonly<Record<string, Codepage>>;

export type CodepageName = keyof typeof CODEPAGES;

export const CODEPAGE_NAMES = Object.keys(CODEPAGES) as readonly CodepageName[];

/** What a codepage has. The library and its tables are loaded with the first one that is wanted: 60 ms. */
export async function openCodepage(name: CodepageName): Promise<Repertoire> {
  const { default: iconv } = await import('iconv-lite');
  const { library, lacks = '', hasToo = '', isOwn = () => true }: Codepage = CODEPAGES[name];
  const added = toClass(hasToo);
  const taken = toClass(`${lacks}\ufffd`);
  const known = new Map<string, boolean>();
  const look = (character: string): boolean => {
    if (added.test(character)) return true;
    if (taken.test(character)) return false;
    const bytes = iconv.encode(character, library);
    // There and back: the library makes a backslash of the yen sign, and ? of what it does not know.
    return isOwn(bytes) && iconv.decode(bytes, library) === character;
  };
  return (character) => {
    if (character < '\x80') return true;
    const before = known.get(character);
    if (before !== undefined) return before;
    const has = look(character);
    known.set(character, has);
    return has;
  };
}

function toClass(characters: string): RegExp {
  return characters === '' ? /(?!)/ : new RegExp(`^[${characters}]$`, 'u');
}

/** Without the rows that NEC and IBM added. */
function isJisX0208([first = 0, second]: Buffer): boolean {
  return second === undefined || !(first === 0x87 || first === 0xed || first === 0xee || first >= 0xf0);
}

function isGb2312([first = 0, second]: Buffer): boolean {
  return second === undefined || (first >= 0xa1 && first <= 0xf7 && second >= 0xa1);
}

/** A text as the clients of a codepage have it; undefined where the codepage lacks one of its characters. */
export async function encodeText(name: CodepageName, text: string): Promise<Buffer | undefined> {
  const has = await openCodepage(name);
  if (![...text].every(has)) return undefined;
  const { default: iconv } = await import('iconv-lite');
  return iconv.encode(text, CODEPAGES[name].library);
}
