import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AiStub, behaviours, startAiStub } from '../../test/support/ai-stub.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import { type AiBreaker, createBreaker } from '../ai/breaker.ts';
import type { Outcome } from '../queue/outcome.ts';
import type { ClaimedRequest } from '../queue/request.ts';
import { Dispatcher, type DispatcherOptions } from './dispatcher.ts';
import { Flights } from './flights.ts';

/** Longer than this process ever stands still: what is answered, is answered in time. */
const SERVICE_TIMEOUT_MS = 20_000;
/** Of calls in vain, which are to be sent within half of it. */
const VAIN_TIMEOUT_MS = 3_000;
const OPEN_MS = 1_000;

let stub: AiStub;
let context: TestContext;
let clock: FakeClock;
let breaker: AiBreaker;
let flights: Flights;
let dispatcher: Dispatcher;
let ended: { readonly outcome: Outcome; readonly durationMs: number | null }[];
let suspicions: number;
let request: ClaimedRequest;
let timeoutMs: number;

beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());

beforeEach(async () => {
  context = await openTestContext(stub.url);
  clock = new FakeClock();
  breaker = createBreaker(clock);
  flights = new Flights(() => undefined);
  ended = [];
  suspicions = 0;
  timeoutMs = SERVICE_TIMEOUT_MS;
  dispatcher = makeDispatcher();
  [request] = (await context.claim(1)) as [ClaimedRequest];
});
afterEach(async () => {
  await dispatcher.drain();
  stub.clear();
  await context.close();
});

function makeDispatcher(changes: Partial<DispatcherOptions> = {}): Dispatcher {
  const settings = {
    ...context.settings,
    get aiServiceTimeoutSeconds() {
      return timeoutMs / 1_000;
    },
  };
  return new Dispatcher({
    ...context,
    clock,
    breaker,
    settings,
    flights,
    complete: (_flight, outcome, durationMs) => ended.push({ outcome, durationMs }),
    release: async () => undefined,
    postpone: (_flight, outcome) => ended.push({ outcome, durationMs: null }),
    isSure: () => true,
    suspectOrphans: () => suspicions++,
    ...changes,
  });
}

/** So many requests that only differ by their id. */
function alike(count: number, changes: Partial<ClaimedRequest> = {}): ClaimedRequest[] {
  return Array.from({ length: count }, (_, index) => ({ ...request, ...changes, id: 1_000 + index }));
}

async function serve(requests: readonly ClaimedRequest[]): Promise<Outcome[]> {
  ended = [];
  dispatcher.dispatch(requests, clock.nowMs());
  await dispatcher.drain();
  return ended.map(({ outcome }) => outcome);
}

describe('what the AI service is told', () => {
  it('is the attempt, and the time that it has by its setting', async () => {
    await serve([{ ...request, attempt: 2, lifeLeftMs: 30_000 }]);

    expect(stub.calls[0]!.headers).toMatchObject({ 'x-ai-ipc-attempt': '2', 'x-deadline-ms': '20000' });
  });

  it('is what is left of a shorter life', async () => {
    await serve([{ ...request, lifeLeftMs: 15_000 }]);

    expect(stub.calls[0]!.headers['x-deadline-ms']).toBe('15000');
  });

  it('is {} where a request has no data', async () => {
    await serve([{ ...request, data: null }]);

    expect(stub.calls[0]!.body).toBe('{}');
  });
});

describe('how long a call took', () => {
  it('is counted from its beginning to its end, and there is none without a call', async () => {
    stub.behaveAlways((call, response) => {
      void clock.advance(300).then(() => behaviours.echo()(call, response));
    });
    await serve([request, ...alike(1, { data: 'no json' })]);

    expect(ended.map(({ outcome, durationMs }) => [outcome.kind, durationMs]).sort()).toEqual([
      ['completed', 300],
      ['failed', null],
    ]);
  });

  it('is gone from the life that is left for another attempt', async () => {
    stub.behaveAlways((call, response) => {
      void clock.advance(29_990).then(() => behaviours.status(503)(call, response));
    });

    expect(await serve([{ ...request, lifeLeftMs: 30_000 }])).toMatchObject([
      { kind: 'failed', error: { code: 'ai_server_error' } },
    ]);
  });
});

