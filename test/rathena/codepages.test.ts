import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { StatementProxy } from '../support/statement-proxy.ts';
import { insertSettled } from './arrange.ts';
import { type MapServer, type MapServerOptions, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
const DIALOGUE = '/api/v1/npc/dialogue';
const SECOND_NPC = 110_000_002;

beforeEach(() => queue().clear());

interface Codepage {
  /** MariaDB's name of it. */
  readonly name: string;
  readonly text: string;
  /** The same text in the codepage. */
  readonly bytes: Buffer;
}

function hex(digits: string): Buffer {
  return Buffer.from(digits.replaceAll(' ', ''), 'hex');
}

/** GBK's 0x95 0x5C ends with the byte of a backslash: before a quote, it would hide it from whoever looks at bytes. */
const GBK_BACKSLASH = { name: 'gbk', text: '我昞', bytes: hex('ced2 955c') };
const CODEPAGES: readonly Codepage[] = [
  { name: 'utf8mb4', text: 'Grüße, 안녕 😀', bytes: Buffer.from('Grüße, 안녕 😀') },
  { name: 'utf8', text: 'Grüße, 안녕 😀', bytes: Buffer.from('Grüße, 안녕 😀') },
  { name: 'euckr', text: '안녕하세요', bytes: hex('bec8 b3e7 c7cf bcbc bfe4') },
  { name: 'tis620', text: 'สวัสดี', bytes: hex('cac7 d1ca b4d5') },
  { name: 'latin1', text: 'Grüße “€”', bytes: hex('4772fc df65 20 93 80 94') },
  GBK_BACKSLASH,
  { name: 'big5', text: '功能', bytes: hex('a55c afe0') },
  { name: 'sjis', text: 'ソ表', bytes: hex('835c 955c') },
];

/** The ways in which the commands may learn of the codepage. */
function waysToSay(name: string): readonly [string, MapServerOptions][] {
  const settings = `client_codepage: ${name}\n`;
  return [
    [`client_codepage ${name} on a connection of utf8mb4`, { settings, encoding: 'utf8mb4' }],
    [`client_codepage ${name} on a connection of latin1`, { settings, encoding: 'latin1' }],
    [`a connection of ${name} and no setting`, { encoding: name }],
  ];
}

async function storedRow(id: number): Promise<Record<string, unknown>> {
  const [row] = await queue().database.query(
    'SELECT request_type, request_data, source_npc, source_map FROM ai_requests WHERE id = ?',
    [id],
  );
  return row!;
}

function around(before: string, bytes: Buffer, after: string): Buffer {
  return Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
}

for (const { name, text, bytes } of CODEPAGES) {
  describe.each(waysToSay(name))('%s', (_way, options) => {
    let server: MapServer;
    beforeEach(async () => {
      server = await startMapServer(queue().settings, options);
    });

    it('what a script asks arrives as it was meant', async () => {
      server.addMap(2, bytes);
      server.addNpc(SECOND_NPC, 2, bytes);
      const data = around('{"message":"', bytes, '"}');

      const { value } = await server.call('ai_db_request', [bytes, DIALOGUE, data], { npc: SECOND_NPC });

      expect(await storedRow(Number(value))).toEqual({
        request_type: text,
        request_data: `{"message":"${text}"}`,
        source_npc: text,
        source_map: text,
      });
    });

    it('an answer arrives in the codepage of the client', async () => {
      const id = await insertSettled(queue(), { response: `{"text":"${text}"}` });
      expect(await server.bytes('ai_db_response', id)).toEqual(around('{"text":"', bytes, '"}'));
      expect(await server.bytes('ai_db_response', id, 1_000)).toEqual(around('{"text":"', bytes, '"}'));
    });

    it('a reason arrives in the codepage of the client', async () => {
      const id = await insertSettled(queue(), {
        status: 'failed',
        errorCode: 'ai_refused',
        errorMessage: text,
      });
      expect((await server.bytes('ai_db_error', id)).includes(bytes)).toBe(true);
    });

    it('what is escaped for JSON is the same text after the way there and back', async () => {
      const quoted = around('say "', bytes, '" \\');
      const escaped = await server.bytes('ai_json_escape', quoted);

      const id = await server.number(
        'ai_db_request',
        'dialogue',
        DIALOGUE,
        around('{"message":"', escaped, '"}'),
      );

      const { request_data } = await storedRow(id);
      expect(JSON.parse(String(request_data))).toEqual({ message: `say "${text}" \\` });
    });

    it('ai_json_get takes a text out of an answer', async () => {
      const id = await insertSettled(queue(), { response: JSON.stringify({ list: [{ text }] }) });
      const answer = await server.bytes('ai_db_response', id);
      expect(await server.bytes('ai_json_get', answer, 'list[0].text')).toEqual(bytes);
    });
  });
}

describe('what the codepage does not have is folded into what it has, or goes away', () => {
  it.each([
    ['euckr', 'a😀ü안', Buffer.concat([Buffer.from('au'), hex('bec8')])],
    ['tis620', 'a😀안ส', Buffer.concat([Buffer.from('a'), hex('ca')])],
    ['latin1', 'a 😀안 ü', Buffer.concat([Buffer.from('a '), hex('fc')])],
    ['gbk', 'a😀안我', Buffer.concat([Buffer.from('a'), hex('ced2')])],
  ])('in %s', async (name, text, bytes) => {
    const server = await startMapServer(queue().settings, { settings: `client_codepage: ${name}\n` });
    const id = await insertSettled(queue(), { response: `"${text}"` });
    expect(await server.bytes('ai_db_response', id)).toEqual(around('"', bytes, '"'));
  });

  it('also where JSON hides them behind \\u', async () => {
    const server = await startMapServer(queue().settings, { settings: 'client_codepage: latin1\n' });
    expect(await server.bytes('ai_json_get', '{"t":"\\u00fc \\ud83d\\ude00"}', 't')).toEqual(hex('fc'));
  });

  it('where a quote comes in, JSON stays JSON, and text that is none is not escaped', async () => {
    const server = await startMapServer(queue().settings, { settings: 'client_codepage: tis620\n' });
    const [json, text] = [
      await insertSettled(queue(), { response: '{"t":"“Hm”"}' }),
      await insertSettled(queue(), { response: 'He said “Hm”.' }),
    ];
    expect(await server.text('ai_db_response', json)).toBe('{"t":"\\"Hm\\""}');
    expect(await server.text('ai_db_response', text)).toBe('He said "Hm".');
  });

  it('is asked of the database once for each character', async () => {
    const server = await startMapServer(queue().settings, {
      settings: 'client_codepage: euckr\ndoorbell: no\n',
    });
    const id = await insertSettled(queue(), { response: '"안녕 — “é” … 😀"' });
    const first = await server.bytes('ai_db_response', id);
    const before = await server.counters();
    expect(await server.bytes('ai_db_response', id)).toEqual(first);
    const after = await server.counters();
    // The answer is still known, or read once more; its characters are known.
    expect(after['Attempts']! - before['Attempts']!).toBeLessThanOrEqual(1);
  });
});

describe('what is not text in the codepage is refused', () => {
  it.each([
    ['utf8mb4', hex('ff')],
    ['utf8mb4', hex('c3')],
    ['utf8mb4', hex('eda080')],
    ['euckr', hex('bec8 ff')],
    ['gbk', hex('95')],
    ['gbk', hex('ff')],
    ['big5', hex('a5')],
    ['sjis', hex('83')],
    ['tis620', hex('ff')],
  ])('in %s: %o', async (name, bytes) => {
    const server = await startMapServer(queue().settings, { settings: `client_codepage: ${name}\n` });
    expect(await server.number('ai_db_request', 'dialogue', DIALOGUE, around('{"m":"', bytes, ' "}'))).toBe(
      -1,
    );
    expect(await server.text('ai_db_error', -1)).not.toBe('');
    expect(await server.number('ai_db_request', around('t', bytes, ' '), DIALOGUE, '{}')).toBe(-1);
    expect(await server.number('ai_db_request', 't', around('/', bytes, 'x'), '{}')).toBe(-1);
    // A first byte without its second must not take the quote behind it with it.
    expect(await server.number('ai_db_request', 'dialogue', DIALOGUE, around('{"m":"', bytes, '"}'))).toBe(
      -1,
    );
    expect(await queue().statusCounts()).toEqual({});
  });
});

describe('a name of an NPC or a map that is no text in the codepage does not cost the request', () => {
  it.each([
    ['utf8mb4', hex('41 bec8 42 ff')],
    ['utf8mb4', hex('41 f09f98')],
    ['euckr', hex('41 ff 42 be')],
    ['gbk', hex('41 955c 42 95')],
    ['tis620', hex('41 ff fe')],
  ])('in %s: %o', async (name, bytes) => {
    const server = await startMapServer(queue().settings, { settings: `client_codepage: ${name}\n` });
    server.addMap(2, bytes);
    server.addNpc(SECOND_NPC, 2, bytes);
    const { value } = await server.call('ai_db_request', ['t', DIALOGUE, '{}'], { npc: SECOND_NPC });
    expect(value).toBeGreaterThan(0);
    const { source_npc, source_map } = await storedRow(Number(value));
    expect([source_npc, source_map]).toEqual([expect.stringMatching(/^A/), expect.stringMatching(/^A/)]);
  });
});

it('data are measured as UTF-8, after they were converted', async () => {
  const server = await startMapServer(queue().settings, { settings: 'client_codepage: euckr\n' });
  const korean = (characters: number) => around('"', Buffer.from('bec8'.repeat(characters), 'hex'), '"');
  expect(await server.number('ai_db_request', 't', DIALOGUE, korean(21_844))).toBeGreaterThan(0);
  expect(await server.number('ai_db_request', 't', DIALOGUE, korean(21_845))).toBe(-1);
  expect(await server.text('ai_db_error', -1)).toMatch(/^data_too_large: /);
});

it.each(['binary', 'utf8', undefined])('on a connection of %s, text is UTF-8', async (encoding) => {
  const server = await startMapServer(queue().settings, encoding === undefined ? {} : { encoding });
  const id = await server.number('ai_db_request', '안녕 😀', DIALOGUE, '{"m":"Grüße 😀"}');
  expect(await storedRow(id)).toMatchObject({ request_type: '안녕 😀', request_data: '{"m":"Grüße 😀"}' });
  const answered = await insertSettled(queue(), { response: '"Grüße 😀"' });
  expect(await server.text('ai_db_response', answered)).toBe('"Grüße 😀"');
});

it('injection by a trailing 0x5C: gbk text cannot end its literal', async () => {
  const server = await startMapServer(queue().settings, {
    settings: 'client_codepage: gbk\n',
    encoding: 'gbk',
  });
  server.addNpc(SECOND_NPC, 1, around('', hex('955c'), "', NULL, NULL); DROP TABLE t; -- "));

  const { value } = await server.call('ai_db_request', ['t', DIALOGUE, '{}'], { npc: SECOND_NPC });

  expect(await storedRow(Number(value))).toMatchObject({ source_npc: "昞', NULL, NULL); DROP TABLE t; -- " });
});

it('what is converted does not wait behind the requests of others, however many there are', async () => {
  const characters = ['bec8', 'b3e7', 'c7cf'];
  const sent: string[] = [];
  const { host, port } = queue().settings;
  const proxy = new StatementProxy({
    target: { host, port },
    before: async (sql) => {
      const verb = /^(?:INSERT|SELECT CAST)/.exec(sql)?.[0];
      if (verb) sent.push(verb);
      // Slow until all is converted: who asks has four seconds.
      const converted = sent.filter((one) => one !== 'INSERT').length;
      if (verb === 'INSERT' && converted < characters.length) await sleep(50);
    },
  });
  const settings = 'client_codepage: euckr\ndoorbell: no\n';
  const server = await startMapServer({ ...queue().settings, port: await proxy.listen() }, { settings });
  expect(await server.number('ai_db_status', 1)).toBe(0);

  const asked = Array.from({ length: 20 }, () => server.number('ai_db_request', 't', DIALOGUE, '{}'));
  const values = characters.map(async (digits) => ({
    value: await server.bytes('ai_json_get', around('{"t":"', hex(digits), '"}'), 't'),
    bytes: hex(digits),
  }));

  for (const { value, bytes } of await Promise.all(values)) expect(value).toEqual(bytes);
  expect(Math.min(...(await Promise.all(asked)))).toBeGreaterThan(0);
  expect(sent.lastIndexOf('SELECT CAST')).toBeLessThan(sent.lastIndexOf('INSERT'));
  await proxy.close();
});
