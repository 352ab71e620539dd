import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import type { WorkerSighting } from '../queue/queue-store.ts';
import { DeathWatch } from './death-watch.ts';

let clock: FakeClock;
let watch: DeathWatch;

beforeEach(() => {
  clock = new FakeClock();
  watch = new DeathWatch(clock);
});

function seen(id: string, heartbeat: string | null): WorkerSighting {
  return { id, heartbeat, heartbeatAgeMs: null, host: null, doorbell: null, timeoutSeconds: null };
}

/** Looks every two seconds, as the worker does; returns who was dead at each look. */
async function lookEvery2s(looks: readonly (readonly WorkerSighting[])[]): Promise<string[][]> {
  const dead: string[][] = [];
  for (const sightings of looks) {
    dead.push(watch.observe(sightings));
    await clock.advance(2_000);
  }
  return dead;
}

describe('DeathWatch', () => {
  it('a heartbeat that was the same for 10 s means death', async () => {
    const looks = Array.from({ length: 7 }, () => [seen('a', '100.000')]);

    expect(await lookEvery2s(looks)).toEqual([[], [], [], [], [], ['a'], ['a']]);
  });

  it('a worker without a row, of which only claims are left, is dead after 10 s too', async () => {
    const looks = Array.from({ length: 6 }, () => [seen('', null), seen('b', null)]);

    expect((await lookEvery2s(looks)).at(-1)).toEqual(['', 'b']);
  });

  it('one change of the heartbeat begins the 10 s anew', async () => {
    const looks = ['1', '1', '1', '1', '1', '2', '2', '2', '2', '2'].map((beat) => [seen('a', beat)]);

    expect((await lookEvery2s(looks)).flat()).toEqual([]);
  });

  it('any change counts, also to an earlier time: clocks may be set back', async () => {
    const looks = ['5', '4', '3', '2', '1', '0', '-1'].map((beat) => [seen('a', beat)]);

    expect((await lookEvery2s(looks)).flat()).toEqual([]);
  });

  it('a look that failed makes nobody dead: what was seen before counts no more', async () => {
    await lookEvery2s(Array.from({ length: 5 }, () => [seen('a', '1')]));

    watch.reset();

    expect((await lookEvery2s(Array.from({ length: 5 }, () => [seen('a', '1')]))).flat()).toEqual([]);
    expect(watch.observe([seen('a', '1')])).toEqual(['a']);
  });

  it('a row that is gone is no sign of life: the silence before it counts', async () => {
    const looks = ['1', '1', '1', null, null, null].map((beat) => [seen('a', beat)]);

    expect((await lookEvery2s(looks)).at(-1)).toEqual(['a']);
  });

  it('the dead stay dead through a look that failed, and live again with their next heartbeat', async () => {
    await lookEvery2s(Array.from({ length: 6 }, () => [seen('a', '1')]));

    watch.reset();

    expect(watch.observe([seen('a', '1')])).toEqual(['a']);
    expect(watch.observe([seen('a', '2')])).toEqual([]);
  });

  it('says when the next of the living may be dead', async () => {
    expect(watch.nextDeathInMs).toBe(Number.POSITIVE_INFINITY);
    watch.observe([seen('a', '1')]);
    await clock.advance(3_000);
    watch.observe([seen('a', '1'), seen('b', '1')]);
    expect(watch.nextDeathInMs).toBe(7_000);
    await clock.advance(7_000);

    expect(watch.observe([seen('a', '1'), seen('b', '1')])).toEqual(['a']);
    expect(watch.nextDeathInMs).toBe(3_000);
  });

  it('one long pause of the watcher itself is no ten seconds of looking', async () => {
    watch.observe([seen('a', '1')]);
    await clock.advance(60_000);

    expect(watch.observe([seen('a', '2')])).toEqual([]);
  });

  it('who comes back after a time out of sight is looked at anew', async () => {
    await lookEvery2s([[seen('a', '1')], [], [], [], [], []]);

    expect(watch.observe([seen('a', '1')])).toEqual([]);
  });

  it('a worker that beats every 2 s is never dead, whenever it is looked at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9_000 }), { maxLength: 50 }), async (gaps) => {
        const fresh = new DeathWatch(clock);
        for (const gap of gaps) {
          await clock.advance(gap);
          const beat = String(Math.floor(clock.nowMs() / 2_000));
          expect(fresh.observe([seen('a', beat)])).toEqual([]);
        }
      }),
      { numRuns: 20 },
    );
  });
});
