import { describe, expect, it } from 'vitest';
import type { PeerFigures } from './peer.ts';
import { rowsOf } from './rounds.ts';

const round = (perSecond: number, more: Partial<PeerFigures> = {}): PeerFigures => ({
  perSecond,
  workerCpuSeconds: 1,
  databaseCpuSeconds: 2,
  paces: [],
  ...more,
});

const byRound = (figures: readonly PeerFigures[]) => new Map(figures.map((one, at) => [at + 1, one]));

describe('rowsOf', () => {
  it('compares each round with the same round of the other, and takes the middle of these ratios', () => {
    const [ours] = rowsOf(
      new Map([
        ['ours', byRound([round(100), round(300), round(200)])],
        ['theirs', byRound([round(200), round(200), round(100)])],
      ]),
      'theirs',
    );
    expect(ours).toMatchObject({ name: 'ours', perSecond: 200, ratio: { median: 1.5, least: 0.5, most: 2 } });
  });

  it('leaves out the round in which one of the two failed, and who failed in all', () => {
    const rows = rowsOf(
      new Map([
        ['ours', byRound([round(100), round(300), round(200)])],
        ['theirs', new Map([[3, round(100)]])],
        ['broken', new Map()],
      ]),
      'theirs',
    );
    expect(rows.map(({ name, perSecond, ratio }) => [name, perSecond, ratio?.median])).toEqual([
      ['ours', 200, 2],
      ['theirs', 100, 1],
    ]);
  });

  it('has no ratio where the one to compare with was left out', () => {
    const rows = rowsOf(new Map([['ours', byRound([round(100)])]]), 'theirs');
    expect(rows).toEqual([
      {
        name: 'ours',
        perSecond: 100,
        ratio: undefined,
        workerCpuSeconds: 1,
        databaseCpuSeconds: 2,
        paces: [],
      },
    ]);
  });

  it('takes the middle of the rounds for each pace and for CPU seconds by itself', () => {
    const rounds = [
      [1, 30],
      [3, 10],
      [2, 20],
    ].map(([value = 0, p99 = 0]) =>
      round(100, {
        workerCpuSeconds: value,
        databaseCpuSeconds: p99,
        paces: [
          { perSecond: 5, p50: value, p99 },
          { perSecond: 200, p50: 10 * value, p99: 10 * p99 },
        ],
      }),
    );
    expect(rowsOf(new Map([['ours', byRound(rounds)]]), 'ours')).toEqual([
      {
        name: 'ours',
        perSecond: 100,
        ratio: { median: 1, least: 1, most: 1 },
        workerCpuSeconds: 2,
        databaseCpuSeconds: 20,
        paces: [
          { perSecond: 5, p50: 2, p99: 20 },
          { perSecond: 200, p50: 20, p99: 200 },
        ],
      },
    ]);
  });
});
