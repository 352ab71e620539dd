import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { dataError, endpointError, typeError } from '../../src/queue/request-rules.ts';
import { useQueue } from '../support/queue-observer.ts';
import {
  type Argument,
  FAKE_NPC,
  MAP_NAME,
  type MapServer,
  NPC,
  NPC_NAME,
  PLAYER,
  useMapServers,
} from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
/** After a failure, no statement is tried for so long. */
const PAUSE_MS = 1_050;
/** The map server looks for what became of open requests this often. */
const LOOK_MS = 20;
const DIALOGUE = '/api/v1/npc/dialogue';

let server: MapServer;
beforeEach(async () => {
  await queue().clear();
  // Without the doorbell, no timer reads ai_workers while statements are counted.
  server = await startMapServer(queue().settings, { settings: 'doorbell: no\n' });
  await server.number('ai_db_status', 1); // The first command looks at the server and reads the settings.
});

interface Row {
  readonly id: number;
  readonly request_type: string;
  readonly endpoint: string;
  readonly request_data: string | null;
  readonly priority: number;
  readonly timeout: number;
  readonly status: string;
  readonly source_npc: string | null;
  readonly source_map: string | null;
  readonly life_seconds: number;
}

async function rows(): Promise<Row[]> {
  return await queue().database.query<Row[]>(
    `SELECT id, request_type, endpoint, request_data, priority, timeout, status, source_npc, source_map,
            CAST(ROUND(UNIX_TIMESTAMP(expires_at) - UNIX_TIMESTAMP(created_at)) AS SIGNED) AS life_seconds
       FROM ai_requests ORDER BY id`,
  );
}

async function rowOf(id: number): Promise<Row> {
  return (await rows()).find((row) => row.id === id)!;
}

describe('a good request', () => {
  it('is a row like that of every other client, and its id is returned', async () => {
    const data = '{"message":"Hello AI","npc_id":123}';

    const id = await server.number('ai_db_request', 'dialogue', DIALOGUE, data, 3);

    expect(await rows()).toEqual([
      {
        id,
        request_type: 'dialogue',
        endpoint: DIALOGUE,
        request_data: data,
        priority: 3,
        timeout: 30,
        status: 'pending',
        source_npc: NPC_NAME,
        source_map: MAP_NAME,
        life_seconds: 30,
      },
    ]);
  });

  it('has priority 5 when none is given', async () => {
    const id = await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}');
    expect(await rowOf(id)).toMatchObject({ priority: 5 });
  });

  it.each([
    [-9_000_000_000, 1],
    [0, 1],
    [1, 1],
    [10, 10],
    [11, 10],
    [9_000_000_000, 10],
  ])('priority %i is taken as %i', async (given, stored) => {
    const id = await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}', given);
    expect(await rowOf(id)).toMatchObject({ priority: stored });
  });

  it.each([
    [-1, 1],
    [0, 1],
    [1, 1],
    [120, 120],
    [31_536_000, 31_536_000],
    [9_000_000_000, 31_536_000],
  ])('timeout_seconds %i is taken as %i', async (given, stored) => {
    const id = await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}', 5, given);
    expect(await rowOf(id)).toMatchObject({ timeout: stored, life_seconds: stored });
  });

  it('may be given by variables and by numbers in place of texts', async () => {
    const args: Argument[] = [
      { variable: 'decision' },
      { variable: DIALOGUE },
      { variable: '{"a":1}' },
      { variable: 2 },
      { variable: 7 },
    ];
    const id = await server.number('ai_db_request', ...args);
    expect(await rowOf(id)).toMatchObject({
      request_type: 'decision',
      request_data: '{"a":1}',
      priority: 2,
      timeout: 7,
    });

    const other = await server.number('ai_db_request', 42, DIALOGUE, 7, '8');
    expect(await rowOf(other)).toMatchObject({ request_type: '42', request_data: '7', priority: 8 });
  });

  it('may be as large as the limits', async () => {
    const data = `"${'x'.repeat(65_533)}"`;
    const id = await server.number('ai_db_request', 't'.repeat(50), `/${'e'.repeat(254)}`, data);
    expect(await rowOf(id)).toMatchObject({
      request_type: 't'.repeat(50),
      endpoint: `/${'e'.repeat(254)}`,
      request_data: data,
    });
  });

  it('costs one INSERT in a transaction', async () => {
    const startedMs = performance.now();
    const before = await server.counters();
    for (let round = 0; round < 20; round += 1)
      await server.number('ai_db_request', 'dialogue', DIALOGUE, '{"a":2}');
    const after = await server.counters();

    const cost = (name: string) => after[name]! - before[name]!;
    expect(cost('Com_insert')).toBe(20);
    expect(cost('Attempts') - cost('Com_select')).toBe(20 * 3);
    // All that is read is what became of those before, at each look; and once a second those that nobody reads.
    const looks = (performance.now() - startedMs) * (1 / LOOK_MS + 1 / 1000);
    expect(cost('Com_select')).toBeLessThanOrEqual(Math.ceil(looks) + 2);
  });

  it('gets ids above 2^31 and 2^32 whole', async () => {
    for (const next of [2 ** 31 + 7, 2 ** 32 + 7, 2 ** 52]) {
      await queue().database.query(`ALTER TABLE ai_requests AUTO_INCREMENT = ${next}`);
      server.advance(PAUSE_MS); // A timer's look may have met the lock of the ALTER.
      expect(await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}')).toBe(next);
      expect(await server.number('ai_db_status', next)).toBe(1);
    }
    await queue().clear();
    await queue().database.query('ALTER TABLE ai_requests AUTO_INCREMENT = 1');
  });
});

