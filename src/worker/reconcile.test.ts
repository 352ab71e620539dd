import { afterEach, beforeEach, expect, it, type MockInstance, vi } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import type { ClaimedRequest, ClaimRef } from '../queue/request.ts';
import { Flight, Flights } from './flights.ts';
import { Maintenance } from './maintenance.ts';
import { StatisticsCounter } from './statistics.ts';

const LOOK_MS = 1_000;

let context: TestContext;
let clock: FakeClock;
let flights: Flights;
let maintenance: Maintenance;
let released: { readonly claims: readonly ClaimRef[]; readonly reason: string }[];
let looks: MockInstance<TestContext['store']['listClaims']>;

beforeEach(async () => {
  context = await openTestContext('http://127.0.0.1:9');
  clock = new FakeClock();
  flights = new Flights(() => undefined);
  released = [];
  maintenance = new Maintenance({
    ...context,
    clock,
    flights,
    isHeartbeatFresh: () => true,
    release: async (claims, reason) => {
      released.push({ claims, reason });
      await context.store.release(context.workerId, claims);
    },
    statistics: new StatisticsCounter(() => clock.nowMs()),
  });
  // The store does its work; it is only counted what it is asked.
  looks = vi.spyOn(context.store, 'listClaims');
  maintenance.start();
  await clock.advance(0);
});
afterEach(async () => {
  await maintenance.stop();
  await context.close();
});

async function claimOne(): Promise<ClaimedRequest> {
  const [request] = await context.claim(1);
  return request!;
}

function hold(request: ClaimedRequest): Flight {
  const flight = new Flight(request, Number.POSITIVE_INFINITY);
  flights.add(flight);
  return flight;
}

it('a worker that holds nothing and suspects nothing asks nothing', async () => {
  await clock.advance(10 * LOOK_MS);

  expect(looks).not.toHaveBeenCalled();
});

it('a claim that nobody here knows is released at the second look, and after three there is no more', async () => {
  const { id, claimNo } = await claimOne();
  maintenance.suspectOrphans();
  await clock.advance(LOOK_MS);
  expect([looks.mock.calls.length, released]).toEqual([1, []]);

  await clock.advance(LOOK_MS);
  expect(released).toEqual([{ claims: [{ id, claimNo }], reason: 'lost_commit' }]);
  await clock.advance(10 * LOOK_MS);

  expect([looks.mock.calls.length, released.length]).toEqual([3, 1]);
});

it('a claim that appears at the last of these looks has its second look all the same', async () => {
  maintenance.suspectOrphans();
  await clock.advance(2 * LOOK_MS);
  const { id } = await claimOne();
  await clock.advance(LOOK_MS);
  expect(released).toEqual([]);

  await clock.advance(LOOK_MS);

  expect(released).toMatchObject([{ claims: [{ id }] }]);
});

it('a call whose request was cancelled is cut at the second look, and no other', async () => {
  const [lost, kept] = [hold(await claimOne()), hold(await claimOne())];
  await clock.advance(LOOK_MS);
  expect([lost.signal.aborted, kept.signal.aborted]).toEqual([false, false]);
  await context.store.cancel(lost.request.id);
  await clock.advance(LOOK_MS);
  expect(lost.signal.aborted).toBe(false);

  await clock.advance(LOOK_MS);

  expect([lost.abortReason, lost.signal.aborted, kept.signal.aborted]).toEqual(['lost', true, false]);
  expect(released).toEqual([]);
});

it('a call that begins while the database is being asked is not taken for lost', async () => {
  hold(await claimOne());
  let late: Flight | undefined;
  const { listClaims } = context.store;
  looks.mockImplementationOnce(async (workerId) => {
    const listed = await listClaims(workerId);
    late = hold(await claimOne());
    return listed;
  });

  await clock.advance(LOOK_MS);

  expect([late?.signal.aborted, flights.calling]).toEqual([false, 2]);
});
