import { afterEach, expect, it } from 'vitest';
import { newRequest } from '../support/new-request.ts';
import {
  change,
  count,
  insertClaimedOne,
  insertOne,
  insertRow,
  OTHER_WORKER,
  settled,
  statusOf,
  WORKER,
} from './arrange.ts';
import { type Backend, describeStore } from './backends.ts';

/** The first id that a number of JavaScript cannot tell from its neighbour. */
const HUGE = '9007199254740993';
const DAY = 86_400;

describeStore('rows that no client of ours would insert', (backend) => {
  // The rows go after each test; the counter of ids that they raised would stay.
  afterEach(async () => {
    await backend().reset();
    await forgetIds(backend());
  });

  it('an id above 2^53 does not stop the claim of others', async () => {
    const id = await insertOne(backend(), { priority: 9 });
    await insertHuge(backend(), { priority: '1' });
    expect(await backend().store.hasDue()).toBe(true);
    expect(await backend().store.claim(WORKER, 10)).toMatchObject([{ id }]);
    expect(await backend().store.hasDue()).toBe(false);
    expect(await backend().store.claim(WORKER, 10)).toEqual([]);
  });

  it('counters at the end of their range do not stop a claim', async () => {
    const [full, other] = [await insertOne(backend(), { priority: 1 }), await insertOne(backend())];
    await change(backend(), full, {
      claim_no: '4294967295',
      attempts: '4294967295',
      max_attempts: '4294967295',
    });
    const claims = await backend().store.claim(WORKER, 10);
    expect(claims.map(({ id }) => id)).toEqual([full, other]);
    expect(
      await backend().store.settle(
        WORKER,
        claims.map((claim) => settled(claim)),
      ),
    ).toEqual(['written', 'written']);
  });

  it('an id above 2^53 does not stop the end of others’ lives', async () => {
    const id = await insertOne(backend());
    await insertHuge(backend(), { expires_at: backend().ago(60) });
    await change(backend(), id, { expires_at: backend().ago(50) });
    expect(await backend().store.expire({ limit: 10 })).toBe(1);
    expect(await statusOf(backend(), id)).toBe('timeout');
    expect(await backend().store.expire({ limit: 10 })).toBe(0);
  });

  it('an id above 2^53 does not stop the rescue of others or the list of claims', async () => {
    const { id } = await insertClaimedOne(backend());
    await insertHuge(backend(), { status: "'processing'", claimed_by: `'${WORKER}'` });
    expect(await backend().store.listClaims(WORKER)).toEqual([{ id, claimNo: 1 }]);
    expect(
      await backend().store.rescue({ workerIds: [WORKER], maxAttempts: 3, rescuerId: OTHER_WORKER }),
    ).toEqual({ rescued: 1, failed: 0 });
    expect(await statusOf(backend(), id)).toBe('pending');
    expect(await backend().store.sightings()).toEqual([]);
  });

  it('an id above 2^53 does not stop cleanup', async () => {
    const id = await insertOne(backend());
    await change(backend(), id, { status: "'completed'", processed_at: backend().ago(DAY) });
    await insertHuge(backend(), { status: "'completed'", processed_at: backend().ago(DAY) });
    expect(await backend().store.cleanup({ ageSeconds: 3600, scan: 'whole' })).toBe(1);
    expect(await count(backend(), 'ai_requests')).toBe(1);
    expect(await backend().store.depth()).toEqual({ pending: 0, processing: 0 });
  });

  it('once ids are above 2^53, an insert is refused, and one of many is rolled back', async () => {
    await insertHuge(backend());
    await expect(backend().store.insert([REQUEST, REQUEST])).rejects.toMatchObject({ code: 'id_too_large' });
    expect(await count(backend(), 'ai_requests')).toBe(1);
    await expect(insertOne(backend())).rejects.toMatchObject({ code: 'id_too_large' });
    expect(await backend().store.claim(WORKER, 10)).toEqual([]);
  });

  it('ids above 2^31 and up to 2^53 go the whole way', async () => {
    const ids = [2_147_483_648, 4_294_967_296, 9_007_199_254_740_991];
    for (const id of ids) await insertRow(backend(), { id: String(id) });
    const [first, second, third] = await backend().store.claim(WORKER, 10);
    expect([first!.id, second!.id, third!.id].sort((a, b) => a - b)).toEqual(ids);
    const error = { code: 'ai_server_error', message: 'It answered 500.' } as const;
    const fates = await backend().store.settle(WORKER, [
      settled(first!),
      settled(second!, { kind: 'failed', error }),
      settled(third!, { kind: 'retry', error, delayMs: 0, isAttemptGivenBack: false }),
    ]);
    expect(fates).toEqual(['written', 'written', 'written']);
    expect(await backend().store.read(first!.id)).toMatchObject({
      status: 'completed',
      processingTimeMs: 42,
    });
    expect(await backend().store.read(second!.id)).toMatchObject({ errorMessage: 'It answered 500.' });
    const [again] = await backend().store.claim(WORKER, 10);
    expect(again).toMatchObject({ id: third!.id, claimNo: 2 });
    expect(await backend().store.release(WORKER, [again!])).toBe(1);
    expect(await backend().store.cancel(third!.id)).toBe(true);
    const logged = await backend().sql('SELECT DISTINCT request_id FROM ai_request_log ORDER BY request_id');
    expect(logged.map((row) => row['request_id'])).toEqual(ids);
    await backend().sql(`UPDATE ai_requests SET processed_at = ${backend().ago(DAY)}`);
    expect(await backend().store.cleanup({ ageSeconds: 3600, scan: 'whole' })).toBe(3);
  });

  it('values of a kind that the column was not made for stop nobody', async () => {
    const id = await insertOne(backend(), { priority: 9 });
    if (backend().kind === 'mariadb') {
      await backend().sql("SET SESSION sql_mode = ''");
      await insertRow(backend(), { expires_at: "'2037-01-01'", created_at: "'not a time'", endpoint: "''" });
      await insertRow(backend(), { expires_at: "'not a time'" });
      await backend().sql('SET SESSION sql_mode = DEFAULT');
    } else {
      await insertRow(backend(), { expires_at: "'tomorrow'", created_at: "'today'", priority: '1' });
      await insertRow(backend(), { request_data: "x'7b7d'", endpoint: "x'2f'", max_attempts: "'many'" });
      await insertRow(backend(), { expires_at: "'1'", created_at: "'today'" });
    }
    const claims = await backend().store.claim(WORKER, 10);
    expect(claims.map((claim) => claim.id)).toContain(id);
    for (const claim of claims) {
      expect(claim).toMatchObject({ lifeLeftMs: expect.any(Number), createdAtMs: expect.any(Number) });
    }
    expect(
      new Set(
        await backend().store.settle(
          WORKER,
          claims.map((claim) => settled(claim)),
        ),
      ),
    ).toEqual(new Set(['written']));
    expect(await backend().store.expire({ limit: 10 })).toBe(1);
    expect(await backend().store.depth()).toEqual({ pending: 0, processing: 0 });
  });
});

const REQUEST = newRequest({ data: null });

async function insertHuge(backend: Backend, values: Readonly<Record<string, string>> = {}): Promise<void> {
  await insertRow(backend, { id: HUGE, ...values });
}

async function forgetIds(backend: Backend): Promise<void> {
  await backend.sql(
    backend.kind === 'mariadb'
      ? 'ALTER TABLE ai_requests AUTO_INCREMENT = 1'
      : "DELETE FROM sqlite_sequence WHERE name = 'ai_requests'",
  );
}
