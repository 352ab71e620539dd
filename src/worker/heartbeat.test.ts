import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import { Heartbeat } from './heartbeat.ts';

const INTERVAL_MS = 2_000;
const FAILURE_REST_MS = 500;

let context: TestContext;
let clock: FakeClock;
let heartbeat: Heartbeat;
let told: string[];

beforeEach(async () => {
  context = await openTestContext('http://127.0.0.1:9');
  clock = new FakeClock();
  told = [];
  context.events.on('heartbeatLost', ({ silentMs }) => told.push(`lost for ${silentMs} ms`));
  context.events.on('storeFailed', ({ part }) => told.push(`${part} failed`));
  context.events.on('storeRecovered', ({ part }) => told.push(`${part} recovered`));
  heartbeat = makeHeartbeat();
  await heartbeat.start();
});
afterEach(async () => {
  await heartbeat.stop();
  await context.close();
});

function makeHeartbeat(): Heartbeat {
  const sign = () => ({ inFlight: 3, doorbell: '127.0.0.1:7' });
  return new Heartbeat({ ...context, clock, sign, host: 'test-host', pid: 1, version: '1.0.0' });
}

it('begins once', async () => {
  await expect(heartbeat.start()).rejects.toMatchObject({ code: 'bad_argument' });
});

it('stopped while it begins, it beats no more when its stop resolves', async () => {
  await heartbeat.stop();
  const another = makeHeartbeat();
  const starting = another.start();
  await Promise.all([another.stop(), another.stop()]);
  await starting;
  await context.store.retire([context.workerId]);

  await clock.advance(10 * INTERVAL_MS);

  expect(await context.store.sightings()).toEqual([]);
});

it('shows who it is and what it says of itself', async () => {
  expect(context.sql.prepare('SELECT host, pid, version, in_flight, doorbell FROM ai_workers').all()).toEqual(
    [{ host: 'test-host', pid: 1, version: '1.0.0', in_flight: 3, doorbell: '127.0.0.1:7' }],
  );
});

it('a beat that the database is slow to take counts from when it was sent', async () => {
  const { heartbeat: beat } = context.store;
  vi.spyOn(context.store, 'heartbeat').mockImplementationOnce(async (row) => {
    await beat(row);
    await clock.sleep(5_000);
  });
  await clock.advance(INTERVAL_MS + 5_000);
  expect(heartbeat.isFresh).toBe(true);
  context.sql.exec('ALTER TABLE ai_workers RENAME TO elsewhere');

  await clock.advance(3_000);

  expect(heartbeat.isFresh).toBe(false);
});

it('one beat that fails is a trouble of the database and no lost heartbeat', async () => {
  context.sql.exec('ALTER TABLE ai_workers RENAME TO elsewhere');
  await clock.advance(INTERVAL_MS);
  context.sql.exec('ALTER TABLE elsewhere RENAME TO ai_workers');
  await clock.advance(FAILURE_REST_MS);

  expect(told).toEqual(['heartbeat failed', 'heartbeat recovered']);
  expect(heartbeat.isFresh).toBe(true);
});

it('beats that fail for 8 s are a lost heartbeat, from that moment on', async () => {
  context.sql.exec('ALTER TABLE ai_workers RENAME TO elsewhere');
  await clock.advance(7_900);
  expect(heartbeat.isFresh).toBe(true);
  expect(new Set(told)).toEqual(new Set(['heartbeat failed']));

  await clock.advance(100);

  expect(heartbeat.isFresh).toBe(false);
  expect(told.at(-1)).toBe('lost for 8000 ms');
});

it('what was claimed before a silence of 8 s is not surely its own any more, what is claimed after it is', async () => {
  const before = clock.nowMs();
  await clock.advance(2 * INTERVAL_MS);
  expect(heartbeat.hasBeenFreshSince(before)).toBe(true);
  context.sql.exec('ALTER TABLE ai_workers RENAME TO elsewhere');
  await clock.advance(9_000);
  expect(heartbeat.hasBeenFreshSince(clock.nowMs())).toBe(false);
  context.sql.exec('ALTER TABLE elsewhere RENAME TO ai_workers');
  await clock.advance(FAILURE_REST_MS);

  expect(heartbeat.isFresh).toBe(true);
  expect(heartbeat.hasBeenFreshSince(before)).toBe(false);
  expect(heartbeat.hasBeenFreshSince(clock.nowMs())).toBe(true);
});

it('a beat in the middle of which it stood still ends a silence, too', async () => {
  const before = clock.nowMs();
  const { heartbeat: beat } = context.store;
  vi.spyOn(context.store, 'heartbeat').mockImplementationOnce(async (row) => {
    await clock.sleep(30_000);
    await beat(row);
  });
  await clock.advance(INTERVAL_MS + 30_000 + INTERVAL_MS);

  expect(heartbeat.isFresh).toBe(true);
  expect(heartbeat.hasBeenFreshSince(before)).toBe(false);
});
