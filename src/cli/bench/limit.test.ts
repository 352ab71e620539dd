import { describe, expect, it } from 'vitest';
import { type Figures, figuresOf } from './figures.ts';
import { findLimit, msText, notesOn } from './limit.ts';
import { announcement, tableOf } from './lines.ts';
import type { Measured } from './stages.ts';

const DURABLE = { innodb_flush_log_at_trx_commit: '1', sync_binlog: '1', log_bin: 'ON', wsrep_on: 'OFF' };
const facts = (settings: Record<string, string> = DURABLE) => ({ version: 'MariaDB 10.11.6', settings });
const taking = (p50Ms: number): Figures => ({ count: 100, perSecond: 1, p50Ms, p95Ms: p50Ms, p99Ms: p50Ms });
const measured = (roundTrip: number, commit: number, ask: number, busy = 0.2): Measured => ({
  roundTrip: taking(roundTrip),
  commit: taking(commit),
  ask: taking(ask),
  drain: { count: 1_000, perSecond: 2_000, busy },
});

describe('what limits a server', () => {
  it('is its disk where the commits take most of an answer, with what makes them wait', () => {
    const limit = findLimit(measured(0.2, 8.2, 27), facts());

    expect(limit?.kind).toBe('disk');
    expect(limit?.sentence).toContain(
      'the disk takes 8.00 ms for one, and the way to the server 0.20 ms more',
    );
    expect(limit?.sentence).toContain('which are 24.0 ms of its 27.0 ms');
    expect(limit?.sentence).toContain('because of innodb_flush_log_at_trx_commit=1, sync_binlog=1.');
  });

  it('names no setting that makes nobody wait, and the cluster that does', () => {
    const settings = { innodb_flush_log_at_trx_commit: '2', sync_binlog: '0', wsrep_on: 'ON' };

    expect(findLimit(measured(0.2, 8.2, 27), facts(settings))?.sentence).toContain('because of wsrep_on=ON.');
  });

  it('is the way to it where round trips take most', () => {
    const limit = findLimit(measured(12, 14, 110), facts());

    expect(limit).toMatchObject({
      kind: 'network',
      sentence: expect.stringContaining('a round trip takes 12.0 ms'),
    });
    expect(limit?.sentence).toContain('72.0 ms of its 110 ms');
  });

  it('is the processor where one core is used up, or where most of the time goes neither to disk nor to network', () => {
    expect(findLimit(measured(0.1, 0.4, 4, 0.97), facts())?.sentence).toContain(
      'at work for 97 % of the time',
    );
    expect(findLimit(measured(0.1, 0.4, 83), facts())).toMatchObject({
      kind: 'processor',
      sentence: expect.stringContaining('3 commits and 6 round trips are 1.50 ms'),
    });
  });

  it('is nothing where all is well, and not known where too little was measured', () => {
    expect(findLimit(measured(0.1, 0.4, 4), facts())?.kind).toBe('nothing');
    expect(findLimit({ commit: taking(8) }, facts())).toBeUndefined();
  });

  it('is the disk of the embedded database without a way to a server', () => {
    const limit = findLimit({ commit: taking(5), ask: taking(18) }, { version: 'SQLite', settings: {} });

    expect(limit?.sentence).toMatch(
      /^The commit takes most of the time: the disk takes 5\.00 ms for one\. An answer/,
    );
  });
});

it('a server whose commits are not durable, and a node of a cluster, are told as such', () => {
  expect(notesOn(facts({ innodb_flush_log_at_trx_commit: '2' }))).toEqual([
    expect.stringContaining('a power cut may lose the last second'),
  ]);
  expect(notesOn(facts({ ...DURABLE, wsrep_on: 'ON' }))).toEqual([expect.stringContaining('Galera')]);
  expect(notesOn(facts())).toEqual([]);
});

it('replicas that do the same work are told of before it begins', () => {
  const told = (settings: Record<string, string>) =>
    announcement({ isSqlite: false, name: 'MariaDB root@db', facts: facts(settings), seconds: 20 }).join(' ');

  expect(told(DURABLE)).toContain('replicas do the same work');
  expect(told({ ...DURABLE, wsrep_on: 'ON' })).toContain('other nodes of its Galera cluster');
  expect(told({ ...DURABLE, log_bin: 'OFF' })).not.toContain('replicas');
});

it('percentiles are values that were measured, and figures have three digits', () => {
  const times = Array.from({ length: 200 }, (_, index) => index + 1);

  expect(figuresOf(times, 20_000)).toEqual({ count: 200, perSecond: 10, p50Ms: 100, p95Ms: 190, p99Ms: 198 });
  expect(figuresOf([7], 1_000)).toEqual({ count: 1, perSecond: 1, p50Ms: 7, p95Ms: 7, p99Ms: 7 });
  expect([0.1234, 8.1, 12.34, 123.4].map(msText)).toEqual(['0.12', '8.10', '12.3', '123']);
});

it('the table has a line for what was measured and none for what was not', () => {
  const lines = tableOf({ commit: taking(8.1) }, true);

  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^Commit +8\.10 +8\.10 +8\.10 +1 +100 in turn$/);
});
