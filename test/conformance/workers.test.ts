import { expect, it } from 'vitest';
import type { WorkerRow } from '../../src/queue/queue-store.ts';
import {
  change,
  insertClaimed,
  insertClaimedOne,
  insertOne,
  OTHER_WORKER,
  settled,
  WORKER,
} from './arrange.ts';
import { describeStore } from './backends.ts';

const SIGN: WorkerRow = {
  id: WORKER,
  host: 'host-a',
  pid: 100,
  version: '0.1.0',
  inFlight: 3,
  doorbell: '127.0.0.1:7788',
  timeoutSeconds: 30,
};

describeStore('heartbeat', (backend) => {
  it('the first makes the worker’s row', async () => {
    await backend().store.heartbeat(SIGN);
    const rows = await backend().sql(
      'SELECT id, host, pid, version, in_flight, doorbell, timeout_seconds FROM ai_workers',
    );
    expect(rows).toEqual([
      {
        id: WORKER,
        host: 'host-a',
        pid: 100,
        version: '0.1.0',
        in_flight: 3,
        doorbell: '127.0.0.1:7788',
        timeout_seconds: 30,
      },
    ]);
  });

  it('the next brings it up to date and leaves the time of its start', async () => {
    const { store } = backend();
    await store.heartbeat(SIGN);
    await backend().sql(
      `UPDATE ai_workers SET started_at = ${backend().ago(60)}, heartbeat_at = ${backend().ago(60)}`,
    );
    await store.heartbeat({ ...SIGN, inFlight: 9, doorbell: null, timeoutSeconds: 45 });
    const rows = await backend().sql(
      `SELECT in_flight, doorbell, timeout_seconds, started_at < ${backend().ago(59)} AS is_old,
              heartbeat_at > ${backend().ago(25)} AS is_fresh FROM ai_workers`,
    );
    expect(rows).toEqual([{ in_flight: 9, doorbell: null, timeout_seconds: 45, is_old: 1, is_fresh: 1 }]);
  });
});

describeStore('sightings', (backend) => {
  it('a worker is seen with the age of its heartbeat, whatever the time zones', async () => {
    await backend().store.heartbeat(SIGN);
    await backend().sql(`UPDATE ai_workers SET heartbeat_at = ${backend().ago(7)}`);
    const [sighting] = await backend().store.sightings();
    expect(sighting).toMatchObject({
      id: WORKER,
      heartbeat: expect.any(String),
      host: 'host-a',
      doorbell: '127.0.0.1:7788',
      timeoutSeconds: 30,
    });
    expect(sighting!.heartbeatAgeMs).toBeGreaterThanOrEqual(7_000);
    expect(sighting!.heartbeatAgeMs).toBeLessThan(60_000);
  });

  it('the heartbeat changes with each one and not by itself', async () => {
    const heartbeatSeen = async () => (await backend().store.sightings())[0]!.heartbeat;
    await backend().store.heartbeat(SIGN);
    await backend().sql(`UPDATE ai_workers SET heartbeat_at = ${backend().ago(0.002)}`);
    const first = await heartbeatSeen();
    expect(await heartbeatSeen()).toBe(first);
    await backend().store.heartbeat(SIGN);
    expect(await heartbeatSeen()).not.toBe(first);
  });

  it('who holds claims without a row is seen too, once', async () => {
    await backend().store.heartbeat(SIGN);
    await insertClaimed(backend(), 3);
    await insertClaimed(backend(), 3, { workerId: OTHER_WORKER });
    const sightings = await backend().store.sightings();
    expect(sightings.map(({ id }) => id).sort()).toEqual([WORKER, OTHER_WORKER]);
    expect(sightings.find(({ id }) => id === OTHER_WORKER)).toEqual({
      id: OTHER_WORKER,
      heartbeat: null,
      heartbeatAgeMs: null,
      host: null,
      doorbell: null,
      timeoutSeconds: null,
    });
  });

  it('claims of the past do not count', async () => {
    const claim = await insertClaimedOne(backend());
    await backend().store.settle(WORKER, [settled(claim)]);
    expect(await backend().store.sightings()).toEqual([]);
  });
});

describeStore('retire', (backend) => {
  it('the rows of these workers go, the others stay', async () => {
    const { store } = backend();
    for (const id of ['a', 'b', 'c']) await store.heartbeat({ ...SIGN, id });
    await store.retire(['a', 'c', 'never-was']);
    expect((await store.sightings()).map(({ id }) => id)).toEqual(['b']);
  });

  it('nobody to retire is no trouble', async () => {
    await backend().store.heartbeat(SIGN);
    await backend().store.retire([]);
    expect(await backend().store.sightings()).toHaveLength(1);
  });
});

describeStore('listClaims', (backend) => {
  it('lists what a worker holds, with the number of each claim', async () => {
    const [first, second] = await insertClaimed(backend(), 2);
    await backend().store.release(WORKER, [first!]);
    await backend().store.claim(WORKER, 1);
    await insertClaimedOne(backend(), { workerId: OTHER_WORKER });
    const claims = await backend().store.listClaims(WORKER);
    expect(claims.toSorted((a, b) => a.id - b.id)).toEqual([
      { id: first!.id, claimNo: 2 },
      { id: second!.id, claimNo: 1 },
    ]);
  });

  it('what was settled, cancelled or never claimed is not on the list', async () => {
    const [done, cancelled] = await insertClaimed(backend(), 2);
    await backend().store.settle(WORKER, [settled(done!)]);
    await backend().store.cancel(cancelled!.id);
    await insertOne(backend());
    expect(await backend().store.listClaims(WORKER)).toEqual([]);
  });
});

describeStore('depth', (backend) => {
  it('an empty queue has no depth', async () => {
    expect(await backend().store.depth()).toEqual({ pending: 0, processing: 0 });
  });

  it('counts what waits and what is held, and nothing that has ended', async () => {
    const [done] = await insertClaimed(backend(), 3);
    await backend().store.settle(WORKER, [settled(done!)]);
    const delayed = await insertOne(backend());
    await change(backend(), delayed, { available_at: backend().ago(-60) });
    await insertOne(backend());
    expect(await backend().store.depth()).toEqual({ pending: 2, processing: 2 });
  });
});
