import { beforeEach, describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { insertSettled, setStatus, settle } from './arrange.ts';
import { CHAR_ID, type MapServer, NPC, PLAYER, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
const queue = useQueue();
const DIALOGUE = '/api/v1/npc/dialogue';
const OTHER_PLAYER = PLAYER + 1;

beforeEach(() => queue().clear());

/** The warnings about the settings. */
function warnings(server: MapServer): string[] {
  return server.linesAt('error', 'warning').filter((line) => line.includes('ai_ipc.conf'));
}

async function request(server: MapServer, player?: number): Promise<number> {
  const caller = player === undefined ? { npc: NPC } : { npc: NPC, player };
  return Number((await server.call('ai_db_request', ['t', DIALOGUE, '{}'], caller)).value);
}

describe('conf/import/ai_ipc.conf', () => {
  it('may be missing or empty: no line about it', async () => {
    for (const settings of [undefined, '', '\n\r\n// a comment\n'] as const) {
      const server = await startMapServer(queue().settings, settings === undefined ? {} : { settings });
      expect(await request(server)).toBeGreaterThan(0);
      expect(warnings(server)).toEqual([]);
    }
  });

  it('each bad line leaves the default and one warning that names it', async () => {
    const bad = [
      'client_codepage: klingon-1',
      'client_codepage: utf16',
      "client_codepage: x' OR 1",
      'client_codepage:',
      'max_open_requests: many',
      'max_open_requests: -1',
      'max_open_requests: 99999999999999999999',
      'max_open_requests_per_character: 1.5',
      'doorbell: perhaps',
      'no_such_setting: 1',
      'nonsense',
      ': 1',
      '%s%n%s%n: %s',
      `${'x'.repeat(5_000)}: ${'y'.repeat(5_000)}`,
      '\xff\xfe\u0000binary',
    ];
    const server = await startMapServer(queue().settings, { settings: bad.join('\r\n') });

    expect(await request(server)).toBeGreaterThan(0);

    const lines = warnings(server);
    expect(lines).toHaveLength(bad.length);
    for (const [index, line] of lines.entries()) expect(line).toMatch(new RegExp(`line ${index + 1}\\b`));
  });

  it('good lines among bad ones count, with comments, CRLF and a byte order mark', async () => {
    const settings =
      '\uFEFFmax_open_requests_per_character:2 // two\r\nnonsense\r\n  max_open_requests :\t3  \r\n';
    const server = await startMapServer(queue().settings, { settings });
    expect(await request(server, PLAYER)).toBeGreaterThan(0);
    expect(await request(server, PLAYER)).toBeGreaterThan(0);
    expect(await request(server, PLAYER)).toBe(-1);
    expect(await request(server)).toBeGreaterThan(0);
    expect(await request(server)).toBe(-1);
    expect(warnings(server).filter((line) => line.includes('nonsense'))).toHaveLength(1);
  });

  it('a character set that this server does not know is said once, and text still arrives', async () => {
    const server = await startMapServer(queue().settings, {
      settings: 'client_codepage: nosuchset\n',
      encoding: 'utf8mb4',
    });
    expect(await server.number('ai_db_request', 't', DIALOGUE, '{"m":"ü"}')).toBeGreaterThan(0);
    expect(await server.number('ai_db_request', 't', DIALOGUE, '{"m":"ü"}')).toBeGreaterThan(0);
    expect(warnings(server).filter((line) => line.includes('nosuchset'))).toHaveLength(1);
  });
});

it('print_cost_every_seconds: the cost on the game loop is printed', async () => {
  const server = await startMapServer(queue().settings, { settings: 'print_cost_every_seconds: 1\n' });
  await request(server);
  const line = /AI-IPC.* ms a second on the game loop, the longest of \d+ calls .* ms, 0 waiting/;
  await expect.poll(() => server.linesAt('info').join('\n')).toMatch(line);
});

describe('the limit of open requests per character', () => {
  let server: MapServer;
  beforeEach(async () => {
    server = await startMapServer(queue().settings, { settings: 'max_open_requests_per_character: 3\n' });
    server.addPlayer(OTHER_PLAYER, CHAR_ID + 1, 1);
  });

  async function fill(): Promise<number[]> {
    const ids = [];
    for (let count = 0; count < 3; count += 1) ids.push(await request(server, PLAYER));
    return ids;
  }

  it('refuses one more of the same character, and says why', async () => {
    await fill();
    expect(await request(server, PLAYER)).toBe(-1);
    expect(await server.text('ai_db_error', -1)).toMatch(/open/);
    expect(await queue().statusCounts()).toEqual({ pending: 3 });
  });

  it('leaves other characters, and scripts without a player, alone', async () => {
    await fill();
    expect(await request(server, OTHER_PLAYER)).toBeGreaterThan(0);
    for (let count = 0; count < 5; count += 1) expect(await request(server)).toBeGreaterThan(0);
  });

  it('has room again after a cancel', async () => {
    const [id] = await fill();
    await server.number('ai_db_cancel', id!);
    expect(await request(server, PLAYER)).toBeGreaterThan(0);
    expect(await request(server, PLAYER)).toBe(-1);
  });

  it('has room again when a script has seen that one ended', async () => {
    const [first, second, third] = await fill();
    await settle(queue(), first!, { response: '{}' });
    await expect.poll(() => server.text('ai_db_response', first!)).toBe('{}');
    expect(await request(server, PLAYER)).toBeGreaterThan(0);

    await setStatus(queue(), second!, 'failed');
    await expect.poll(() => server.number('ai_db_status', second!)).toBe(4);
    expect(await request(server, PLAYER)).toBeGreaterThan(0);

    await settle(queue(), third!, { response: '{"n":3}' });
    expect(await server.text('ai_db_response', third!, 5_000)).toBe('{"n":3}');
    expect(await request(server, PLAYER)).toBeGreaterThan(0);
    expect(await request(server, PLAYER)).toBe(-1);
  });

  it('has room again when they ended and nobody asked', async () => {
    for (const id of await fill()) await setStatus(queue(), id, 'completed');
    await expect
      .poll(async () => {
        server.advance(1_000);
        return await request(server, PLAYER);
      })
      .toBeGreaterThan(0);
  });

  it('has room again when their life is over, with nobody to end them', async () => {
    await fill();
    server.advance(31_000);
    await expect.poll(() => request(server, PLAYER)).toBeGreaterThan(0);
  });

  it('does not count what was refused', async () => {
    for (let count = 0; count < 5; count += 1)
      expect(
        Number((await server.call('ai_db_request', ['', DIALOGUE, '{}'], { player: PLAYER })).value),
      ).toBe(-1);
    await fill();
  });
});

it('the limit in total holds for all together', async () => {
  const server = await startMapServer(queue().settings, { settings: 'max_open_requests: 5\n' });
  for (let count = 0; count < 5; count += 1) expect(await request(server)).toBeGreaterThan(0);
  expect(await request(server)).toBe(-1);
  expect(await request(server, PLAYER)).toBe(-1);
  expect(await server.text('ai_db_error', -1)).toMatch(/open/);
});

it('0 is no limit', async () => {
  const settings = 'max_open_requests: 0\nmax_open_requests_per_character: 0\n';
  const server = await startMapServer(queue().settings, { settings });
  for (let count = 0; count < 250; count += 1) expect(await request(server, PLAYER)).toBeGreaterThan(0);
});

it('the benchmark NPC may have its 100 open requests', async () => {
  const server = await startMapServer(queue().settings);
  for (let count = 0; count < 100; count += 1) expect(await request(server, PLAYER)).toBeGreaterThan(0);
});

it('what other clients asked is not counted', async () => {
  const server = await startMapServer(queue().settings, { settings: 'max_open_requests: 2\n' });
  await queue().insert(10, '/echo');
  await insertSettled(queue(), { response: '{}' });
  expect(await request(server)).toBeGreaterThan(0);
  expect(await request(server)).toBeGreaterThan(0);
  expect(await request(server)).toBe(-1);
});
