import type { SqlError } from 'mariadb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MariadbServer } from '../support/mariadb-server.ts';
import { numbers } from '../support/numbers.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { insertSettled, settle, waitForSleepers } from './arrange.ts';
import { type Argument, type MapServer, useMapServers } from './harness/map-server.ts';

const startMapServer = useMapServers();
/** A server of this file's own, because it is killed. */
const mariadb = new MariadbServer();
const DIALOGUE = '/api/v1/npc/dialogue';
const PAUSE_MS = 1_000;
const MINUTE_MS = 60_000;

let queue: QueueObserver;
let server: MapServer;
beforeAll(async () => {
  await mariadb.start();
  queue = await QueueObserver.create(mariadb.address);
});
afterAll(() => mariadb.remove());
beforeEach(async () => {
  if (mariadb.pid === undefined) await mariadb.start();
  await queue.clear();
  server = await startMapServer(queue.settings);
});

const COMMANDS: readonly (readonly [string, readonly Argument[], number | string])[] = [
  ['ai_db_request', ['dialogue', DIALOGUE, '{}'], -1],
  ['ai_db_response', [1], ''],
  ['ai_db_response', [1, 5_000], ''],
  ['ai_db_status', [1], 0],
  ['ai_db_cancel', [1], 0],
  ['ai_db_cleanup', [60], 0],
];

async function resultOf(command: string, args: readonly Argument[]): Promise<number | string> {
  const { value } = await server.call(command, args);
  return typeof value === 'number' ? value : String(value);
}

async function attempts(): Promise<number> {
  return (await server.counters())['Attempts']!;
}

/** Our complaints, not the lines that rAthena itself prints for failed statements. */
function ownLines(): string[] {
  return server.linesAt('error', 'warning').filter((line) => line.includes('AI-IPC'));
}

describe('while the database is stopped', () => {
  beforeEach(async () => {
    expect(await server.number('ai_db_status', 1)).toBe(0);
    await mariadb.stop();
  });

  it.each(COMMANDS)('%s(%j) is %j', async (command, args, value) => {
    expect(await resultOf(command, args)).toBe(value);
  });

  it('after the first failure, all give their values at once and without a statement', async () => {
    const startedMs = performance.now();
    await server.number('ai_db_status', 1);
    const before = await attempts();
    const costs: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      for (const [command, args, value] of COMMANDS) {
        expect(await resultOf(command, args)).toBe(value);
        costs.push((await server.call(command, args)).microseconds);
      }
    }

    const tried = (await attempts()) - before;
    const seconds = (performance.now() - startedMs) / PAUSE_MS;
    // Once a second, the first that comes tries; one that comes while that is not told yet may do so, too.
    expect(tried).toBeLessThanOrEqual(2 * Math.ceil(seconds));
    expect(costs.sort((a, b) => a - b)[costs.length >> 1]).toBeLessThan(1_000);
  });

  it('a statement is tried again after a second', async () => {
    await server.number('ai_db_status', 1);
    const before = await attempts();
    // One that comes while another connection is refused fails with that one: then the next pause tells.
    const hasTried = async () => {
      server.advance(PAUSE_MS + 50);
      expect(await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}')).toBe(-1);
      return (await attempts()) > before;
    };
    await waitFor(hasTried, { what: 'another attempt' });
    expect(await attempts()).toBeGreaterThan(before);
  });

  it('one line of ours a minute', async () => {
    for (let second = 0; second < 20; second += 1) {
      await server.number('ai_db_request', 'dialogue', DIALOGUE, '{"message":"my secret"}');
      await server.text('ai_db_response', 1);
      server.advance(PAUSE_MS + 50);
    }
    expect(ownLines()).toHaveLength(1);
    expect(server.linesAt('sql')).toHaveLength(1);

    server.advance(MINUTE_MS);
    await server.number('ai_db_request', 'dialogue', DIALOGUE, '{"message":"my secret"}');
    expect(ownLines()).toHaveLength(2);
    expect(JSON.stringify(server.shown)).not.toContain('secret');
  });

  it('ai_db_error(-1) says that it is the database', async () => {
    await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}');
    expect(await server.text('ai_db_error', -1)).toMatch(/database/i);
    await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}');
    expect(await server.text('ai_db_error', -1)).toMatch(/database/i);
  });
});

it('when it is back, all goes on', async () => {
  await server.number('ai_db_status', 1);
  await mariadb.kill();
  expect(await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}')).toBe(-1);
  await mariadb.start();
  server.advance(PAUSE_MS + 50);

  // The first statement may still meet the connection that was lost; after one more pause there is a new one.
  let id = await server.number('ai_db_request', 'dialogue', DIALOGUE, '{"message":"안녕 😀"}');
  if (id === -1) {
    server.advance(PAUSE_MS + 50);
    id = await server.number('ai_db_request', 'dialogue', DIALOGUE, '{"message":"안녕 😀"}');
  }

  expect(await server.number('ai_db_status', id)).toBe(1);
  await settle(queue, id, { response: '{"text":"😀"}' });
  await expect.poll(() => server.text('ai_db_response', id)).toBe('{"text":"😀"}');
});

it('a codepage that the connection was told stays right after a new connection', async () => {
  const korean = await startMapServer(queue.settings, { encoding: 'euckr' });
  const data = Buffer.from('22bec8b3e722', 'hex');
  expect(await korean.number('ai_db_request', 'dialogue', DIALOGUE, data)).toBeGreaterThan(0);
  await mariadb.restart();
  korean.advance(PAUSE_MS + 50);
  await korean.number('ai_db_status', 1);
  korean.advance(PAUSE_MS + 50);

  const id = await korean.number('ai_db_request', 'dialogue', DIALOGUE, data);

  const [row] = await queue.database.query('SELECT request_data FROM ai_requests WHERE id = ?', [id]);
  expect(row).toEqual({ request_data: '"안녕"' });
});

