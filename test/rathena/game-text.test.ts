import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CodepageName, openCodepage } from '../../src/game-text/codepage.ts';
import { foldText } from '../../src/game-text/fold-text.ts';
import { FOLDS } from '../../src/game-text/folds.ts';
import { GAME_TEXTS } from '../support/game-texts.ts';
import { useQueue } from '../support/queue-observer.ts';
import { insertSettled } from './arrange.ts';
import { useMapServers } from './harness/map-server.ts';
import { ScriptLibrary } from './script-library.ts';

const startMapServer = useMapServers();
const queue = useQueue();
beforeEach(() => queue().clear());

/** What the database does not know as a character set of its own. */
const OF_WINDOWS: readonly string[] = ['cp874', 'cp949', 'cp950', 'cp1252'];
const CASES = GAME_TEXTS.filter(({ codepage }) => !OF_WINDOWS.includes(codepage));
/** Texts that are hard in one way or another, in each codepage. */
const HARD_TEXTS = [
  'Hello 😀 you 😀 😀! (🎉) 👨‍👩‍👧 “😀 quoted 😀” and "😀 again" \'😀 so\'',
  '😀 nai\u0308ve ti\u1ebfng Vi\u1ec7t e\u0301e\u0301 o\u0301x x\u0301 ½ 2½ 3¾ ①② x² — ⁇ what?? ﬀﬁ Ǽǽ',
  'a: “😀 b”, {“c”}: d\u200be\ufe0f é\u0327 か\u3099 ｶﾞ ￥100 〜～ ∥‖ −－ •·・',
];
const HARD_CODEPAGES = [
  'latin1',
  'euckr',
  'sjis',
  'cp932',
  'tis620',
  'big5',
  'gbk',
  'gb2312',
  'cp1251',
  'koi8r',
] as const;

interface Ways {
  readonly response: Buffer;
  readonly got: Buffer;
  readonly error: Buffer;
}

/** An answer, a text of it and an error in the client's codepage: by the C++ commands. */
async function overCommands(codepage: string, text: string): Promise<Ways> {
  const server = await startMapServer(queue().settings, { settings: `client_codepage: ${codepage}\n` });
  const { answered, failed } = await arrange(text);
  const response = await server.bytes('ai_db_response', answered);
  return {
    response,
    got: await server.bytes('ai_json_get', escapedJson(text), 'text'),
    error: await server.bytes('ai_db_error', failed),
  };
}

/** The same by the function library over SQL. */
async function overLibrary(codepage: string, text: string): Promise<Ways> {
  const library = new ScriptLibrary(await queue().database.connect());
  library.setCodepage(codepage);
  const { answered, failed } = await arrange(text);
  const call = async (name: string, ...args: (string | number)[]) =>
    Buffer.from(String(await library.call(name, ...args)), 'latin1');
  return {
    response: await call('F_AI_Response', answered),
    got: await call('F_AI_JsonText', escapedJson(text), 'text'),
    error: await call('F_AI_Error', failed),
  };
}

/** Takes what stands at a path out of JSON, as the client's bytes. */
type Take = (json: string, path: string) => Promise<Buffer>;

async function commandsTake(codepage: string): Promise<Take> {
  const server = await startMapServer(queue().settings, { settings: `client_codepage: ${codepage}\n` });
  return async (json, path) => await server.bytes('ai_json_get', json, path);
}

async function libraryTakes(codepage: string): Promise<Take> {
  const library = new ScriptLibrary(await queue().database.connect());
  library.setCodepage(codepage);
  return async (json, path) => Buffer.from(String(await library.call('F_AI_JsonText', json, path)), 'latin1');
}

async function arrange(text: string) {
  return {
    answered: await insertSettled(queue(), { response: JSON.stringify({ text, list: [text] }) }),
    failed: await insertSettled(queue(), { status: 'failed', errorCode: 'ai_refused', errorMessage: text }),
  };
}

/** As services write it that know ASCII alone. */
function escapedJson(text: unknown): string {
  return JSON.stringify({ text }).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What clients that say sjis speak. */
const spokenAs = (codepage: string): string => (codepage === 'sjis' ? 'cp932' : codepage);

/** The bytes of a text in a codepage, by the database. */
async function encode(codepage: string, text: string): Promise<Buffer> {
  const sql = `SELECT CAST(CONVERT(CONVERT(? USING utf8mb4) USING ${codepage}) AS BINARY) AS bytes`;
  const [row] = await queue().database.query<{ bytes: Buffer }[]>(sql, [text]);
  return row!.bytes;
}

async function expectedWays(codepage: string, shown: string): Promise<Ways> {
  return {
    response: await encode(codepage, JSON.stringify({ text: shown, list: [shown] })),
    got: await encode(codepage, shown),
    error: await encode(codepage, `ai_refused: ${shown}`),
  };
}

/** Any signs that are folded, with letters and marks around. */
const SIGNS = [...FOLDS.keys(), ...'😀👍🏽안녕日本ไทยЯéü "\'().,:{}[]!?aeioAZ0123456789          '];
const ANY_TEXT = fc.array(fc.constantFrom(...SIGNS), { maxLength: 30 }).map((signs) => signs.join(''));

describe.each([
  ['the C++ commands', overCommands, commandsTake],
  ['the function library over SQL', overLibrary, libraryTakes],
] as const)('%s give what src/game-text gives', (_, over, take) => {
  it.each(CASES)('$codepage: $text', async ({ codepage, text, shown }) => {
    expect(await over(codepage, text)).toEqual(await expectedWays(codepage, shown));
  });

  it.each(HARD_CODEPAGES)('for what is hard, in %s', async (codepage) => {
    const has = await openCodepage(spokenAs(codepage) as CodepageName);
    for (const text of HARD_TEXTS) {
      const shown = foldText(text, has);
      const { got, response } = await over(codepage, text);
      expect(got).toEqual(await encode(spokenAs(codepage), shown));
      expect(response.includes('?')).toBe(shown.includes('?'));
    }
  });

  it.each(['tis620', 'euckr', 'latin1'] as const)('for any text, in %s', async (codepage) => {
    const has = await openCodepage(codepage);
    const takeOut = await take(codepage);
    await fc.assert(
      fc.asyncProperty(ANY_TEXT, async (text) => {
        expect(await takeOut(escapedJson(text), 'text')).toEqual(await encode(codepage, foldText(text, has)));
      }),
      { numRuns: 40 },
    );
  });

  it('an object that is taken out stays JSON, and its texts are folded when they are', async () => {
    const takeOut = await take('tis620');
    const object = (await takeOut(escapedJson({ t: '“Hm…” 😀' }), 'text')).toString();
    expect((await takeOut(object, 't')).toString()).toBe('"Hm..."');
    expect((await takeOut(escapedJson('"“Hm”"'), 'text')).toString()).toBe('""Hm""');
  });
});