describe('who asks', () => {
  async function sourceOf(caller: { npc?: number; player?: number }): Promise<unknown[]> {
    const { value } = await server.call('ai_db_request', ['dialogue', DIALOGUE, '{}'], caller);
    const { source_npc, source_map } = await rowOf(Number(value));
    return [source_npc, source_map];
  }

  it('an NPC with a player, and one without (OnInit)', async () => {
    expect(await sourceOf({ npc: NPC, player: PLAYER })).toEqual([NPC_NAME, MAP_NAME]);
    expect(await sourceOf({ npc: NPC })).toEqual([NPC_NAME, MAP_NAME]);
  });

  it('a floating NPC, an NPC that is gone, a player who is gone, nobody: none of them is refused', async () => {
    server.addNpc(77, -1, 'floating');
    expect((await sourceOf({ npc: 77 }))[0]).toBe('floating');
    expect(await sourceOf({ npc: 4_711 })).toEqual([null, null]);
    expect(await sourceOf({ player: 4_711 })).toEqual([null, null]);
    expect(await sourceOf({})).toEqual([null, null]);
  });

  it('an item: the map is that of the player', async () => {
    server.addMap(2, 'geffen');
    server.addPlayer(5, 50, 2);
    for (const npc of [FAKE_NPC, 0]) expect((await sourceOf({ npc, player: 5 }))[1]).toBe('geffen');
  });

  it('names that look like SQL stay names', async () => {
    server.addMap(3, 'm\'"\\;--');
    server.addNpc(78, 3, "x', NULL); DROP TABLE ai_requests; -- %s%n");
    expect(await sourceOf({ npc: 78 })).toEqual(["x', NULL); DROP TABLE ai_requests; -- %s%n", 'm\'"\\;--']);
  });
});

describe('a bad request is refused with -1, without an INSERT, and ai_db_error(-1) says why', () => {
  const tooDeep = 100_000;
  it.each<[string, Argument[], RegExp]>([
    ['an empty type', ['', DIALOGUE, '{}'], /type/],
    ['a long type', ['t'.repeat(51), DIALOGUE, '{}'], /type/],
    ['an empty endpoint', ['t', '', '{}'], /endpoint/],
    ['a URL', ['t', 'http://evil.example/', '{}'], /endpoint/],
    ['another host', ['t', '//evil.example/', '{}'], /endpoint/],
    ['a way up', ['t', '/api/../admin', '{}'], /endpoint/],
    ['an encoded way up', ['t', '/api/%2E%2e/admin', '{}'], /endpoint/],
    ['a fragment', ['t', '/api#x', '{}'], /endpoint/],
    ['a backslash', ['t', '/api\\x', '{}'], /endpoint/],
    ['a line end', ['t', '/api\r\nHost: evil.example', '{}'], /endpoint/],
    ['a letter beyond ASCII', ['t', '/ä', '{}'], /endpoint/],
    ['a long endpoint', ['t', `/${'e'.repeat(255)}`, '{}'], /endpoint/],
    ['empty data', ['t', DIALOGUE, ''], /JSON/],
    ['cut data', ['t', DIALOGUE, '{"message":"Hello'], /JSON/],
    ['unescaped quotes', ['t', DIALOGUE, '{"message":"say "hello""}'], /JSON/],
    ['two values', ['t', DIALOGUE, '{}{}'], /JSON/],
    ['a raw line end in a string', ['t', DIALOGUE, '{"message":"a\nb"}'], /JSON/],
    ['data a byte too long', ['t', DIALOGUE, `"${'x'.repeat(65_534)}"`], /65535|65,535/],
    ['very long data', ['t', DIALOGUE, `"${'x'.repeat(2_000_000)}"`], /65535|65,535/],
    ['very deep data', ['t', DIALOGUE, '['.repeat(tooDeep)], /JSON|65535|65,535/],
  ])('%s', async (_name, args, reason) => {
    const before = await server.counters();

    expect(await server.number('ai_db_request', ...args)).toBe(-1);

    // What the thread looks for by itself now and then is none of it.
    expect((await server.counters())['Com_insert']).toBe(before['Com_insert']);
    expect(await server.text('ai_db_error', -1)).toMatch(reason);
    expect(await rows()).toEqual([]);
  });

  it('what a player said is in no line of the log and in no reason', async () => {
    await server.number('ai_db_request', 'dialogue', DIALOGUE, '{"message":"my secret" is broken}');
    expect(await server.text('ai_db_error', -1)).not.toContain('secret');
    expect(JSON.stringify(server.shown)).not.toContain('secret');
  });
});

