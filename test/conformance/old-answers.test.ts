import { expect, it } from 'vitest';
import { change, insertClaimedOne, insertRow, settled, WORKER } from './arrange.ts';
import { type Backend, describeStore } from './backends.ts';

const NOTHING = { responseData: null, errorMessage: null, processingTimeMs: null };

/** A request that was answered, with its response still in the table. */
async function insertAnswered(backend: Backend): Promise<number> {
  const claim = await insertClaimedOne(backend);
  await backend.store.settle(WORKER, [settled(claim)]);
  return claim.id;
}

describeStore('an old response', (backend) => {
  it.each(['pending', 'processing', 'cancelled'])(
    'is not the answer of a request that is %s',
    async (status) => {
      const id = await insertAnswered(backend());
      await change(backend(), id, { status: `'${status}'` });
      expect(await backend().store.read(id)).toMatchObject({ status, ...NOTHING });
    },
  );

  it.each(['failed', 'timeout'])('is not the answer of a request that is %s', async (status) => {
    const id = await insertAnswered(backend());
    await change(backend(), id, { status: `'${status}'` });
    expect(await backend().store.read(id)).toMatchObject({ status, responseData: null });
  });

  it('of an id that came again gives way to the new one', async () => {
    const id = await insertAnswered(backend());
    await forgetRequests(backend());
    await insertRow(backend(), { id: String(id), source_npc: "'another NPC'" });
    expect(await backend().store.read(id)).toMatchObject({ status: 'pending', ...NOTHING });

    const [claim] = await backend().store.claim(WORKER, 1);
    await backend().store.settle(WORKER, [settled(claim!, { kind: 'completed', answer: '"new"' })]);
    expect(await backend().store.read(id)).toMatchObject({ status: 'completed', responseData: '"new"' });
  });
});

/** As an admin does who empties the table: TRUNCATE, where foreign keys are off. */
async function forgetRequests(backend: Backend): Promise<void> {
  if (backend.kind === 'mariadb') {
    await backend.sql('SET foreign_key_checks = 0');
    await backend.sql('TRUNCATE ai_requests');
    await backend.sql('SET foreign_key_checks = 1');
    return;
  }
  await backend.sql('PRAGMA foreign_keys = OFF');
  await backend.sql('DELETE FROM ai_requests');
  await backend.sql('PRAGMA foreign_keys = ON');
}
