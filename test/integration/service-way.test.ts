import { describe, expect, it } from 'vitest';
import { useModelWay } from '../support/model-way.ts';
import { numbers } from '../support/numbers.ts';
import { DIALOGUE, post, remembered } from './support/service-under-test.ts';

const SAGE = 'sage-of-prontera';
/** The offline brain answers. */
const NO_MODEL = { modelServer: null };
const way = useModelWay();

describe('the whole way: row, worker, service, model, row', () => {
  it('answers as the model says, and remembers for the next row', async () => {
    const { url } = await way.serve();
    await way.startWorker(url);
    const say = async (message: string) => {
      const data = JSON.stringify({ player_id: 150_000, message });
      const id = await way.queue.insertOne(DIALOGUE, { data, sourceNpc: 'Sage of Prontera#2' });
      await way.queue.waitForStatus(id, 'completed', 20_000);
      return await way.answerOf(id);
    };

    expect(await say('I seek my brother')).toMatchObject({
      npc_id: 'Sage of Prontera#2',
      player_id: 150_000,
      text: 'The road to Prontera is safe today.',
      action: 'nods',
      provider: 'openai',
    });
    expect(await say('What did I tell you?')).toMatchObject({ text: 'You told me "I seek my brother".' });
    expect(await remembered(url, SAGE, 150_000)).toHaveLength(2);
  });

  it('a model that fails costs no request: the offline brain answers within the life', async () => {
    way.model.fail('never');
    const { url } = await way.serve({ modelTimeoutSeconds: 1 });
    await way.startWorker(url);

    const id = await way.queue.insertOne(DIALOGUE);
    await way.queue.waitForStatus(id, 'completed', 20_000);

    expect(await way.answerOf(id)).toMatchObject({ provider: 'scripted', model: null });
    expect(await way.queue.request(id)).toMatchObject({ attempts: 1 });
  });

  it('without a fallback the worker tries again, and the talk is remembered once', async () => {
    const { url } = await way.serve({ fallback: 'none' });
    way.model.fail('serverError');
    // However many it takes until the first of them was seen.
    await way.startWorker(url, { MAX_ATTEMPTS: '100' });

    const data = JSON.stringify({ npc_id: SAGE, player_id: 9, message: 'Hello' });
    const id = await way.queue.insertOne(DIALOGUE, { data });
    await expect.poll(async () => await way.queue.events(id)).toContain('retried');
    way.model.clear();
    await way.queue.waitForStatus(id, 'completed', 20_000);

    expect(await way.answerOf(id)).toMatchObject({ provider: 'openai' });
    // Too many calls at once are no fault of this one: its attempts are given back.
    expect((await way.queue.request(id)).claim_no).toBeGreaterThan(1);
    expect(await remembered(url, SAGE, 9)).toMatchObject([{ said: 'Hello' }]);
  });

  it('a service with a key is called with it', async () => {
    const { url } = await way.serve({ ...NO_MODEL, serviceKey: 'open sesame' }, { hasMemory: false });
    await way.startWorker(url, { AI_SERVICE_HEADERS: '{"Authorization":"Bearer open sesame"}' });
    await way.queue.insertOne(DIALOGUE);
    await way.queue.waitForCounts({ completed: 1 }, 20_000);
  });
});

it('1,000 dialogues, 100 at once, through worker and service: none fails', async () => {
  const { url } = await way.serve(NO_MODEL);
  await way.startWorker(url, { CONCURRENCY: '100', BATCH_SIZE: '100', AI_SERVICE_TIMEOUT: '300' });

  await way.queue.database.query(
    `INSERT INTO ai_requests (request_type, endpoint, request_data, timeout, expires_at)
     SELECT 'dialogue', ?, JSON_OBJECT('npc_id', ?, 'player_id', seq % 300, 'message', CONCAT('I am hunter ', seq)),
            600, NOW(3) + INTERVAL 600 SECOND FROM ${numbers(1_000)}`,
    [DIALOGUE, SAGE],
  );
  await way.queue.waitForCounts({ completed: 1_000 }, 50_000);

  const [row] = await way.queue.database.query<Record<string, number>[]>(
    `SELECT COUNT(*) AS answers, MAX(r.attempts) AS attempts,
            SUM(JSON_VALUE(a.response_data, '$.text') <> '' AND JSON_VALUE(a.response_data, '$.provider') = 'scripted'
                AND JSON_VALUE(a.response_data, '$.player_id') = JSON_VALUE(r.request_data, '$.player_id')) AS good
       FROM ai_requests r JOIN ai_responses a ON a.request_id = r.id`,
  );
  expect({ ...row, good: Number(row!['good']) }).toEqual({ answers: 1_000, attempts: 1, good: 1_000 });
});

describe('two players who talk to one NPC at once', () => {
  const PLAYERS = [
    { player_id: 'ana', words: ['Ana', 'apples', 'Izlude'], other: /Bruno|pears|Payon/i },
    { player_id: 'bruno', words: ['Bruno', 'pears', 'Payon'], other: /Ana\b|apples|Izlude/i },
  ] as const;
  const TURNS = 500;

  it.each(['scripted', 'openai'])('never see each other’s words in 1,000 turns (%s)', async (provider) => {
    const { url } = await way.serve(provider === 'openai' ? {} : NO_MODEL);
    await Promise.all(
      PLAYERS.map(async ({ player_id, words: [name, food, town], other }) => {
        const lines = [
          `My name is ${name}`,
          `I like ${food}`,
          `I come from ${town}`,
          'What did I tell you?',
          'Who am I?',
        ];
        for (let turn = 0; turn < TURNS; turn++) {
          const message = lines[turn % lines.length];
          const { status, body } = await post(`${url}${DIALOGUE}`, { npc_id: 'Nobody', player_id, message });
          expect(status).toBe(200);
          expect(body['text']).not.toMatch(other);
        }
      }),
    );
    for (const { player_id, other, words } of PLAYERS) {
      const turns = JSON.stringify(await remembered(url, 'Nobody', player_id));
      expect(turns).toContain(words[0]);
      expect(turns).not.toMatch(other);
    }
    for (const { body } of way.model.calls) {
      const [ana, bruno] = PLAYERS.map(({ words }) => words.some((word) => body.includes(word)));
      expect(ana && bruno).toBe(false);
    }
    expect(way.model.calls).toHaveLength(provider === 'openai' ? 2 * TURNS : 0);
  });
});
