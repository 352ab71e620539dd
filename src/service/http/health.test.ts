import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { Health } from './health.ts';

const model = { name: 'openai', model: 'big' };
const offline = { name: 'scripted', model: null };

it('is ok while nothing failed', () => {
  expect(new Health(new FakeClock()).report({ first: model, second: offline })).toEqual({
    status: 'ok',
    reason: undefined,
    provider: 'openai',
    model: 'big',
  });
});

it('names the fallback while the model fails, and is ok when it answers', () => {
  const health = new Health(new FakeClock());
  health.noteModel(new Error('it is asleep'));
  expect(health.report({ first: model, second: offline })).toEqual({
    status: 'degraded',
    reason: 'The model does not answer: it is asleep',
    provider: 'scripted',
    model: null,
  });
  health.noteModel(null);
  expect(health.report({ first: model, second: offline }).status).toBe('ok');
});

it('is down when the model fails and nobody else answers', () => {
  const health = new Health(new FakeClock());
  health.noteModel(new Error('it is asleep'));
  expect(health.report({ first: model, second: null })).toMatchObject({ status: 'down', provider: 'openai' });
});

it('forgets a failure after half a minute: nobody would send it talks any more', async () => {
  const clock = new FakeClock();
  const health = new Health(clock);
  health.noteModel(new Error('it is asleep'));
  health.noteMemory(new Error('slow'));
  await clock.advance(30_000);
  expect(health.report({ first: model, second: null }).status).toBe('ok');
});

it('is degraded until the database is open', async () => {
  const clock = new FakeClock();
  const health = new Health(clock);
  health.noteDatabase(new Error('no tables'));
  await clock.advance(3_600_000);
  const { status, reason } = health.report({ first: offline, second: null });
  expect({ status, reason }).toEqual({
    status: 'degraded',
    reason: 'NPCs remember nothing new: no tables',
  });
  health.noteDatabase(null);
  expect(health.report({ first: offline, second: null }).status).toBe('ok');
});
