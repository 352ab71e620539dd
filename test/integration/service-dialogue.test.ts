import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openServiceDatabase } from '../../src/service/base/service-database.ts';
import { createNpcSwitch } from '../../src/service/limits/npc-switch.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MODEL_FAULTS, type ModelFault, type ModelStub, startModelStub } from '../support/model-stub.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  DIALOGUE,
  databaseOf,
  modelServer,
  post,
  postAndHangUp,
  remembered,
  SCHEMA,
  thoughtfulModel,
  useServices,
} from './support/service-under-test.ts';

const SAGE = 'sage-of-prontera';
const serve = useServices();

let database: TestDatabase;
let model: ModelStub;

beforeAll(async () => {
  model = await startModelStub();
});
afterAll(() => model.close());
beforeEach(async () => {
  database = await createTestDatabase();
  await database.loadSqlFile(SCHEMA);
});
afterEach(async () => {
  model.clear();
  await database.drop();
});

function talk(url: string, message: string, more: Record<string, unknown> = {}) {
  return post(`${url}${DIALOGUE}`, { npc_id: SAGE, player_id: 7, message, ...more });
}

/** Says these, and waits until they are remembered: an answer does not wait longer than a second for its memory. */
async function say(url: string, lines: readonly string[]): Promise<void> {
  for (const line of lines) await talk(url, line);
  await waitFor(async () => (await remembered(url, SAGE, 7)).length >= lines.length, {
    what: 'what was said to be remembered',
  });
}

describe('what was said is remembered', () => {
  it('offline, three lines later', async () => {
    const { url } = await serve({}, databaseOf(database.settings));
    await say(url, ['My name is Ana', 'I like red apples', 'Where am I?']);
    const { body } = await talk(url, 'What is my name?');
    expect(body).toMatchObject({ provider: 'scripted', text: expect.stringContaining('Ana') });
  });

  it('by a model, which is shown the last lines as data of this player', async () => {
    const { url } = await serve(modelServer(model), databaseOf(database.settings));
    await say(url, ['I seek my brother', 'He is a knight']);
    const { body } = await talk(url, 'What did I tell you?');
    expect(body).toMatchObject({
      provider: 'openai',
      text: 'You told me "I seek my brother" and "He is a knight".',
    });
  });

  it('by another service on the same database, and after a restart', async () => {
    const first = await serve({}, databaseOf(database.settings));
    await talk(first.url, 'My name is Ana');
    await first.service.stop();
    const { url } = await serve({}, databaseOf(database.settings));
    expect((await talk(url, 'What is my name?')).body['text']).toContain('Ana');
  });

  it('nothing is remembered without a player', async () => {
    const { url } = await serve({}, databaseOf(database.settings));
    await talk(url, 'My name is Ana', { player_id: null });
    expect(await database.query('SELECT COUNT(*) AS n FROM ai_npc_memory')).toEqual([{ n: 0 }]);
  });
});

describe('nothing is remembered that was not said', () => {
  it('when the caller hung up before the answer, and the same key gets it later, once', async () => {
    const { url } = await serve(modelServer(model), databaseOf(database.settings));
    const { behaviour, say } = thoughtfulModel();
    model.fail(behaviour);
    const body = { npc_id: SAGE, player_id: 7, message: 'Are you there?' };
    const headers = { 'Idempotency-Key': 'queue-1-1' };
    const caller = postAndHangUp(`${url}${DIALOGUE}`, body, headers);
    await expect.poll(() => model.calls.length).toBe(1);
    await caller.hangUp();
    say('I am here.');
    const answers = [
      await post(`${url}${DIALOGUE}`, body, headers),
      await post(`${url}${DIALOGUE}`, body, headers),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { text: 'I am here.' } });
    expect(answers[1]).toEqual(answers[0]);
    expect(model.calls).toHaveLength(1);
    expect(await remembered(url, SAGE, 7)).toEqual([{ said: 'Are you there?', answered: 'I am here.' }]);
  });

  it('when the caller hung up and never comes back', async () => {
    const { url } = await serve(modelServer(model), databaseOf(database.settings));
    const { behaviour, say } = thoughtfulModel();
    model.fail(behaviour);
    const caller = postAndHangUp(`${url}${DIALOGUE}`, { npc_id: SAGE, player_id: 7, message: 'Secret' });
    await expect.poll(() => model.calls.length).toBe(1);
    await caller.hangUp();
    say('I am here.');
    model.clear();
    await talk(url, 'Hello');
    expect(await remembered(url, SAGE, 7)).toMatchObject([{ said: 'Hello' }]);
  });

  it('when the model failed and nobody else may answer', async () => {
    const settings = { ...modelServer(model), fallback: 'none', deadlineMs: 300 } as const;
    const { url } = await serve(settings, databaseOf(database.settings));
    for (const fault of ['serverError', 'never'] as const) {
      model.fail(fault);
      expect((await talk(url, `Hello ${fault}`)).status).toBeGreaterThanOrEqual(502);
    }
    // On a busy machine the memory does not answer within 300 ms either.
    await expect.poll(() => remembered(url, SAGE, 7)).toEqual([]);
  });

  it('when it was a canned line', async () => {
    const { url } = await serve({ playerCooldownMs: 60_000 }, databaseOf(database.settings));
    await talk(url, 'Hello');
    expect((await talk(url, 'Hello again')).body).toMatchObject({ limited: 'cooldown' });
    expect(await remembered(url, SAGE, 7)).toMatchObject([{ said: 'Hello' }]);
  });
});