it.each([
  `'); DROP TABLE ai_requests; -- `,
  `\\'); DROP TABLE ai_requests; -- `,
  `" OR 1=1 #`,
  `%s%s%s%n%d%%`,
  `x'27' 0x27 /*!50000 DROP TABLE ai_requests */`,
  'back\\slash at the end\\',
  '\u0000 as an escape, \u007f, \u2028, 😀',
])('the text %j arrives as it is', async (message) => {
  const data = JSON.stringify({ message });
  const id = await server.number(
    'ai_db_request',
    message.slice(0, 10).replaceAll('\u0000', '0'),
    DIALOGUE,
    data,
  );
  expect(await rowOf(id)).toMatchObject({ request_data: data });
});

it.each([
  "''",
  "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE'",
  "'TRADITIONAL,ONLY_FULL_GROUP_BY,NO_ZERO_DATE'",
])('with sql_mode %s and another time zone all commands do the same', async (mode) => {
  server.sql(`SET sql_mode = ${mode}, time_zone = '+09:00'`);
  const data = JSON.stringify({ message: `'"\\ 😀` });

  const id = await server.number('ai_db_request', "it's", DIALOGUE, data, 5, 60);

  expect(await rowOf(id)).toMatchObject({ request_type: "it's", request_data: data, life_seconds: 60 });
  expect(await server.number('ai_db_status', id)).toBe(1);
  expect(await server.number('ai_db_cancel', id)).toBe(1);
  expect(await server.text('ai_db_error', id)).toMatch(/^aborted: /);
  expect(await server.number('ai_db_cleanup', 60)).toBe(0);
});

describe('the rules are those of the TypeScript client', () => {
  it('for endpoints', async () => {
    const piece = fc.constantFrom(
      '/',
      '//',
      '..',
      '.',
      '%2e',
      '%2F',
      '%5C',
      '%20',
      '#',
      '\\',
      '?',
      'a',
      'é',
      ' ',
      '~',
      '\x7f',
      '\x1f',
    );
    const endpoints = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    const starting = fc.oneof(
      endpoints,
      endpoints.map((text) => `/${text}`),
    );
    await fc.assert(
      fc.asyncProperty(starting, async (endpoint) => {
        const isRefused = (await server.number('ai_db_request', 't', endpoint, '{}')) === -1;
        expect(isRefused).toBe(endpointError(endpoint) !== undefined);
      }),
      { numRuns: 300 },
    );
  });

  it('for types', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), async (text) => {
        const type = text.replaceAll('\0', '');
        const isRefused = (await server.number('ai_db_request', type, DIALOGUE, '{}')) === -1;
        expect(isRefused).toBe(typeError(type) !== undefined);
      }),
      { numRuns: 200 },
    );
  });

  it('for data', async () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\\u12',
      '\\uD83D',
      'a',
      '"a"',
      '0',
      '-',
      '1',
      '.5',
      'e+3',
      ' ',
      '\n',
      '\t',
      'true',
      'null',
      '\u0001',
      'é',
      '😀',
    );
    const broken = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const good = fc.json({ stringUnit: 'grapheme' });
    const cut = fc
      .tuple(good, fc.nat(40))
      .map(([text, length]) => Buffer.from(text.slice(0, length)).toString());
    await fc.assert(
      fc.asyncProperty(fc.oneof(broken, good, cut), async (data) => {
        const isRefused = (await server.number('ai_db_request', 't', DIALOGUE, data)) === -1;
        expect(isRefused, data).toBe(dataError(data) !== undefined);
      }),
      { numRuns: 500 },
    );
  });
});
