import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { type MapServer, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
const RUNS = { numRuns: 300 };
const MOST_TRIES = 5;

let server: MapServer;
beforeEach(async () => {
  server = await startMapServer(queue().settings, { encoding: 'utf8mb4' });
});

/** A script's text cannot hold NUL. */
const texts = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll('\0', ''));
const controls = fc.string({
  unit: fc.integer({ min: 1, max: 0x7f }).map((code) => String.fromCharCode(code)),
});

describe('ai_json_escape', () => {
  it('gives what JSON.parse reads back, for any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(texts, controls), async (text) => {
        expect(JSON.parse(`"${await server.text('ai_json_escape', text)}"`)).toBe(text);
      }),
      RUNS,
    );
  });

  it.each([
    ['', ''],
    ['Hello', 'Hello'],
    ['say "hi"', 'say \\"hi\\"'],
    ['C:\\', 'C:\\\\'],
    ['a\r\n\tb', 'a\\r\\n\\tb'],
    ['\u0001\u001f', '\\u0001\\u001f'],
  ])('of %j is %j', async (text, escaped) => {
    expect(await server.text('ai_json_escape', text)).toBe(escaped);
  });

  it('of a number is the number', async () => {
    expect(await server.text('ai_json_escape', 42)).toBe('42');
  });

  it.each(['ff', 'c3', 'e282', 'eda080', 'f0908080f5', 'c080'])(
    'of bytes that are no UTF-8 (%s) is JSON all the same',
    async (hex) => {
      const escaped = await server.bytes('ai_json_escape', Buffer.from(`61${hex}62`, 'hex'));
      const text = new TextDecoder('utf-8', { fatal: true }).decode(escaped);
      expect(JSON.parse(`"${text}"`)).toMatch(/^a.*b$/);
    },
  );

  it("has the name of the document's example, too", async () => {
    expect(await server.text('escape', 'say "hi"')).toBe('say \\"hi\\"');
  });

  it('of 64 KB is whole', async () => {
    const text = '"\\ü😀\n'.repeat(6_000);
    expect(JSON.parse(`"${await server.text('ai_json_escape', text)}"`)).toBe(text);
  });

  it('costs no statement for plain text', async () => {
    await server.text('ai_json_escape', 'a');
    const attempts: number[] = [];
    // The thread of the database has statements of its own now and then, every few seconds.
    for (let tries = 0; tries < MOST_TRIES && !attempts.includes(0); tries += 1) {
      const before = await server.counters();
      await server.text('ai_json_escape', 'say "hi"');
      await server.text('ai_json_get', '{"a":1}', 'a');
      attempts.push(Number((await server.counters())['Attempts']) - Number(before['Attempts']));
    }
    expect(attempts).toContain(0);
  });
});

interface Place {
  readonly path: string;
  readonly value: unknown;
}

/** Every place in a value, with the path that leads there. */
function placesIn(value: unknown, path = ''): Place[] {
  const here = [{ path, value }];
  if (Array.isArray(value))
    return [...here, ...value.flatMap((item, index) => placesIn(item, `${path}[${index}]`))];
  if (typeof value !== 'object' || value === null) return here;
  const members = Object.entries(value);
  return [
    ...here,
    ...members.flatMap(([key, member]) => placesIn(member, path === '' ? key : `${path}.${key}`)),
  ];
}

/** What a script gets for a value: text and numbers as they are, nothing for null, JSON for the rest. */
function expectedOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value.replaceAll('\0', '?') : JSON.stringify(value);
}

const keys = fc.oneof(
  fc.constantFrom('text', 'a b', 'ü', '😀', '0', '"', '\\', ']', '{', 'a\nb'),
  texts.filter((text) => text !== '' && !/[.[]/.test(text)),
);
const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -1.5e-7, 2 ** 63, '', '\\u0041', '}', '",'),
    texts,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
  ),
}));

