import { describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { ScriptLibrary } from './script-library.ts';

const queue = useQueue();

async function languageWith(settings: Readonly<Record<string, string>>) {
  const connection = await queue().database.connect();
  try {
    const library = new ScriptLibrary(connection);
    library.setSettings(settings);
    return await library.call('F_AI_Language');
  } finally {
    await connection.end();
  }
}

describe('the language that the library asks for', () => {
  it.each([
    [{ language: 'pt-BR' }, ',"language":"pt-BR"'],
    [{ language: 'en', codepage: 'tis620' }, ',"language":"en"'],
    [{ codepage: 'tis620' }, ',"language":"th"'],
    [{ codepage: 'euckr' }, ',"language":"ko"'],
    [{ codepage: 'cp932' }, ',"language":"ja"'],
    [{ codepage: 'big5' }, ',"language":"zh-TW"'],
    [{ codepage: 'latin1' }, ''],
    [{ language: 'any', codepage: 'tis620' }, ''],
    [{}, ''],
  ])('with %j is %j', async (settings, field) => {
    expect(await languageWith(settings)).toBe(field);
  });
});
