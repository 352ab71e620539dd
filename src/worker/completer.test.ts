import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../test/support/wait-for.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import type { EngineEvents } from '../base/events.ts';
import type { Outcome } from '../queue/outcome.ts';
import type { ClaimedRequest } from '../queue/request.ts';
import { Completer } from './completer.ts';
import { Flight, Flights } from './flights.ts';

const COMPLETED: Outcome = { kind: 'completed', answer: '{"text":"Hi"}' };
const WRITTEN_WITHIN_MS = 60_000;

let context: TestContext;
let flights: Flights;
let completer: Completer;
let settled: EngineEvents['settled'][0][];
let rooms: number;

beforeEach(async () => {
  context = await openTestContext('http://127.0.0.1:9');
  flights = new Flights(() => undefined);
  completer = new Completer({ ...context, flights, onRoom: () => rooms++ });
  rooms = 0;
  settled = [];
  context.events.on('settled', (event) => settled.push(event));
  completer.start();
});
afterEach(async () => {
  if (context.sql.isTransaction) context.sql.exec('ROLLBACK');
  await completer.stop();
  await context.close();
});

/** Claims so many requests and holds them as if each had just been answered. */
async function claimAnswered(count: number): Promise<ClaimedRequest[]> {
  const requests = await context.claim(count);
  for (const request of requests) {
    const flight = new Flight(request, Number.POSITIVE_INFINITY);
    flights.add(flight);
    flights.endCall(flight);
  }
  return requests;
}

function add(request: ClaimedRequest, outcome: Outcome = COMPLETED): void {
  const { id, claimNo, attempt } = request;
  completer.add({ id, claimNo, attempt, outcome, durationMs: 5 });
}

describe('Completer', () => {
  it('says so when it has room again', async () => {
    const requests = await claimAnswered(2_000);

    for (const request of requests) {
      expect(completer.isFull).toBe(false);
      add(request);
    }
    expect(completer.isFull).toBe(true);
    expect(rooms).toBe(0);
    expect(await completer.flush(WRITTEN_WITHIN_MS)).toBe(0);

    expect(rooms).toBe(1);
  });

  it('outcomes that come together are written in one transaction, and their claims are over', async () => {
    const requests = await claimAnswered(20);

    for (const request of requests) add(request);
    expect(await completer.flush(WRITTEN_WITHIN_MS)).toBe(0);

    expect(settled).toMatchObject([{ workerId: context.workerId, written: 20, dropped: [] }]);
    expect(flights.size).toBe(0);
    for (const { id } of requests)
      expect(await context.store.read(id)).toMatchObject({ status: 'completed', processingTimeMs: 5 });
  });

  it('an outcome whose claim was lost is dropped, told, and holds up nobody', async () => {
    const [lost, kept] = await claimAnswered(2);
    await context.store.cancel(lost!.id);

    add(lost!);
    add(kept!);
    await completer.flush(WRITTEN_WITHIN_MS);

    expect(settled).toMatchObject([{ workerId: context.workerId, written: 1, dropped: [lost!.id] }]);
    expect(flights.size).toBe(0);
  });

  it('an answer that the database refuses becomes a failure; the others are written', async () => {
    const requests = await claimAnswered(3);
    const bad = requests[1]!.id;
    context.sql.exec(`CREATE TRIGGER refuse BEFORE INSERT ON ai_responses
      WHEN NEW.request_id = ${bad} AND NEW.response_data IS NOT NULL BEGIN SELECT RAISE(ABORT, 'no such byte'); END`);
    const failures: unknown[] = [];
    context.events.on('answerRefused', (refused) => failures.push(refused));

    for (const request of requests) add(request);
    expect(await completer.flush(WRITTEN_WITHIN_MS)).toBe(0);

    const views = await Promise.all(requests.map(({ id }) => context.store.read(id)));
    expect(views.map((view) => view?.status)).toEqual(['completed', 'failed', 'completed']);
    expect(views[1]).toMatchObject({
      errorCode: 'settle_failed',
      errorMessage: expect.stringContaining('log'),
    });
    expect(failures).toMatchObject([
      { requestId: bad, error: { message: expect.stringContaining('no such byte') } },
    ]);
    expect(flights.size).toBe(0);
  });

  it('while the database takes nothing, outcomes wait; when 2,000 do, it is full', async () => {
    const [request] = await claimAnswered(1);
    context.sql.exec('BEGIN IMMEDIATE');

    add(request!);
    expect(await completer.flush(50)).toBe(1);
    expect(completer.isFull).toBe(false);
    for (let i = 1; i < 2_000; i += 1) add({ ...request!, id: 1_000_000 + i });
    expect([completer.waiting, completer.isFull]).toEqual([2_000, true]);

    context.sql.exec('ROLLBACK');
    await waitFor(() => completer.waiting === 0, { timeoutMs: 10_000, what: 'all outcomes to be written' });
    expect(completer.isFull).toBe(false);
    expect(await context.store.read(request!.id)).toMatchObject({ status: 'completed' });
  });

  it('a flush with nothing to write is over at once', async () => {
    expect(await completer.flush(60_000)).toBe(0);
  });
});
