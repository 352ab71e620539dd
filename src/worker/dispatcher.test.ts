import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../../test/support/ai-stub.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import type { Outcome } from '../queue/outcome.ts';
import type { ClaimedRequest, ClaimRef } from '../queue/request.ts';
import { Dispatcher } from './dispatcher.ts';
import { FlightEnds } from './flight-ends.ts';
import { Flight, Flights } from './flights.ts';

let stub: AiStub;
let context: TestContext;
let flights: Flights;
let dispatcher: Dispatcher;
let outcomes: Outcome[];
let released: { readonly claims: readonly ClaimRef[]; readonly reason: string }[];
let suspicions: number;
let isSure: boolean;
let request: ClaimedRequest;

beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());

beforeEach(async () => {
  context = await openTestContext(stub.url);
  flights = new Flights(() => undefined);
  outcomes = [];
  released = [];
  suspicions = 0;
  isSure = true;
  dispatcher = new Dispatcher({
    ...context,
    flights,
    complete: (_flight, outcome) => outcomes.push(outcome),
    release: async (claims, reason) => {
      released.push({ claims, reason });
    },
    postpone: (_flight, outcome) => outcomes.push(outcome),
    isSure: () => isSure,
    suspectOrphans: () => suspicions++,
  });
  [request] = (await context.claim(1)) as [ClaimedRequest];
});
afterEach(async () => {
  for (const flight of flights.inCall()) flight.abort('lost');
  await dispatcher.drain();
  stub.clear();
  await context.close();
});

/** Calls of an earlier test that were cut may reach the stub late. */
function ownCalls() {
  return stub.calls.filter(({ idempotencyKey }) => idempotencyKey?.startsWith(context.store.queueId));
}

async function untilCalled(count: number): Promise<void> {
  await waitFor(() => ownCalls().length === count, { timeoutMs: 5_000, what: `${count} calls` });
}

