import { describe, expect, it } from 'vitest';
import { countAsked, countBroken, suspectCodepages } from './seen-texts.ts';

/** What a database stores of these bytes when it takes them for latin1. */
function readAs1252(hex: string): string {
  return new TextDecoder('windows-1252').decode(Buffer.from(hex, 'hex'));
}

const UTF8 = [Buffer.from('안녕하세요'), Buffer.from('감사합니다')].map((bytes) =>
  readAs1252(bytes.toString('hex')),
);
/** The same words in the codepage of Korean clients. */
const KOREAN = ['bec8b3e7c7cfbcbcbfe4', 'b0a8bbe7c7d5b4cfb4d9'].map(readAs1252);

describe('a codepage is suspected', () => {
  it('of UTF-8 and Korean that were read as latin1', () => {
    expect(suspectCodepages(UTF8)).toMatchObject([{ codepage: 'utf8mb4', meant: '안녕하세요' }]);
    expect(suspectCodepages(KOREAN)[0]).toMatchObject({ codepage: 'euckr', meant: '안녕하세요' });
  });

  it.each([
    ['words of the West', ['Où est la forge, près de Prontera ?', 'Grüße aus Köln', '¡Señor, mañana!']],
    ['one odd text', [KOREAN[0]!]],
    ['the same odd text twice', [KOREAN[0]!, KOREAN[0]!]],
    ['words that were read rightly', ['안녕하세요', '감사합니다', 'こんにちは', 'Привет всем']],
    ['signs in a row', ['ÄÄÄÄÄÄ!', '¿¿¿¿', 'ÖÖÖÖ', 'éééé']],
    ['nothing', []],
  ])('but not of %s', (_, texts) => {
    expect(suspectCodepages(texts)).toEqual([]);
  });
});

it('bytes that were no text are counted, and a ? between letters', () => {
  expect(countBroken(['a\uFFFDb', 'ab'])).toBe(1);
  expect(countAsked(['p?cheur', 'What?', '? a', 'Où??est'])).toBe(2);
});
