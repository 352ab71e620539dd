import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/service/base/contract.ts';
import { JSON_TYPE } from '../support/json-body.ts';
import { KEY, useContract } from './support/service-contract.ts';
import { modelServer, thoughtfulModel } from './support/service-under-test.ts';

const contract = useContract();
const { serve, call, problemsOf } = contract;

const DIALOGUE = '/api/v1/npc/dialogue';
const DECIDE = '/api/v1/npc/decide';
const EMOTION = '/api/v1/npc/emotion';

describe('errors', () => {
  it('400 for a deadline that is none', async () => {
    const { status, answer } = await call({
      path: DIALOGUE,
      body: { message: 'Hi' },
      headers: { 'X-Deadline-Ms': 'soon' },
    });
    expect({ status, answer }).toMatchObject({ status: 400, answer: { error: { code: 'bad_field' } } });
  });

  it.each([{}, { Authorization: 'Bearer wrong' }, { Authorization: KEY }, { 'X-API-Key': 'wrong' }])(
    '401 with %j',
    async (headers) => {
      for (const path of [DIALOGUE, '/nowhere']) {
        const response = await fetch(`${contract.url}${path}`, {
          method: 'POST',
          headers: { ...JSON_TYPE, ...headers },
          body: '{"message":"Hi"}',
        });
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toBe('Bearer');
        const answer = await response.json();
        expect(answer).toMatchObject({ error: { code: 'unauthorized' } });
        expect(problemsOf({ method: 'POST', path: DIALOGUE, part: 'responses/401' }, answer)).toEqual([]);
      }
    },
  );

  it('takes the key in either header, and asks none for health', async () => {
    const headers = { Authorization: '', 'X-API-Key': KEY };
    expect((await call({ path: DIALOGUE, body: { message: 'Hi' }, headers })).status).toBe(200);
    expect((await fetch(`${contract.url}/api/v1/health`)).status).toBe(200);
  });

  it('409 for a key that was used with another body', async () => {
    const headers = { 'Idempotency-Key': 'contract-1' };
    const first = await call({ path: DIALOGUE, body: { message: 'Hi', player_id: 5 }, headers });
    const again = await call({ path: DIALOGUE, body: { message: 'Hi', player_id: 5 }, headers });
    expect(again.answer).toEqual(first.answer);
    const { status, answer } = await call({ path: DIALOGUE, body: { message: 'Hi', player_id: 6 }, headers });
    expect({ status, answer }).toMatchObject({ status: 409, answer: { error: { code: 'key_reused' } } });
  });

  it('400 for a key that is too long', async () => {
    const headers = { 'Idempotency-Key': 'x'.repeat(256) };
    expect((await call({ path: DIALOGUE, body: { message: 'Hi' }, headers })).status).toBe(400);
  });

  it('413 for a body over a megabyte', async () => {
    const body = { message: 'x'.repeat(MAX_BODY_BYTES) };
    expect((await call({ path: DIALOGUE, body })).status).toBe(413);
  });

  it('429 with Retry-After when it answers as many as it may', async () => {
    const { behaviour, say } = thoughtfulModel();
    contract.model.fail(behaviour);
    const small = await serve({
      ...modelServer(contract.model),
      maxInFlight: 1,
      deadlineMs: 300_000,
      modelTimeoutSeconds: 300,
    });
    const first = call({ path: DIALOGUE, body: { message: 'Hi' }, url: small });
    await expect.poll(() => contract.model.calls.length).toBe(1);
    const { status, headers, answer } = await call({ path: DIALOGUE, body: { message: 'Hi' }, url: small });
    expect({ status, retry: headers.get('retry-after'), answer }).toMatchObject({
      status: 429,
      retry: '1',
      answer: { error: { code: 'overloaded', message: expect.stringContaining('AI_MAX_IN_FLIGHT') } },
    });
    say('Well met.');
    expect((await first).status).toBe(200);
  });

  it.each([
    ['serverError', 502, 'model_failed', 60_000],
    ['never', 504, 'model_timeout', 400],
  ] as const)('%s of a model without a fallback is %i', async (fault, status, code, deadlineMs) => {
    contract.model.fail(fault);
    const alone = await serve({
      ...modelServer(contract.model),
      fallback: 'none',
      deadlineMs,
    });
    for (const [path, body] of [
      [DIALOGUE, { message: 'Hi' }],
      [DECIDE, { context: 'danger' }],
      [EMOTION, { event: 'A gift' }],
    ] as const) {
      const answered = await call({ path, body, url: alone });
      expect(answered).toMatchObject({ status, answer: { error: { code } } });
    }
    const health = await call({ path: '/api/v1/health', method: 'GET', url: alone });
    expect(health).toMatchObject({ status: 503, answer: { error: { code: 'unavailable' } } });
  });
});

describe('health', () => {
  it('is ok, and says who answers', async () => {
    const { answer } = await call({ path: '/api/v1/health', method: 'GET' });
    expect(answer).toMatchObject({ status: 'ok', provider: 'scripted', model: null });
    expect(answer).not.toHaveProperty('reason');
  });

  it('is degraded while the fallback answers, and ok again with the model', async () => {
    const withModel = await serve({
      ...modelServer(contract.model),
    });
    const health = async () => (await call({ path: '/api/v1/health', method: 'GET', url: withModel })).answer;
    const talk = async () => (await call({ path: DIALOGUE, body: { message: 'Hi' }, url: withModel })).answer;
    expect(await health()).toMatchObject({ status: 'ok', provider: 'openai', model: 'stub' });
    contract.model.fail('serverError');
    expect(await talk()).toMatchObject({ provider: 'scripted', model: null });
    expect(await health()).toMatchObject({
      status: 'degraded',
      provider: 'scripted',
      model: null,
      reason: expect.stringContaining('The model does not answer'),
    });
    contract.model.clear();
    expect(await talk()).toMatchObject({ provider: 'openai', model: 'stub' });
    expect(await health()).toMatchObject({ status: 'ok', provider: 'openai' });
  });

  it('is degraded without a database that can be used', async () => {
    const base = await serve({}, join(contract.folder, 'no', 'such', 'folder'));
    const { answer } = await call({ path: '/api/v1/health', method: 'GET', url: base });
    expect(answer).toMatchObject({ status: 'degraded', reason: expect.stringContaining('remember nothing') });
    expect((await call({ path: DIALOGUE, body: { message: 'Hi', player_id: 1 }, url: base })).status).toBe(
      200,
    );
  });
});