describe('a service that is down', () => {
  it('costs no request an attempt where nobody is reached', async () => {
    await stub.goDown();
    const first = await serve(alike(10, { lifeLeftMs: 30_000 }));
    expect(first).toMatchObject(Array(10).fill({ kind: 'retry', isAttemptGivenBack: true }));
    expect(breaker.state).toBe('open');
    await clock.advance(OPEN_MS);

    const [outcome] = await serve([request]);

    expect(outcome).toMatchObject({ kind: 'retry', delayMs: 1_500, isAttemptGivenBack: true });
    await stub.comeBack();
  });
});

describe('an endpoint that does not answer in time', () => {
  /** Ten calls that are not answered; the client of these tests has eight connections. */
  async function callInVain(lifeLeftMs: number): Promise<Outcome[]> {
    stub.behave('/echo', behaviours.never());
    timeoutMs = VAIN_TIMEOUT_MS;
    const outcomes = [...(await serve(alike(5, { lifeLeftMs }))), ...(await serve(alike(5, { lifeLeftMs })))];
    timeoutMs = SERVICE_TIMEOUT_MS;
    return outcomes;
  }

  it('is left alone after ten calls, and its requests come later with their attempt; all others are called', async () => {
    const events: unknown[] = [];
    context.events.on('endpointSlow', ({ endpoint }) => events.push(endpoint));
    const outcomes = await callInVain(VAIN_TIMEOUT_MS / 2);
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(10).fill('timeout'));

    const next = await serve([request, { ...request, id: 3_000, endpoint: '/quick' }]);

    expect(next).toMatchObject([
      { kind: 'retry', isAttemptGivenBack: true, error: { code: 'ai_unavailable' } },
      { kind: 'completed' },
    ]);
    expect([breaker.state, events, flights.calling]).toEqual(['closed', ['/echo'], 0]);
  });

  it('ends a request whose life is over before its turn could come again', async () => {
    await callInVain(VAIN_TIMEOUT_MS / 2);

    expect(await serve([{ ...request, lifeLeftMs: 400 }])).toMatchObject([
      { kind: 'failed', error: { code: 'ai_unavailable' } },
    ]);
  });

  it('is called again, one by one, and by all once it answers', async () => {
    await callInVain(VAIN_TIMEOUT_MS / 2);
    stub.clear();
    await clock.advance(OPEN_MS);

    expect(await serve([request])).toMatchObject([{ kind: 'completed' }]);
    expect(await serve(alike(3))).toMatchObject(Array(3).fill({ kind: 'completed' }));
  });

  it('is not seen by calls that had less than half of its time', async () => {
    await callInVain(VAIN_TIMEOUT_MS / 2 - 1);
    stub.clear();

    expect(await serve([request])).toMatchObject([{ kind: 'completed' }]);
  });
});

it('a call that is cut because the worker stops takes no place while it is given back', async () => {
  stub.behaveAlways(behaviours.never());
  const places: number[] = [];
  dispatcher = makeDispatcher({ release: async () => void places.push(flights.calling) });
  dispatcher.dispatch([request], clock.nowMs());

  flights.inCall()[0]!.abort('release');
  await dispatcher.drain();

  expect(places).toEqual([0]);
});

it('a bug after the outcome was handed over leaves the claim to it', async () => {
  const bug = new Error('a bug');
  const broken: unknown[] = [];
  context.events.on('callBroken', ({ error }) => broken.push(error));
  dispatcher = makeDispatcher({
    complete: () => {
      throw bug;
    },
  });

  await serve([request]);

  expect(broken).toEqual([bug]);
  expect([suspicions, flights.calling, flights.holds(request)]).toEqual([0, 0, true]);
});
