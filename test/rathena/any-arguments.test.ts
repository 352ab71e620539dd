import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { type Argument, FAKE_NPC, NPC, PLAYER, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
const ODD_NPC = 110_000_003;

beforeEach(() => queue().clear());

/** Text as a script holds it: any bytes but NUL. */
const bytes = fc.uint8Array({ min: 1, max: 255, maxLength: 60 }).map((list): Argument => Buffer.from(list));
const texts = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll('\0', ''));
const fragments = fc.constantFrom(
  ...[
    "'",
    '"',
    '\\',
    '--',
    ';',
    '%n',
    '%s',
    'NULL',
    '/*',
    "x'",
    '{"a":1}',
    '[1]',
    '/api',
    '',
    '0',
    '-1',
    '1e9',
  ],
  ...['99999999999999999999', 'a[0].b', '\x1b', '\r\n'],
);
const pieced = fc.array(fragments, { maxLength: 5 }).map((pieces) => pieces.join(''));
const numbers = fc.oneof(
  fc.constantFrom(-1n, 0n, 1n, 5n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const variables = fc.oneof(texts, fc.integer()).map((variable): Argument => ({ variable }));
const anything: fc.Arbitrary<Argument> = fc.oneof(bytes, texts, pieced, numbers, variables);
const json: fc.Arbitrary<Argument> = fc.oneof(anything, fc.json());
const endpoint: fc.Arbitrary<Argument> = fc.oneof(anything, fc.constant('/api/v1/npc/dialogue'));
/** No longer than a test may wait. */
const waitMs: fc.Arbitrary<Argument> = fc.constantFrom<Argument>(-5n, 0, '20', { variable: 20 }, 'soon', '');

const calls: fc.Arbitrary<readonly [string, readonly Argument[], 'number' | 'text']> = fc.oneof(
  fc.tuple(anything, endpoint, json).map((args) => ['ai_db_request', args, 'number'] as const),
  fc
    .tuple(anything, endpoint, json, anything, anything)
    .map((args) => ['ai_db_request', args, 'number'] as const),
  fc.tuple(anything).map((args) => ['ai_db_response', args, 'text'] as const),
  fc.tuple(anything, waitMs).map((args) => ['ai_db_response', args, 'text'] as const),
  fc.tuple(anything).map((args) => ['ai_db_status', args, 'number'] as const),
  fc.tuple(anything).map((args) => ['ai_db_cancel', args, 'number'] as const),
  fc.tuple(anything).map((args) => ['ai_db_cleanup', args, 'number'] as const),
  fc.tuple(anything).map((args) => ['ai_db_error', args, 'text'] as const),
  fc.tuple(anything).map((args) => ['ai_json_escape', args, 'text'] as const),
  fc.tuple(json, anything).map((args) => ['ai_json_get', args, 'text'] as const),
);
const callers = fc.constantFrom(
  ...[{ npc: NPC }, { npc: NPC, player: PLAYER }, { npc: ODD_NPC, player: PLAYER }, { player: PLAYER }],
  ...[{ npc: FAKE_NPC, player: PLAYER }, { npc: 4_711 }, {}],
);

describe.each(['utf8mb4', 'euckr', 'gbk', 'tis620', 'sjis'])('with client_codepage %s', (codepage) => {
  it('whatever a script gives: the right kind of value, and no statement that fails', async () => {
    const settings = `client_codepage: ${codepage}\nmax_open_requests: 0\nmax_open_requests_per_character: 0\n`;
    const server = await startMapServer(queue().settings, { settings });
    server.addNpc(ODD_NPC, -1, Buffer.from('27ff5c95be22', 'hex'));

    await fc.assert(
      fc.asyncProperty(calls, callers, async ([command, args, kind], caller) => {
        const { value } = await server.call(command, args, caller);
        expect(typeof value === 'number' ? 'number' : 'text').toBe(kind);
      }),
      { numRuns: 1_000 },
    );

    expect(server.linesAt('error', 'sql')).toEqual([]);
    expect(await server.number('ai_db_request', 't', '/x', '{}')).toBeGreaterThan(0);
  });
});
