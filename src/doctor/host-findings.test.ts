import { describe, expect, it } from 'vitest';
import type { HostFact } from '../store/host-facts.ts';
import { hostFindings } from './host-findings.ts';

const FIRST: HostFact = { name: 'db1:3306', isUsed: true, trouble: undefined, queueId: 'q' };
const SECOND: HostFact = { name: 'db2:3306', isUsed: false, trouble: undefined, queueId: 'q' };
const AWAY = { trouble: 'nobody listens.', queueId: undefined };

describe('several hosts of the database', () => {
  it('one host is nothing to tell', () => {
    expect(hostFindings([])).toEqual([]);
  });

  it('names the one that serves, and those that stand by', () => {
    expect(hostFindings([FIRST, SECOND])).toMatchObject([
      { verdict: 'ok', reason: 'db1:3306 serves; db2:3306 stands by.' },
    ]);
  });

  it('one that could not take over is a warning, with its reason', () => {
    expect(hostFindings([FIRST, { ...SECOND, ...AWAY }])).toMatchObject([
      { verdict: 'ok', reason: 'db1:3306 serves; no other one stands by.' },
      { verdict: 'warning', reason: 'db2:3306 could not take over: nobody listens.' },
    ]);
  });

  it('so is the preferred one, where another one serves in its place', () => {
    const hosts = [
      { ...FIRST, isUsed: false, ...AWAY },
      { ...SECOND, isUsed: true },
    ];
    expect(hostFindings(hosts)).toMatchObject([
      { verdict: 'ok', reason: 'db2:3306 serves; no other one stands by.' },
      { verdict: 'warning', reason: 'db2:3306 serves in place of db1:3306: nobody listens.' },
    ]);
  });

  it('one with another queue is no stand-in', () => {
    expect(hostFindings([FIRST, { ...SECOND, queueId: 'other' }])).toMatchObject([
      { verdict: 'ok', reason: 'db1:3306 serves; no other one stands by.' },
      { verdict: 'broken', reason: expect.stringContaining('db2:3306 has another queue than db1:3306') },
    ]);
  });
});
