import { expect, it } from 'vitest';
import type { QueueStore } from '../../src/queue/queue-store.ts';
import { withStore } from '../../src/store/open-store.ts';
import { insertOne, statusOf } from './arrange.ts';
import { describeStore } from './backends.ts';

describeStore('close', (backend) => {
  it('the name of the queue is a UUID that stays the same for all who open it', async () => {
    const other = await backend().open();
    expect(other.queueId).toBe(backend().store.queueId);
    expect(other.queueId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    await other.close();
    expect((await backend().open()).queueId).toBe(backend().store.queueId);
  });

  it('a store says which database it is', () => {
    expect(backend().store.name).toMatch(backend().kind === 'mariadb' ? /^MariaDB root@127/ : /^SQLite \//);
  });

  it('closing twice is no trouble, and others go on', async () => {
    const other = await backend().open();
    await other.close();
    await other.close();
    expect(await statusOf(backend(), await insertOne(backend()))).toBe('pending');
  });

  it('after it, every operation rejects with an error of ours', async () => {
    const other = await backend().open();
    await other.close();
    await expect(other.depth()).rejects.toMatchObject({ name: 'AiIpcError' });
    await expect(other.claim('w', 1)).rejects.toMatchObject({ name: 'AiIpcError' });
    await expect(other.heartbeat(SIGN)).rejects.toMatchObject({ name: 'AiIpcError' });
  });

  it('comes behind what the queue was opened for, also where that fails', async () => {
    let kept: QueueStore | undefined;
    const failing = withStore(backend().place, async (store) => {
      kept = store;
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await expect(kept!.depth()).rejects.toMatchObject({ name: 'AiIpcError' });
  });

  it('what was under way is finished first', async () => {
    const other = await backend().open();
    const inserted = insertOne({ ...backend(), store: other });
    await other.close();
    expect(await statusOf(backend(), await inserted)).toBe('pending');
  });
});

const SIGN = {
  id: 'w',
  host: 'h',
  pid: 1,
  version: '0',
  inFlight: 0,
  doorbell: null,
  timeoutSeconds: 30,
} as const;
