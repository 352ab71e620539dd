import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { Health } from './health.ts';

const model = { name: 'openai', model: 'big' };
const server = {
  ...{ server: 'default', provider: 'openai', model: 'big', isForAll: true, isLoading: false },
  uses: [{ server: 'default', model: 'big', answers: 3, failures: 1, tokens: { prompt: 40, completion: 9 } }],
};
const servers = [server];
const offline = { name: 'scripted', model: null };

it('is ok while nothing failed', () => {
  expect(
    new Health(new FakeClock()).report({ first: model, second: offline, areOff: false, servers }),
  ).toEqual({
    status: 'ok',
    reason: undefined,
    provider: 'openai',
    model: 'big',
    models: [{ ...server.uses[0], status: 'ok' }],
  });
});

it('names the fallback while the model fails, and is ok when it answers', () => {
  const health = new Health(new FakeClock());
  health.noteModel('default', new Error('it is asleep'));
  expect(health.report({ first: model, second: offline, areOff: false, servers })).toEqual({
    status: 'degraded',
    reason: 'The model does not answer: it is asleep',
    provider: 'scripted',
    model: null,
    models: [expect.objectContaining({ server: 'default', status: 'down' })],
  });
  health.noteModel('default', null);
  expect(health.report({ first: model, second: offline, areOff: false, servers }).status).toBe('ok');
});

it('is loading while the model is being loaded, unless something is wrong besides', () => {
  const health = new Health(new FakeClock());
  const report = () =>
    health.report({
      first: model,
      second: offline,
      areOff: false,
      servers: [{ ...server, isLoading: true }],
    });
  expect(report()).toMatchObject({ status: 'loading', reason: expect.stringContaining('canned lines') });
  health.noteDatabase(new Error('no tables'));
  expect(report()).toMatchObject({ status: 'degraded', reason: expect.stringContaining('being loaded') });
});

it('is down when the model fails and nobody else answers', () => {
  const health = new Health(new FakeClock());
  health.noteModel('default', new Error('it is asleep'));
  expect(health.report({ first: model, second: null, areOff: false, servers })).toMatchObject({
    status: 'down',
    provider: 'openai',
  });
});

it('forgets a failure after half a minute: nobody would send it talks any more', async () => {
  const clock = new FakeClock();
  const health = new Health(clock);
  health.noteModel('default', new Error('it is asleep'));
  health.noteMemory(new Error('slow'));
  await clock.advance(30_000);
  expect(health.report({ first: model, second: null, areOff: false, servers }).status).toBe('ok');
});

it('is degraded until the database is open', async () => {
  const clock = new FakeClock();
  const health = new Health(clock);
  health.noteDatabase(new Error('no tables'));
  await clock.advance(3_600_000);
  const { status, reason } = health.report({ first: offline, second: null, areOff: false });
  expect({ status, reason }).toEqual({
    status: 'degraded',
    reason: 'NPCs remember nothing new: no tables',
  });
  health.noteDatabase(null);
  expect(health.report({ first: offline, second: null, areOff: false }).status).toBe('ok');
});

it('is degraded while the switch and the budgets cannot be read, until a look goes well', async () => {
  const clock = new FakeClock();
  const health = new Health(clock);
  const report = () => health.report({ first: offline, second: null, areOff: false });
  health.noteLimits(new Error('connection refused'));
  await clock.advance(3_600_000);
  expect(report()).toMatchObject({
    status: 'degraded',
    reason: 'NPC switch and budgets cannot be used: connection refused',
  });
  health.noteMemory(new Error('connection refused'));
  expect(report().reason).toBe('NPCs remember nothing new: connection refused');
  health.noteMemory(null);
  health.noteLimits(null);
  expect(report().status).toBe('ok');
});

it('tells that NPCs are switched off', () => {
  expect(new Health(new FakeClock()).report({ first: model, second: null, areOff: true })).toMatchObject({
    status: 'degraded',
    reason: expect.stringContaining('NPCs are switched off'),
  });
});

describe('with several model servers', () => {
  const quests = { ...server, server: 'quests', model: 'good', isForAll: false, uses: [] };
  const both = { first: model, areOff: false, servers: [server, quests] };

  it('names the one that is down; the others go on', () => {
    const health = new Health(new FakeClock());
    health.noteModel('quests', new Error('it is asleep'));
    expect(health.report({ ...both, second: null })).toMatchObject({
      status: 'degraded',
      reason: 'The model of quests does not answer: it is asleep',
      ...{ provider: 'openai', model: 'big' },
    });
    health.noteModel('quests', null);
    expect(health.report({ ...both, second: null }).status).toBe('ok');
  });

  it('names who answers for all: the first one, then its fallbacks that are not down, then the offline brain', () => {
    const health = new Health(new FakeClock());
    const report = (isForAll: boolean) =>
      health.report({ ...both, second: offline, servers: [server, { ...quests, isForAll }] });
    health.noteModel('default', new Error('it is asleep'));
    expect(report(true)).toMatchObject({ provider: 'openai', model: 'good', status: 'degraded' });
    expect(report(false)).toMatchObject({ provider: 'scripted', model: null, status: 'degraded' });
  });

  it('is down when all of them are, and nobody else answers', () => {
    const health = new Health(new FakeClock());
    health.noteModel('default', new Error('asleep'));
    health.noteModel('quests', new Error('gone'));
    expect(health.report({ ...both, second: null }).status).toBe('down');
    expect(health.report({ ...both, first: offline, second: null }).status).toBe('degraded');
  });

  it('tells which one is being loaded', () => {
    const loading = { ...both, second: offline, servers: [server, { ...quests, isLoading: true }] };
    expect(new Health(new FakeClock()).report(loading)).toMatchObject({
      status: 'loading',
      reason: expect.stringMatching(/^The model of quests is being loaded; until then its fallbacks answer/),
    });
  });
});