describe('the same key', () => {
  it('gives two callers at once one answer, made once and remembered once', async () => {
    const { url } = await serve(modelServer(model), databaseOf(database.settings));
    const { behaviour, say } = thoughtfulModel();
    model.fail(behaviour);
    const body = { npc_id: SAGE, player_id: 7, message: 'Hello' };
    const headers = { 'Idempotency-Key': 'queue-1-2' };
    const both = [post(`${url}${DIALOGUE}`, body, headers), post(`${url}${DIALOGUE}`, body, headers)];
    await expect.poll(() => model.calls.length).toBe(1);
    say('Well met.');
    const [first, second] = await Promise.all(both);
    expect(first).toMatchObject({ status: 200, body: { text: 'Well met.' } });
    expect(second).toEqual(first);
    expect(await remembered(url, SAGE, 7)).toHaveLength(1);
  });

  it('is remembered once also by two services', async () => {
    const services = [
      await serve({}, databaseOf(database.settings)),
      await serve({}, databaseOf(database.settings)),
    ];
    for (const { url } of services) {
      await post(
        `${url}${DIALOGUE}`,
        { npc_id: SAGE, player_id: 7, message: 'Hello' },
        { 'Idempotency-Key': 'queue-1-3' },
      );
      await remembered(url, SAGE, 7);
    }
    expect(await remembered(services[0]!.url, SAGE, 7)).toHaveLength(1);
  });

  it('asks again after a failure', async () => {
    const { url } = await serve({ ...modelServer(model), fallback: 'none' });
    const again = () => post(`${url}${DIALOGUE}`, { message: 'Hello' }, { 'Idempotency-Key': 'queue-1-4' });
    model.fail('serverError');
    expect((await again()).status).toBe(502);
    model.clear();
    expect((await again()).status).toBe(200);
  });
});

describe('limits', () => {
  it('the switch silences all NPCs, and lets them speak again', async () => {
    const { url } = await serve(modelServer(model), databaseOf(database.settings));
    const limited = async () => (await talk(url, 'Hello')).body['limited'];
    expect(await limited()).toBeUndefined();
    await database.query("REPLACE INTO ai_ipc_meta (name, value) VALUES ('npc_switch', 'off')");
    await expect.poll(limited, { interval: 50 }).toBe('off');
    const asked = model.calls.length;
    expect((await talk(url, 'Hello')).status).toBe(200);
    expect(
      (await post(`${url}/api/v1/npc/decide`, { context: 'danger', actions: ['flee'] })).body,
    ).toMatchObject({
      action: 'flee',
    });
    expect(model.calls).toHaveLength(asked);
    await database.query("UPDATE ai_ipc_meta SET value = 'on' WHERE name = 'npc_switch'");
    await expect.poll(limited, { interval: 50 }).toBeUndefined();
  });

  it('what a model thinks of while the switch is turned is not said', async () => {
    const settings = { ...modelServer(model), deadlineMs: 300_000, modelTimeoutSeconds: 300 };
    const { url } = await serve(settings, databaseOf(database.settings));
    const { behaviour, say } = thoughtfulModel();
    model.fail(behaviour);
    const answer = talk(url, 'Hello', { player_id: 8 });
    await expect.poll(() => model.calls.length).toBe(1);
    await database.query("REPLACE INTO ai_ipc_meta (name, value) VALUES ('npc_switch', 'off')");
    const other = { npc_id: SAGE, message: 'Hello' };
    const limited = async () =>
      (await post(`${url}${DIALOGUE}`, other, { 'X-Deadline-Ms': '200' })).body['limited'];
    await expect.poll(limited, { interval: 50 }).toBe('off');
    say('Too late.');
    expect((await answer).body).toMatchObject({ limited: 'off', text: expect.not.stringContaining('late') });
    expect(await remembered(url, SAGE, 8)).toEqual([]);
  });

  it('the daily tokens of a player run out for him alone', async () => {
    const settings = { ...modelServer(model), playerDailyTokens: 50 };
    const { url } = await serve(settings, databaseOf(database.settings));
    await expect.poll(async () => (await talk(url, 'Hello')).body['limited']).toBe('budget');
    expect((await talk(url, 'Hello', { player_id: 8 })).body).not.toHaveProperty('limited');
  });

  it('a cooldown is one player’s, and is forgiven when the mind fails', async () => {
    const settings = { ...modelServer(model), fallback: 'none', playerCooldownMs: 60_000 } as const;
    const { url } = await serve(settings, databaseOf(database.settings));
    model.fail('serverError');
    expect((await talk(url, 'Hello')).status).toBe(502);
    model.clear();
    expect((await talk(url, 'Hello')).body).not.toHaveProperty('limited');
    expect((await talk(url, 'Hello')).body).toMatchObject({ limited: 'cooldown' });
    expect((await talk(url, 'Hello', { player_id: 8 })).body).not.toHaveProperty('limited');
  });
});

