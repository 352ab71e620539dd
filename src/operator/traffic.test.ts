import { expect, it } from 'vitest';
import { percentilesOf } from './percentiles.ts';
import type { SampledBucket, SampledRequest } from './sample.ts';
import { npcFiguresOf, trafficOf } from './traffic.ts';

function request(changes: Partial<SampledRequest> = {}): SampledRequest {
  return {
    status: 'completed',
    npc: 'Sage',
    errorCode: null,
    attempts: 1,
    waitedMs: 1,
    aiMs: 10,
    totalMs: 11,
    tokens: 0,
    ...changes,
  };
}

it('values count by how many they stand for', () => {
  const values = [
    { value: 10, weight: 98 },
    { value: 1_000, weight: 2 },
  ];
  expect(percentilesOf(values)).toEqual({ mean: 29.8, p50: 10, p95: 10, p99: 1_000 });
  expect(percentilesOf([])).toBeNull();
  expect(percentilesOf([{ value: 7, weight: 0 }])).toBeNull();
});

it('a quiet stretch of time counts for what was in it, not for how much of it was looked at', () => {
  const busy: SampledBucket = {
    fromMs: 0,
    toMs: 1_000,
    requests: 900,
    isWhole: false,
    sampled: [request(), request({ status: 'failed', errorCode: 'a' })],
  };
  const quiet: SampledBucket = {
    fromMs: 1_000,
    toMs: 2_000,
    requests: 2,
    isWhole: true,
    sampled: [request(), request()],
  };
  const traffic = trafficOf([busy, quiet]);
  expect(traffic).toMatchObject({
    requests: 902,
    completed: 452,
    failed: 450,
    isSampled: true,
    sampled: 4,
    requestsPerSecond: 451,
    answersPerSecond: 226,
  });
  expect(traffic.successRate).toBeCloseTo(452 / 902);
  expect(traffic.series.map(({ requests, requestsPerSecond }) => [requests, requestsPerSecond])).toEqual([
    [900, 900],
    [2, 2],
  ]);
});

it('each NPC has figures of its own, and the busiest comes first', () => {
  const sampled = [
    request(),
    request({ npc: null, status: 'timeout', errorCode: 'expired' }),
    request({ npc: null, status: 'failed', errorCode: 'expired' }),
    request({ npc: null, status: 'failed', errorCode: 'bad_json' }),
  ];
  const figures = npcFiguresOf([{ fromMs: 0, toMs: 1_000, requests: 4, isWhole: true, sampled }], 10);
  expect(figures).toMatchObject([
    { npc: null, requests: 3, failed: 2, timeout: 1, successRate: 0, topError: 'expired' },
    { npc: 'Sage', requests: 1, successRate: 1, topError: null },
  ]);
  expect(npcFiguresOf([], 10)).toEqual([]);
});
