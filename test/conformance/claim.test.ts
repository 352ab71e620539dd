import { expect, it } from 'vitest';
import type { ClaimedRequest } from '../../src/queue/request.ts';
import { newRequest } from '../support/new-request.ts';
import {
  change,
  eventsOf,
  insert,
  insertOne,
  insertRow,
  logOf,
  OTHER_WORKER,
  requestRow,
  statusOf,
  WORKER,
} from './arrange.ts';
import { describeStore } from './backends.ts';

/** A claim and its rows take milliseconds; a busy machine may add some. Time zones would add an hour at least. */
const TOLERANCE_MS = 25_000;

describeStore('claim', (backend) => {
  it('the lower priority number goes first, then the older, then the smaller id', async () => {
    const [a, b, c, d, e] = await backend().store.insert([
      newRequest({ priority: 9 }),
      newRequest({ priority: 5 }),
      newRequest({ priority: 5 }),
      newRequest({ priority: 5 }),
      newRequest({ priority: 1 }),
    ]);
    const sameTime = "'2026-01-25 12:00:00.000'";
    for (const id of [b!, d!]) await change(backend(), id, { created_at: sameTime });
    await change(backend(), c!, { created_at: "'2026-01-25 11:59:59.999'" });
    const claims = await backend().store.claim(WORKER, 10);
    expect(idsOf(claims)).toEqual([e, c, b, d, a]);
  });

  it('takes no more than the limit, and the rest with the next claim', async () => {
    const ids = await insert(backend(), 5);
    expect(idsOf(await backend().store.claim(WORKER, 2))).toEqual(ids.slice(0, 2));
    expect(idsOf(await backend().store.claim(WORKER, 2))).toEqual(ids.slice(2, 4));
    expect(idsOf(await backend().store.claim(WORKER, 2))).toEqual(ids.slice(4));
    expect(await backend().store.claim(WORKER, 2)).toEqual([]);
  });

  it('a claimed request belongs to its worker, with a number and an attempt, and is logged', async () => {
    const id = await insertOne(backend());
    const claims = await backend().store.claim(WORKER, 1);
    expect(claims).toEqual([
      {
        id,
        claimNo: 1,
        attempt: 1,
        maxAttempts: null,
        type: 'dialogue',
        endpoint: '/api/v1/npc/dialogue',
        data: '{"message":"Hello AI","npc_id":123}',
        priority: 5,
        sourceNpc: null,
        createdAtMs: expect.any(Number),
        ageMs: expect.any(Number),
        lifeLeftMs: expect.any(Number),
      },
    ]);
    expect(await requestRow(backend(), id)).toMatchObject({
      status: 'processing',
      claimed_by: WORKER,
      claim_no: 1,
      attempts: 1,
      has_claimed_at: 1,
      has_processed_at: 0,
    });
    expect(await logOf(backend(), id)).toEqual([{ event: 'claimed', data: { worker: WORKER, attempt: 1 } }]);
  });

  it('each claim raises the number of the claim and the attempts', async () => {
    const id = await insertOne(backend());
    await change(backend(), id, { attempts: '2', claim_no: '7', max_attempts: '4' });
    expect(await backend().store.claim(WORKER, 1)).toMatchObject([
      { id, claimNo: 8, attempt: 3, maxAttempts: 4 },
    ]);
    expect(await requestRow(backend(), id)).toMatchObject({ claim_no: 8, attempts: 3 });
  });

  it('what is not yet due is not claimed', async () => {
    const [delayed, due] = await insert(backend(), 2);
    await change(backend(), delayed!, { available_at: backend().ago(-60) });
    expect(idsOf(await backend().store.claim(WORKER, 10))).toEqual([due]);
    expect(await statusOf(backend(), delayed!)).toBe('pending');
  });

  it('what has expired is not claimed', async () => {
    const [expired, alive] = await insert(backend(), 2);
    await change(backend(), expired!, { expires_at: backend().ago(0.1) });
    expect(idsOf(await backend().store.claim(WORKER, 10))).toEqual([alive]);
    expect(await statusOf(backend(), expired!)).toBe('pending');
  });

  it('a cancelled request is never claimed', async () => {
    const [cancelled, alive] = await insert(backend(), 2);
    await backend().store.cancel(cancelled!);
    expect(idsOf(await backend().store.claim(WORKER, 10))).toEqual([alive]);
    expect(await statusOf(backend(), cancelled!)).toBe('cancelled');
  });

  it('no request is claimed twice', async () => {
    await insert(backend(), 3);
    await backend().store.claim(WORKER, 3);
    expect(await backend().store.claim(OTHER_WORKER, 3)).toEqual([]);
  });

  it('workers that claim at once never share a request and together take all', async () => {
    const stores = [backend().store, await backend().open(), await backend().open()];
    for (let round = 0; round < 6; round++) {
      const ids = await insert(backend(), 60);
      const taken = await Promise.all(
        stores.map(async (store, index) => {
          const mine: number[] = [];
          for (let claims = 0; claims < 60 && (await store.hasDue()); claims++) {
            mine.push(...idsOf(await store.claim(`worker-${index}`, 7)));
          }
          return mine;
        }),
      );
      expect(taken.flat().sort((a, b) => a - b)).toEqual(ids);
      const rows = await backend().sql(
        "SELECT id, claimed_by, claim_no FROM ai_requests WHERE status = 'processing' ORDER BY id",
      );
      const ownerOf = (id: number) => `worker-${taken.findIndex((mine) => mine.includes(id))}`;
      expect(rows).toEqual(ids.map((id) => ({ id, claimed_by: ownerOf(id), claim_no: 1 })));
      await backend().reset();
    }
  });

  it('the life that is left and the time of creation are right, whatever the time zones', async () => {
    await insertOne(backend(), { timeoutSeconds: 100 });
    const [claim] = await backend().store.claim(WORKER, 1);
    expect(claim!.lifeLeftMs).toBeLessThanOrEqual(100_000);
    expect(claim!.lifeLeftMs).toBeGreaterThan(100_000 - TOLERANCE_MS);
    // The server runs on this machine: both clocks are the same.
    expect(Math.abs(claim!.createdAtMs - Date.now())).toBeLessThan(TOLERANCE_MS);
  });

  it('a row of plain SQL with the document’s columns only is claimed with its life', async () => {
    if (backend().kind === 'mariadb') {
      await backend().sql(
        `INSERT INTO ai_requests (request_type, endpoint, request_data, priority, timeout, status, created_at, expires_at)
         VALUES ('dialogue', '/api/v1/npc/dialogue', '{"message":"Hello AI","npc_id":123}', 5, 30, 'pending', NOW(),
                 DATE_ADD(NOW(), INTERVAL 30 SECOND))`,
      );
    } else {
      await backend().sql(
        `INSERT INTO ai_requests (request_type, endpoint, request_data, priority, timeout, status, created_at, expires_at)
         VALUES ('dialogue', '/api/v1/npc/dialogue', '{"message":"Hello AI","npc_id":123}', 5, 30, 'pending',
                 datetime('now'), datetime('now', '+30 seconds'))`,
      );
    }
    const [claim] = await backend().store.claim(WORKER, 1);
    expect(claim).toMatchObject({
      type: 'dialogue',
      data: '{"message":"Hello AI","npc_id":123}',
      attempt: 1,
    });
    expect(claim!.lifeLeftMs).toBeLessThanOrEqual(30_000);
    expect(claim!.lifeLeftMs).toBeGreaterThan(30_000 - TOLERANCE_MS);
  });

  it('a row that names nothing but its endpoint lives 30 seconds', async () => {
    await backend().sql("INSERT INTO ai_requests (endpoint) VALUES ('/api/v1/health')");
    const [claim] = await backend().store.claim(WORKER, 1);
    expect(claim).toMatchObject({ type: 'generic', endpoint: '/api/v1/health', data: null, sourceNpc: null });
    expect(claim!.lifeLeftMs).toBeGreaterThan(30_000 - TOLERANCE_MS);
  });

  it('NULL data and priorities outside 1 to 10 are served as they stand', async () => {
    await insertRow(backend(), { request_data: 'NULL', priority: '255' });
    await insertRow(backend(), { request_data: "'not json'", priority: '0', endpoint: "'http://elsewhere'" });
    const claims = await backend().store.claim(WORKER, 10);
    expect(claims).toMatchObject([
      { data: 'not json', endpoint: 'http://elsewhere' },
      { data: null, endpoint: '/api/v1/npc/dialogue' },
    ]);
    const rows = await backend().sql('SELECT priority FROM ai_requests ORDER BY priority');
    expect(rows).toEqual([{ priority: 0 }, { priority: 255 }]);
  });

  it('hasDue sees what can be claimed now and nothing else', async () => {
    const { store } = backend();
    expect(await store.hasDue()).toBe(false);
    const [delayed, expired, cancelled] = await insert(backend(), 3);
    await change(backend(), delayed!, { available_at: backend().ago(-60) });
    await change(backend(), expired!, { expires_at: backend().ago(1) });
    await store.cancel(cancelled!);
    expect(await store.hasDue()).toBe(false);
    await insertOne(backend());
    expect(await store.hasDue()).toBe(true);
    await store.claim(WORKER, 1);
    expect(await store.hasDue()).toBe(false);
  });

  it('a claim that finds nothing logs nothing', async () => {
    expect(await backend().store.claim(WORKER, 10)).toEqual([]);
    expect(await backend().sql('SELECT * FROM ai_request_log')).toEqual([]);
  });

  it('a claim of 500 takes 500 and logs each', async () => {
    const ids = await insert(backend(), 500);
    expect(idsOf(await backend().store.claim(WORKER, 500))).toEqual(ids);
    expect(await eventsOf(backend(), ids[499]!)).toEqual(['claimed']);
  });
});

function idsOf(claims: readonly ClaimedRequest[]): number[] {
  return claims.map((claim) => claim.id);
}
