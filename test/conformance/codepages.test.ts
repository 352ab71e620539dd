import { describe, expect, it } from 'vitest';
import { CODEPAGE_NAMES, openCodepage } from '../../src/game-text/codepage.ts';
import { useQueue } from '../support/queue-observer.ts';

const queue = useQueue();
/** Windows' own, which the database does not have by these names. */
const OF_WINDOWS: readonly string[] = ['cp874', 'cp949', 'cp950', 'cp1252'];
/** MariaDB's cp932 has the bytes of 晙 for 晡. */
const MISTAKEN = '晡';
/** Letters and signs of the first plane: no controls, halves of pairs or private characters. */
const CHARACTERS = Array.from({ length: 0xffe6 - 0xa0 }, (_, at) => String.fromCharCode(0xa0 + at)).filter(
  (character) => !/[\ud800-\uf8ff\ufff0-\uffff]/.test(character) && character !== MISTAKEN,
);
/** A statement of 16 KB. */
const AT_ONCE = 4_000;

async function hadByDatabase(codepage: string): Promise<string[]> {
  const had: string[] = [];
  for (let from = 0; from < CHARACTERS.length; from += AT_ONCE) {
    const characters = CHARACTERS.slice(from, from + AT_ONCE);
    const sql = `SELECT CAST(CONVERT(CONVERT(? USING utf8mb4) USING ${codepage}) AS BINARY) AS bytes`;
    const [row] = await queue().database.query<{ bytes: Buffer }[]>(sql, [characters.join('\n')]);
    const lines = row!.bytes.toString('latin1').split('\n');
    had.push(...characters.filter((_, at) => lines[at] !== '?'));
  }
  return had;
}

describe('what the AI service takes a codepage to have is what the database has in it', () => {
  it.each(CODEPAGE_NAMES.filter((name) => !OF_WINDOWS.includes(name)))('%s', async (name) => {
    const has = await openCodepage(name);
    expect(CHARACTERS.filter(has).join('')).toBe((await hadByDatabase(name)).join(''));
  });
});