/** What comes too late is a 504. */
describe('a deadline holds', () => {
  const SLOW: readonly ModelFault[] = ['late', 'never', 'trickle'];

  it.each(MODEL_FAULTS)('when the model meets %s: the offline brain answers in time', async (fault) => {
    const clock = new FakeClock();
    const { url } = await serve(modelServer(model), databaseOf(database.settings), { clock });
    model.fail(fault);
    const answer = post(
      `${url}${DIALOGUE}`,
      { npc_id: SAGE, player_id: 7, message: 'Hello' },
      { 'X-Deadline-Ms': '1000' },
    );
    if (SLOW.includes(fault)) {
      await expect.poll(() => model.calls.length).toBe(1);
      // No more of its time than the minds have (src/service/base/deadline.ts) goes by.
      await clock.advance(900);
    }
    const { status, body } = await answer;
    expect({ status, provider: body['provider'] }).toEqual({ status: 200, provider: 'scripted' });
  });

  it('when the memory does not answer: the NPC answers without it, and health tells', async () => {
    const proxy = await TcpProxy.start(database.settings);
    try {
      const throughProxy = { ...database.settings, host: proxy.host, port: proxy.port };
      const { url } = await serve({}, databaseOf(throughProxy));
      await talk(url, 'My name is Ana');
      await remembered(url, SAGE, 7);
      proxy.stall();
      const { status } = await post(
        `${url}${DIALOGUE}`,
        { npc_id: SAGE, player_id: 7, message: 'What is my name?' },
        // The memory is waited for for a second of it.
        { 'X-Deadline-Ms': '10000' },
      );
      expect(status).toBe(200);
      const health = (await (await fetch(`${url}/api/v1/health`)).json()) as Record<string, unknown>;
      expect(health).toMatchObject({
        status: 'degraded',
        reason: expect.stringContaining('remember nothing'),
      });
      proxy.resume();
      await expect
        .poll(async () => (await talk(url, 'What is my name?')).body['text'], { interval: 500 })
        .toContain('Ana');
    } finally {
      await proxy.close();
    }
  });
});

async function healthOf(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(`${url}/api/v1/health`)).json()) as Record<string, unknown>;
}

describe('health tells, also while nobody talks,', () => {
  it('that the database is away, and is well when it is back', async () => {
    const proxy = await TcpProxy.start(database.settings);
    try {
      const { url } = await serve(
        {},
        databaseOf({ ...database.settings, host: proxy.host, port: proxy.port }),
      );
      expect(await healthOf(url)).toMatchObject({ status: 'ok' });
      proxy.stall();
      await expect
        .poll(() => healthOf(url), { interval: 200 })
        .toMatchObject({
          status: 'degraded',
          reason: expect.stringMatching(/^NPC switch and budgets cannot be used: MariaDB /),
        });
      proxy.resume();
      await expect.poll(() => healthOf(url), { interval: 200 }).toMatchObject({ status: 'ok' });
    } finally {
      await proxy.close();
    }
  });

  it('that NPCs are switched off, until they are switched on', async () => {
    const { url } = await serve({}, databaseOf(database.settings));
    const opened = await openServiceDatabase(databaseOf(database.settings));
    const npcSwitch = createNpcSwitch(opened);
    await npcSwitch.setOff(true);
    await expect
      .poll(() => healthOf(url))
      .toMatchObject({
        status: 'degraded',
        reason: 'NPCs are switched off: `ai-ipc npcs on` lets them speak.',
      });
    await npcSwitch.setOff(false);
    await expect.poll(() => healthOf(url)).toMatchObject({ status: 'ok' });
    await opened.database.close();
  });
});

it('no connections rest in the pool, whatever the settings keep for the worker', async () => {
  const { url } = await serve({}, { ...databaseOf(database.settings), minPoolSize: 10 });
  // A pool with a minimum has filled itself by then.
  const uptime = async () => Number((await healthOf(url))['uptime_s']);
  await expect.poll(uptime, { interval: 200 }).toBeGreaterThanOrEqual(3);
  const sql = 'SELECT COUNT(*) AS open FROM information_schema.processlist WHERE db = ?';
  const [row] = await database.query<{ open: unknown }[]>(sql, [database.settings.database]);
  expect(Number(row?.open)).toBeLessThan(5);
});

it('a database without tables is used as soon as it has them', async () => {
  const empty = await createTestDatabase();
  try {
    const { url } = await serve({}, databaseOf(empty.settings));
    expect((await talk(url, 'My name is Ana')).status).toBe(200);
    const status = async () =>
      ((await (await fetch(`${url}/api/v1/health`)).json()) as { status: string }).status;
    expect(await status()).toBe('degraded');
    await empty.loadSqlFile(SCHEMA);
    await expect.poll(status, { interval: 200 }).toBe('ok');
    await talk(url, 'My name is Ana');
    expect(await remembered(url, SAGE, 7)).toHaveLength(1);
  } finally {
    await empty.drop();
  }
});
