import { expect, it } from 'vitest';
import {
  type MarkedRequests,
  OLDER_THAN_ANY_SECONDS,
  openMarkedRequests,
} from '../../src/store/marked-requests.ts';
import {
  change,
  count,
  eventsOf,
  insert,
  insertOne,
  responseRows,
  settled,
  statusOf,
  WORKER,
} from './arrange.ts';
import { type Backend, describeStore } from './backends.ts';

const MARK = 'AI IPC self-test';

describeStore('marked requests', (backend) => {
  it('one that was made old goes with a cleanup of what is older than any other, and no other goes', async () => {
    const [marked, other] = await ended(backend(), { sourceNpc: MARK });
    const ancient = await insertOne(backend());
    await change(backend(), ancient, {
      status: "'failed'",
      created_at: "'1999-01-01 00:00:00'",
      processed_at: 'NULL',
    });

    await withMarked(backend(), (requests) => requests.makeOld(marked!));

    const cleanup = { ageSeconds: OLDER_THAN_ANY_SECONDS, scan: 'whole' } as const;
    expect(await backend().store.cleanup(cleanup)).toBe(1);
    expect(await statusOf(backend(), marked!)).toBeUndefined();
    expect(await statusOf(backend(), other!)).toBe('completed');
    expect(await statusOf(backend(), ancient)).toBe('failed');
  });

  it('one without the mark is not made old', async () => {
    const [unmarked] = await ended(backend(), { sourceNpc: 'Sage of Prontera' });
    await withMarked(backend(), (requests) => requests.makeOld(unmarked!));
    expect(await backend().store.cleanup({ ageSeconds: OLDER_THAN_ANY_SECONDS, scan: 'whole' })).toBe(0);
  });

  it('they are deleted in any status, with their responses and their log', async () => {
    const done = await ended(backend(), { sourceNpc: MARK });
    const pending = await insertOne(backend(), { sourceNpc: MARK });

    await withMarked(backend(), (requests) => requests.delete([...done, pending]));

    for (const table of ['ai_requests', 'ai_responses', 'ai_request_log'])
      expect(await count(backend(), table), table).toBe(0);
  });

  it('one without the mark keeps its row and its response, also when its id is named', async () => {
    const [unmarked] = await ended(backend(), { sourceNpc: null });
    await withMarked(backend(), (requests) => requests.delete([unmarked!]));
    expect(await statusOf(backend(), unmarked!)).toBe('completed');
    expect(await responseRows(backend(), unmarked!)).toHaveLength(1);
  });

  it('one whose id is not named keeps all', async () => {
    const [named, unnamed] = await ended(backend(), { sourceNpc: MARK });
    await withMarked(backend(), (requests) => requests.delete([named!]));
    expect(await statusOf(backend(), unnamed!)).toBe('completed');
    expect(await eventsOf(backend(), unnamed!)).toEqual(['claimed', 'completed']);
  });

  it('the log of one that is gone already is deleted', async () => {
    const [gone] = await ended(backend(), { sourceNpc: MARK });
    await backend().sql('DELETE FROM ai_requests WHERE id = ?', [gone]);
    await withMarked(backend(), (requests) => requests.delete([gone!]));
    expect(await eventsOf(backend(), gone!)).toEqual([]);
  });

  it('none of them is nothing to delete', async () => {
    const [kept] = await ended(backend(), { sourceNpc: MARK });
    await withMarked(backend(), (requests) => requests.delete([]));
    expect(await statusOf(backend(), kept!)).toBe('completed');
  });
});

/** Two requests that are completed, with their responses and their log. */
async function ended(backend: Backend, overrides: { readonly sourceNpc: string | null }): Promise<number[]> {
  const ids = await insert(backend, 2, overrides);
  const claims = await backend.store.claim(WORKER, ids.length);
  await backend.store.settle(
    WORKER,
    claims.map((claim) => settled(claim)),
  );
  return ids;
}

async function withMarked(
  backend: Backend,
  work: (requests: MarkedRequests) => Promise<void>,
): Promise<void> {
  const requests = await openMarkedRequests(backend.place, MARK);
  try {
    await work(requests);
  } finally {
    await requests.close();
  }
}
