import { describe, expect, it } from 'vitest';
import {
  COMPLETED,
  change,
  insertClaimedOne,
  insertOne,
  insertRow,
  OTHER_WORKER,
  RETRY,
  settled,
  statusOf,
  WORKER,
} from './arrange.ts';
import { SqliteBackend, useBackend } from './backends.ts';

/** SQLite keeps all of these in a column that was made for whole numbers. */
const NO_NUMBERS = [
  ['attempts', "'many'"],
  ['attempts', "x'6d'"],
  ['attempts', '-3'],
  ['attempts', '1.5'],
  ['attempts', '9223372036854775807'],
  ['attempts', '1e300'],
  ['claim_no', "'many'"],
  ['claim_no', "'1e3x'"],
  ['claim_no', "x'6d'"],
  ['claim_no', '-3'],
  ['claim_no', '1.5'],
  ['claim_no', '9223372036854775807'],
  ['claim_no', '1e300'],
  ['max_attempts', "'many'"],
  ['max_attempts', '1e300'],
  ['error_code', "x'6d'"],
] as const;

describe.each(NO_NUMBERS)('on SQLite a row with the %s %s', (column, value) => {
  const backend = useBackend(() => SqliteBackend.create());
  const odd = { [column]: value };

  it('is claimed and settled, and so are the others', async () => {
    await insertRow(backend(), odd);
    await insertOne(backend());

    const claims = await backend().store.claim(WORKER, 10);

    expect(claims).toHaveLength(2);
    expect(await backend().store.listClaims(WORKER)).toEqual(
      claims.map(({ id, claimNo }) => ({ id, claimNo })),
    );
    expect(
      await backend().store.settle(
        WORKER,
        claims.map((claim) => settled(claim, COMPLETED)),
      ),
    ).toEqual(['written', 'written']);
  });

  it('is claimed again after a release and after a retry', async () => {
    await insertRow(backend(), odd);
    const [first] = await backend().store.claim(WORKER, 10);
    expect(await backend().store.release(WORKER, [first!])).toBe(1);
    const [second] = await backend().store.claim(WORKER, 10);
    expect(await backend().store.settle(WORKER, [settled(second!, { ...RETRY, delayMs: 0 })])).toEqual([
      'written',
    ]);
    expect(await backend().store.claim(WORKER, 10)).toMatchObject([{ id: first!.id }]);
  });

  it('does not stop the settle, the rescue or the end of others', async () => {
    const claim = await insertClaimedOne(backend());
    const { id } = await insertClaimedOne(backend());
    await change(backend(), id, odd);
    const fates = await backend().store.settle(WORKER, [settled(claim), settled({ ...claim, id })]);
    expect(fates[0]).toBe('written');

    await insertClaimedOne(backend());
    await insertRow(backend(), { ...odd, status: "'processing'", claimed_by: `'${WORKER}'` });
    const rescued = await backend().store.rescue({
      workerIds: [WORKER],
      maxAttempts: 3,
      rescuerId: OTHER_WORKER,
    });
    expect(rescued.rescued + rescued.failed).toBeGreaterThanOrEqual(2);

    const late = await insertOne(backend());
    await insertRow(backend(), odd);
    await backend().sql(`UPDATE ai_requests SET expires_at = ${backend().ago(60)} WHERE status = 'pending'`);
    expect(await backend().store.expire({ limit: 10 })).toBeGreaterThanOrEqual(2);
    expect(await statusOf(backend(), late)).toBe('timeout');
  });
});

describe('on SQLite a claim by what is no text', () => {
  const backend = useBackend(() => SqliteBackend.create());

  it('stops nobody’s look for the dead, and is rescued', async () => {
    await insertRow(backend(), { status: "'processing'", claimed_by: "x'6d'" });
    const sightings = await backend().store.sightings();
    expect(sightings).toMatchObject([{ id: 'm', heartbeat: null }]);
    expect(
      await backend().store.rescue({ workerIds: ['m'], maxAttempts: 3, rescuerId: OTHER_WORKER }),
    ).toEqual({ rescued: 1, failed: 0 });
  });
});
