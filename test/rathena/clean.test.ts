import { describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { ScriptLibrary } from './script-library.ts';

const queue = useQueue();

async function clean(form: string, text: string, codepage = 'utf8mb4'): Promise<string> {
  const library = new ScriptLibrary(await queue().database.connect());
  library.setCodepage(codepage);
  return String(await library.call(form, text));
}

describe('F_AI_Clean', () => {
  it.each([
    ['^FF0000red^000000 and ^12', 'red and 12'],
    ['<URL>site<INFO>http://a.b</INFO></URL>', 'site'],
    ['<ITEM>Sword<INFO>1201</INFO></ITEM> and <NAVI>[A]<INFO>prontera,1,2</INFO></NAVI>', 'Sword and [A]'],
    ['<ITEML>0000y1kk</ITEML>x<MSG>1234</MSG>', 'x'],
    ['<url>small</url>', 'small'],
    ['<<URL>URL>x', 'URL>x'],
    ['<U<b>RL>x</URL>', 'URL>x'],
    ['<UR^000000L>x', 'x'],
    ['<unclosed', 'unclosed'],
    ['2 < 3 and <3', '2 < 3 and <3'],
    ['two\r\nlines\tand\u0001more', 'two lines and more'],
  ])('of %j is %j', async (text, cleaned) => {
    expect(await clean('F_AI_Clean', text)).toBe(cleaned);
  });

  it.each([
    ['cp932', '835e955e'],
    ['big5', 'a55ea75e'],
  ])('leaves whole in %s what has a ^ for its second byte', async (codepage, hex) => {
    const bytes = Buffer.from(hex, 'hex').toString('latin1');
    expect(await clean('F_AI_Clean', `${bytes}^FF0000`, codepage)).toBe(bytes);
  });
});

it('F_AI_CleanOption has no colon, and bears at most 60 characters', async () => {
  expect(await clean('F_AI_CleanOption', ' a:b::c ')).toBe('a b  c');
  expect(await clean('F_AI_CleanOption', 'x'.repeat(3_000))).toBe('x'.repeat(60));
  expect(await clean('F_AI_CleanOption', '::')).toBe('');
});

it('F_AI_CleanName has no sign that means something in a name, and at most 23 bytes', async () => {
  expect(await clean('F_AI_CleanName', 'Ana#1: "the" <b>Brave</b>')).toBe('Ana 1 the Brave');
  expect(await clean('F_AI_CleanName', 'x'.repeat(30))).toBe('x'.repeat(23));
});