describe('Dispatcher', () => {
  it('a claim whose life ended on the way from the database is never called', async () => {
    dispatcher.dispatch([{ ...request, lifeLeftMs: 40 }], context.clock.nowMs() - 50);
    await dispatcher.drain();

    expect(outcomes).toMatchObject([{ kind: 'timeout', error: { code: 'expired' } }]);
    expect(ownCalls()).toEqual([]);
    expect(flights.calling).toBe(0);
  });

  it('a claim that may be another worker’s by now is given back, and not called', async () => {
    isSure = false;
    dispatcher.dispatch([request], context.clock.nowMs());
    await dispatcher.drain();

    expect(released).toMatchObject([{ claims: [{ id: request.id }], reason: 'silence' }]);
    expect([ownCalls(), outcomes, flights.calling]).toEqual([[], [], 0]);
  });

  it('nor is it, where that comes while the connection is being made', async () => {
    dispatcher.dispatch([request], context.clock.nowMs());
    isSure = false;
    await dispatcher.drain();

    expect(released).toMatchObject([{ claims: [{ id: request.id }], reason: 'silence' }]);
    expect([ownCalls(), outcomes, flights.calling]).toEqual([[], [], 0]);
  });

  it('a row that breaks the rules fails without a call', async () => {
    dispatcher.dispatch([{ ...request, data: 'no json' }], context.clock.nowMs());
    await dispatcher.drain();

    expect(outcomes).toMatchObject([{ kind: 'failed', error: { code: 'bad_json' } }]);
    expect(ownCalls()).toEqual([]);
  });

  it('requests with little life do not make a slow AI service look as if it were down', async () => {
    stub.behaveAlways(behaviours.never());
    const impatient = Array.from({ length: 12 }, (_, index) => ({
      ...request,
      id: 1_000 + index,
      lifeLeftMs: 100,
    }));

    dispatcher.dispatch(impatient, context.clock.nowMs());
    await dispatcher.drain();

    expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array(12).fill('timeout'));
    expect(context.breaker.state).toBe('closed');
  });

  it('a claim whose life ended while its connection was being made has timed out', async () => {
    const ends = new FlightEnds({
      ...context,
      flights,
      complete: (_flight, outcome) => outcomes.push(outcome),
      release: async (claims, reason) => void released.push({ claims, reason }),
      postpone: (_flight, outcome) => outcomes.push(outcome),
    });
    const notSent = (lifeLeftMs: number) => new Flight(request, context.clock.nowMs() + lifeLeftMs);

    await ends.abort(notSent(0));
    await ends.abort(notSent(60_000));

    expect(outcomes).toMatchObject([{ kind: 'timeout', error: { code: 'expired' } }]);
    expect(released).toMatchObject([{ claims: [{ id: request.id }], reason: 'silence' }]);
  });

  it('a call that is cut because its request is lost writes nothing and makes room', async () => {
    stub.behaveAlways(behaviours.never());
    dispatcher.dispatch([request], context.clock.nowMs());
    await untilCalled(1);

    flights.inCall()[0]!.abort('lost');
    await dispatcher.drain();

    expect([outcomes, released, flights.calling, flights.size]).toEqual([[], [], 0, 0]);
  });

  it('a call that is cut because the worker stops is given back', async () => {
    stub.behaveAlways(behaviours.never());
    dispatcher.dispatch([request], context.clock.nowMs());
    await untilCalled(1);

    flights.inCall()[0]!.abort('release');
    await dispatcher.drain();

    expect(released).toMatchObject([{ claims: [{ id: request.id, claimNo: 1 }], reason: 'stopping' }]);
    expect(outcomes).toEqual([]);
  });

  it('a request that is claimed again has its earlier call cut, and takes one place, not two', async () => {
    stub.behaveAlways(behaviours.never());
    dispatcher.dispatch([request], context.clock.nowMs());
    await untilCalled(1);
    dispatcher.dispatch([{ ...request, claimNo: 2 }], context.clock.nowMs());
    expect(flights.calling).toBe(2);

    await untilCalled(2);
    await waitFor(() => stub.inFlight === 1, { timeoutMs: 5_000, what: 'the end of the earlier call' });
    await waitFor(() => flights.calling === 1, { timeoutMs: 5_000, what: 'the place of the earlier call' });
    expect(flights.holds({ id: request.id, claimNo: 2 })).toBe(true);
    expect([outcomes, released]).toEqual([[], []]);
  });

  it('what the breaker turns away is given back, and not an attempt', async () => {
    await stub.goDown();
    const requests = [request, ...(await context.claim(9))];
    dispatcher.dispatch(requests, context.clock.nowMs());
    await dispatcher.drain();
    expect(context.breaker.state).toBe('open');
    outcomes.length = 0;

    dispatcher.dispatch(await context.claim(3), context.clock.nowMs());
    await dispatcher.drain();

    expect(outcomes).toEqual([]);
    expect(released.map(({ reason }) => reason)).toEqual(['breaker', 'breaker', 'breaker']);
    await stub.comeBack();
  });

  it('a call that meets a bug makes room and says so; its claim is looked for, and the others are served', async () => {
    const broken: unknown[] = [];
    context.events.on('callBroken', ({ requestId, error }) => broken.push([requestId, error]));
    const bug = new Error('a bug');
    const [other] = await context.claim(1);
    const isFirst = (headers: Readonly<Record<string, string>>) =>
      headers['idempotency-key']?.includes(`-${request.id}-`) ?? false;
    const client: TestContext['client'] = {
      ...context.client,
      call: (call) => (isFirst(call.headers) ? Promise.reject(bug) : context.client.call(call)),
    };
    dispatcher = new Dispatcher({
      ...context,
      client,
      flights,
      complete: (_flight, outcome) => outcomes.push(outcome),
      postpone: () => undefined,
      release: async () => undefined,
      isSure: () => true,
      suspectOrphans: () => suspicions++,
    });

    dispatcher.dispatch([request, other!], context.clock.nowMs());
    await dispatcher.drain();

    expect(broken).toEqual([[request.id, bug]]);
    expect([suspicions, flights.calling, flights.holds(request)]).toEqual([1, 0, false]);
    expect(outcomes).toMatchObject([{ kind: 'completed' }]);
  });

  it('half of an emoji at the end of a name is sent as the replacement character', async () => {
    dispatcher.dispatch([{ ...request, sourceNpc: 'Sage \ud83d' }], context.clock.nowMs());
    await dispatcher.drain();

    expect(ownCalls()[0]!.headers['x-ai-ipc-source-npc']).toBe('Sage%20%EF%BF%BD');
    expect(outcomes).toMatchObject([{ kind: 'completed' }]);
  });
});