it('without it, text of another codepage is escaped as well as can be', async () => {
  const korean = await startMapServer(queue.settings, { settings: 'client_codepage: euckr\n' });
  await korean.number('ai_db_status', 1);
  await mariadb.stop();
  const escaped = await korean.text('ai_json_escape', Buffer.from('22bec822', 'hex'));
  expect(escaped).toBe('\\"??\\"');
  expect(await korean.number('ai_db_request', 't', DIALOGUE, Buffer.from('22bec822', 'hex'))).toBe(-1);
});

/** All but the one that does it. One that was ended by the kill of another is gone by itself. */
async function killConnections(): Promise<void> {
  const connections = await queue.database.query<{ id: number }[]>(
    'SELECT id FROM information_schema.PROCESSLIST WHERE db = DATABASE() AND id <> CONNECTION_ID()',
  );
  for (const { id } of connections) {
    await queue.database.query(`KILL CONNECTION ${id}`).catch((error: SqlError) => {
      if (error.code !== 'ER_NO_SUCH_THREAD') throw error;
    });
  }
}

it('a connection that an admin killed costs at most one request, and doubles none', async () => {
  await server.number('ai_db_status', 1);
  let accepted = 0;
  // In about one round of fifty, a look for the answers meets the lost connection, and tells it after a request was accepted.
  for (let round = 0; round < 50; round += 1) {
    await killConnections();
    const first = await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}');
    server.advance(PAUSE_MS + 50);
    const second = await server.number('ai_db_request', 'dialogue', DIALOGUE, '{}');
    expect([first, second], `in round ${round}`).not.toEqual([-1, -1]);
    accepted += [first, second].filter((id) => id !== -1).length;
  }
  expect(await queue.statusCounts()).toEqual({ pending: accepted });
});

describe('scripts that wait while it is killed', () => {
  it('end with "" when their time is over', async () => {
    const id = await queue.insertOne('/echo');
    const answer = server.text('ai_db_response', id, MINUTE_MS);
    await waitForSleepers(server, 1);
    await mariadb.kill();
    server.advance(MINUTE_MS);
    expect(await answer).toBe('');
  });

  it('get their answer when it comes back in time', async () => {
    const id = await queue.insertOne('/echo');
    const answer = server.text('ai_db_response', id, 10 * MINUTE_MS);
    await waitForSleepers(server, 1);
    await mariadb.kill();
    await mariadb.start();
    await settle(queue, id, { response: '{"text":"here"}' });
    expect(await answer).toBe('{"text":"here"}');
  });
});

it('a cleanup that is cut off returns what it deleted', async () => {
  await queue.database.query(
    `INSERT INTO ai_requests (endpoint, status, processed_at)
     SELECT '/x', 'completed', NOW(3) - INTERVAL 1 DAY FROM ${numbers(20_000)}`,
  );
  // Its 100 parts take 20 s.
  await queue.database.query('CREATE TRIGGER slow BEFORE DELETE ON ai_requests FOR EACH ROW DO SLEEP(0.001)');
  const cleanup = server.number('ai_db_cleanup', 60);
  await waitForSleepers(server, 1);
  await mariadb.kill();
  const deleted = await cleanup;
  await mariadb.start();
  await queue.database.query('DROP TRIGGER slow');
  const counts = await queue.statusCounts();
  expect(20_000 - (counts['completed'] ?? 0)).toBeGreaterThanOrEqual(deleted);
  expect(deleted).toBeGreaterThanOrEqual(0);
});

it('without the log, nothing is cancelled or deleted: both are written, or neither', async () => {
  const open = await queue.insertOne('/echo');
  const done = await insertSettled(queue, { response: '{}' });
  await queue.database.query('UPDATE ai_requests SET processed_at = NOW(3) - INTERVAL 1 DAY WHERE id = ?', [
    done,
  ]);
  await queue.database.query('RENAME TABLE ai_request_log TO elsewhere');
  try {
    expect(await server.number('ai_db_cancel', open)).toBe(0);
    server.advance(PAUSE_MS + 50);
    expect(await server.number('ai_db_cleanup', 60)).toBe(0);
  } finally {
    await queue.database.query('RENAME TABLE elsewhere TO ai_request_log');
  }
  expect(await queue.statusCounts()).toEqual({ pending: 1, completed: 1 });
  server.advance(PAUSE_MS + 50);
  expect(await server.number('ai_db_cancel', open)).toBe(1);
  expect(await server.number('ai_db_cleanup', 60)).toBe(1);
});

describe('tables that are not there, or not ours', () => {
  it('give the same values, and a line that says what to do', async () => {
    await queue.database.query('RENAME TABLE ai_requests TO elsewhere');
    try {
      for (const [command, args, value] of COMMANDS) {
        server.advance(PAUSE_MS + 50);
        expect(await resultOf(command, args)).toBe(value);
      }
      expect(ownLines()).toHaveLength(1);
    } finally {
      await queue.database.query('RENAME TABLE elsewhere TO ai_requests');
    }
    const id = await insertSettled(queue, { response: '{}' });
    // What failed before may be told only now.
    const again = async () => {
      server.advance(PAUSE_MS + 50);
      return await server.text('ai_db_response', id);
    };
    await expect.poll(again).toBe('{}');
  });
});