describe('ai_json_get', () => {
  it('finds what JSON.parse finds, at every place of any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const json = JSON.stringify(value);
        for (const { path, value: there } of placesIn(JSON.parse(json)).slice(0, 20))
          expect(await server.text('ai_json_get', json, path), `${path} of ${json}`).toBe(expectedOf(there));
      }),
      { numRuns: 150 },
    );
  });

  it('also with white space, and with every character escaped', async () => {
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const json = escapeAll(JSON.stringify(value, null, '\t '));
        for (const { path, value: there } of placesIn(JSON.parse(json)).slice(0, 20)) {
          const found = await server.text('ai_json_get', json, path);
          if (typeof there === 'object' && there !== null) expect(JSON.parse(found)).toEqual(there);
          else expect(found).toBe(expectedOf(there));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('gives "" for what is not JSON, and JSON.parse agrees', async () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      'a',
      '1',
      '-',
      '.',
      'e',
      '\\',
      ' ',
      'null',
      '\n',
    );
    const pieces = fc.array(piece, { maxLength: 8 }).map((list) => list.join(''));
    await fc.assert(
      fc.asyncProperty(pieces, async (text) => {
        const found = await server.text('ai_json_get', text, '');
        if (found !== '') expect(() => JSON.parse(text)).not.toThrow();
        if (isJson(text))
          expect(found === '' ? [null, ''] : [JSON.parse(text)]).toContainEqual(JSON.parse(text));
      }),
      RUNS,
    );
  });

  it.each([
    ['{"a":{"b":[{"c":"x"}]}}', 'a.b[0].c', 'x'],
    ['[[1,2],[3]]', '[1][0]', '3'],
    ['{"a":1,"a":2}', 'a', '1'],
    ['{"\\u0061":"escaped name"}', 'a', 'escaped name'],
    ['{"a":"\\ud83d\\ude00"}', 'a', '😀'],
    ['{"a":"\\ud83d"}', 'a', '?'],
    ['{"a":"x\\u0000y"}', 'a', 'x?y'],
    ['{"a":1.50}', 'a', '1.50'],
    ['{"a":123456789012345678901234567890}', 'a', '123456789012345678901234567890'],
    [' \r\n{"a" : true } ', 'a', 'true'],
    ['"whole"', '', 'whole'],
  ])('of %s at %j is %j', async (json, path, value) => {
    expect(await server.text('ai_json_get', json, path)).toBe(value);
  });

  it.each([
    ['{"a":1}', 'b'],
    ['{"a":1}', 'A'],
    ['{"a":1}', 'a.b'],
    ['{"a":1}', 'a[0]'],
    ['{"a":1}', '[0]'],
    ['{"a":"text"}', 'a[0]'],
    ['[1]', '[1]'],
    ['[1]', '[-1]'],
    ['[1]', '[01x]'],
    ['[1]', '[99999999999999999999]'],
    ['[1]', '[4294967296]'],
    ['[1]', '[]'],
    ['[1]', '[0'],
    ['[1]', '0'],
    ['{"a":{"b":1}}', 'a..b'],
    ['{"a":{"b":1}}', '.a'],
    ['{"a":{"b":1}}', 'a.'],
    ['{"a":[1]}', 'a[0]b'],
    ['', 'a'],
    ['', ''],
    ['{"a":1', 'a'],
    ['{"a":1}}', 'a'],
    ['not JSON', 'a'],
    ['null', ''],
  ])('of %s at %j is ""', async (json, path) => {
    expect(await server.text('ai_json_get', json, path)).toBe('');
  });

  it('goes 64 deep and no deeper, and no depth harms it', async () => {
    const nested = (depth: number) => `${'['.repeat(depth)}"x"${']'.repeat(depth)}`;
    expect(await server.text('ai_json_get', nested(64), '[0]'.repeat(64))).toBe('x');
    expect(await server.text('ai_json_get', nested(65), '[0]'.repeat(65))).toBe('');
    expect(await server.text('ai_json_get', nested(65), '[0]')).toBe('');
    expect(await server.text('ai_json_get', '['.repeat(200_000), '[0]')).toBe('');
    expect(await server.text('ai_json_get', '{"a":'.repeat(50_000), 'a')).toBe('');
    expect(await server.text('ai_json_get', '{}', 'a.'.repeat(100_000))).toBe('');
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // That is the answer.
  }
}

/** The same JSON with the characters of its strings as \uXXXX. */
function escapeAll(json: string): string {
  return json.replaceAll(/"((?:[^"\\]|\\.)*)"/g, (quoted) => {
    const units = [...Array((JSON.parse(quoted) as string).length).keys()];
    const text = JSON.parse(quoted) as string;
    return `"${units.map((unit) => `\\u${text.charCodeAt(unit).toString(16).padStart(4, '0')}`).join('')}"`;
  });
}
