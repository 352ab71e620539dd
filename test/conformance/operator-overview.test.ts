import { expect, it } from 'vitest';
import { WINDOW_NAMES } from '../../src/operator/window.ts';
import {
  change,
  FAILED,
  insert,
  insertClaimed,
  insertOne,
  RETRY,
  settled,
  TIMED_OUT,
  WORKER,
} from './arrange.ts';
import { describeStore } from './backends.ts';
import { useOperator } from './operator.ts';

describeStore('the overview', (backend) => {
  const operator = useOperator(backend);

  it('tells how deep the queue is, by status and priority, and of what age', async () => {
    await insert(backend(), 3, { priority: 5 });
    const urgent = await insertOne(backend(), { priority: 1 });
    await change(backend(), urgent, { created_at: backend().ago(100), expires_at: backend().ago(-100) });
    await insert(backend(), 2, { priority: 9 });
    const { nowMs, pending, processing } = await operator().overview('15m');
    expect(pending.byPriority.map(({ priority, requests }) => [priority, requests])).toEqual([
      [1, 1],
      [5, 3],
      [9, 2],
    ]);
    expect(pending).toMatchObject({ requests: 6, isCapped: false });
    expect(nowMs - pending.oldestMs!).toBeGreaterThanOrEqual(100_000);
    expect(nowMs - pending.oldestMs!).toBeLessThan(200_000);
    expect(processing).toEqual({ requests: 0, isCapped: false, byPriority: [], oldestMs: null });
  });

  it('tells what has become of the requests of the window, and how long they took', async () => {
    const claims = await insertClaimed(backend(), 6, { sourceNpc: 'Sage' });
    const outcomes = [undefined, undefined, undefined, FAILED, TIMED_OUT, RETRY];
    await backend().store.settle(
      WORKER,
      claims.map((claim, index) => settled(claim, outcomes[index], 100 * (index + 1))),
    );
    await backend().store.cancel(claims[5]!.id);
    // Made before the window, and not in it.
    const old = await insertOne(backend(), { sourceNpc: 'Sage' });
    expect(old).toBeGreaterThan(claims[5]!.id);
    const { traffic, lastErrors, lastRequestId } = await operator().overview('15m');
    expect(traffic).toMatchObject({
      requests: 7,
      completed: 3,
      failed: 1,
      timeout: 1,
      cancelled: 1,
      successRate: 0.6,
      isSampled: false,
      sampled: 7,
    });
    expect(traffic.aiMs).toEqual({ mean: 300, p50: 300, p95: 500, p99: 500 });
    expect(traffic.waitedMs!.p50).toBeGreaterThanOrEqual(0);
    expect(traffic.series.reduce((sum, { requests }) => sum + requests, 0)).toBe(7);
    expect(traffic.series.at(-1)!.toMs).toBeGreaterThan(traffic.series[0]!.fromMs);
    expect(lastErrors.map(({ event, errorCode }) => [event, errorCode])).toEqual([
      ['timeout', 'expired'],
      ['failed', 'ai_client_error'],
    ]);
    expect(lastRequestId).toBe(old);
    expect(await operator().npcs('15m')).toMatchObject([
      { npc: 'Sage', requests: 7, failed: 1, successRate: 0.6, topError: 'ai_client_error' },
    ]);
  });

  it('totals say the same of whatever is asked for', async () => {
    const claims = await insertClaimed(backend(), 4, { sourceNpc: 'Sage' });
    const outcomes = [undefined, undefined, FAILED, TIMED_OUT];
    await backend().store.settle(
      WORKER,
      claims.map((claim, index) => settled(claim, outcomes[index], 100 * (index + 1))),
    );
    await insertOne(backend(), { sourceNpc: 'Guard' });
    const counts = { completed: 2, failed: 1, timeout: 1, cancelled: 0, isWhole: true };
    const all = await operator().totals({});
    expect(all).toMatchObject({ ...counts, requests: 5, meanAiMs: 250 });
    expect(all.meanTotalMs).toBeGreaterThanOrEqual(0);
    expect(await operator().totals({ npc: 'Guard' })).toEqual({
      requests: 1,
      completed: 0,
      failed: 0,
      timeout: 0,
      cancelled: 0,
      meanAiMs: null,
      meanTotalMs: null,
      isWhole: true,
    });
    expect(await operator().totals({ fromMs: (await operator().nowMs()) + 60_000 })).toMatchObject({
      requests: 0,
    });
  });

  it('tells how many tokens each NPC used, as our AI service tells them at the end of an answer', async () => {
    const claims = await insertClaimed(backend(), 3, { sourceNpc: 'Sage' });
    const answers = [
      `{"text":"${'x'.repeat(300)}","tokens":{"prompt":100,"completion":20},"latency_ms":0.2}`,
      '{"tokens":{"prompt":7,"completion":1}}',
      '{"text":"Of another service"}',
    ];
    await backend().store.settle(
      WORKER,
      claims.map((claim, index) => settled(claim, { kind: 'completed', answer: answers[index]! })),
    );
    expect(await operator().npcs('15m')).toMatchObject([{ npc: 'Sage', requests: 3, tokens: 128 }]);
  });

  it('a retry that healed itself is counted as such', async () => {
    const [claim] = await insertClaimed(backend(), 1);
    await backend().store.settle(WORKER, [settled(claim!, RETRY)]);
    await change(backend(), claim!.id, { available_at: backend().ago(1) });
    const [again] = await backend().store.claim(WORKER, 1);
    await backend().store.settle(WORKER, [settled(again!)]);
    expect((await operator().overview('1h')).traffic).toMatchObject({
      completed: 1,
      healed: 1,
      successRate: 1,
    });
  });

  it('each window holds what was made in it, and nothing older', async () => {
    const ages = [20 * 86_400, 2 * 86_400, 7_200, 1_800, 60];
    const ids = await insert(backend(), ages.length);
    for (const [index, age] of ages.entries())
      await change(backend(), ids[index]!, { created_at: backend().ago(age) });
    const counts = [];
    for (const window of WINDOW_NAMES) counts.push((await operator().overview(window)).traffic.requests);
    expect(counts).toEqual([1, 2, 3, 4]);
  });

  it('of many requests a part is looked at, and stands for all', async () => {
    const made = 3_000;
    await insert(backend(), made);
    await backend().sql(
      `UPDATE ai_requests SET created_at = ${backend().ago(120)}, processed_at = ${backend().ago(119)}, status = CASE WHEN id % 4 = 0 THEN 'failed' ELSE 'completed' END`,
    );
    const { traffic } = await operator().overview('15m');
    expect(traffic).toMatchObject({ isSampled: true, requests: made });
    expect(traffic.sampled).toBeLessThan(made / 10);
    expect(traffic.successRate).toBeGreaterThan(0.6);
    expect(traffic.successRate).toBeLessThan(0.9);
    expect(traffic.totalMs).toEqual({ mean: 1_000, p50: 1_000, p95: 1_000, p99: 1_000 });
    // A bucket in which all has ended is kept: what is deleted later was there all the same.
    await backend().sql('DELETE FROM ai_requests');
    expect((await operator().overview('15m')).traffic.requests).toBe(made);
  });

  it('tells of the workers, and which of them live', async () => {
    const worker = {
      host: 'host-a',
      pid: 7,
      version: '1.2.3',
      inFlight: 3,
      doorbell: null,
      timeoutSeconds: 30,
    };
    await backend().store.heartbeat({ ...worker, id: 'alive' });
    await backend().store.heartbeat({ ...worker, id: 'gone' });
    await backend().sql(`UPDATE ai_workers SET heartbeat_at = ${backend().ago(60)} WHERE id = 'gone'`);
    const { workers } = await operator().overview('15m');
    expect(workers).toMatchObject([
      { id: 'alive', host: 'host-a', pid: 7, version: '1.2.3', inFlight: 3, isAlive: true },
      { id: 'gone', isAlive: false },
    ]);
    expect(workers[1]!.heartbeatAgeMs).toBeGreaterThanOrEqual(60_000);
  });

  it('an empty queue has nothing to tell, and says so', async () => {
    const { pending, traffic, lastErrors, workers } = await operator().overview('7d');
    expect({ pending: pending.requests, lastErrors, workers }).toEqual({
      pending: 0,
      lastErrors: [],
      workers: [],
    });
    expect(traffic).toMatchObject({
      requests: 0,
      successRate: null,
      totalMs: null,
      requestsPerSecond: 0,
      isSampled: false,
    });
    expect(await operator().npcs('7d')).toEqual([]);
  });
});
