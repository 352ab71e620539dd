import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import type { Outcome } from '../../src/queue/outcome.ts';
import type { QueueStore } from '../../src/queue/queue-store.ts';
import type { ClaimedRequest } from '../../src/queue/request.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { Completer } from '../../src/worker/completer.ts';
import { Flight, Flights } from '../../src/worker/flights.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { useQueue } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { openTestContext, type TestContext } from '../support/worker-context.ts';

const COMPLETED: Outcome = { kind: 'completed', answer: '{"text":"Hi"}' };
const GATHER_MS = 2;
const HELD_REST_MS = 250;

const queue = useQueue();
let context: TestContext;
let store: QueueStore;
let clock: FakeClock;
let flights: Flights;
let completer: Completer;
let told: object[];
let settles: MockInstance<QueueStore['settle']>;

beforeEach(async () => {
  context = await openTestContext('http://127.0.0.1:9');
  const settings = { ...queue().settings, socketPath: null, sslCaFile: null, minPoolSize: 0, maxPoolSize: 3 };
  store = await openMariadbStore(settings);
  clock = new FakeClock();
  flights = new Flights(() => undefined);
  told = [];
  for (const event of ['settled', 'rowsHeld', 'answerRefused', 'storeFailed', 'storeRecovered'] as const)
    context.events.on(event, (details: object) => told.push({ event, ...details }));
  completer = new Completer({ ...context, store, clock, flights, onRoom: () => undefined });
  // The store does its work; it is only counted what it is asked.
  settles = vi.spyOn(store, 'settle');
  completer.start();
});
afterEach(async () => {
  await completer.stop();
  await store.close();
  await context.close();
  await queue().clear();
});

/** Claims so many requests and holds them as if each had just been answered. */
async function claimAnswered(count: number): Promise<ClaimedRequest[]> {
  await queue().insert(count, '/echo');
  const requests = await store.claim(context.workerId, count);
  for (const request of requests) {
    const flight = new Flight(request, Number.POSITIVE_INFINITY);
    flights.add(flight);
    flights.endCall(flight);
  }
  return requests;
}

function add(...requests: readonly ClaimedRequest[]): void {
  for (const { id, claimNo, attempt } of requests)
    completer.add({ id, claimNo, attempt, outcome: COMPLETED, durationMs: 5 });
}

/** Lets this time pass; resolves when the database has been asked `asked` times in all and the completer rests. */
async function pass(ms: number, asked: number): Promise<void> {
  await clock.advance(ms);
  const isAtRest = () => settles.mock.calls.length === asked && clock.sleeping === 1;
  await waitFor(isAtRest, { what: `${asked} settles, now ${settles.mock.calls.length}` });
}

const statusOf = async (id: number) => (await queue().request(id)).status;
const toldOf = (name: string) => told.filter((one) => 'event' in one && one.event === name);

describe('an outcome whose request somebody holds', () => {
  it('is tried again every 250 ms, told after a second, and written when it comes free', async () => {
    const [request] = await claimAnswered(1);
    const holder = await queue().database.connect();
    const hold = async () => {
      await holder.beginTransaction();
      await holder.query('SELECT id FROM ai_requests FOR UPDATE');
    };
    await hold();
    add(request!);
    await pass(0, 1);
    for (let tried = 2; tried <= 4; tried++) await pass(HELD_REST_MS, tried);
    expect(told).toEqual([]);
    await pass(HELD_REST_MS, 5);
    expect(told).toEqual([{ event: 'rowsHeld', requestIds: [request!.id] }]);
    expect([completer.waiting, flights.size]).toEqual([1, 1]);

    await holder.rollback();
    await pass(HELD_REST_MS, 6);
    expect(toldOf('settled')).toMatchObject([{ written: 1, dropped: [] }]);
    expect([await statusOf(request!.id), completer.waiting, flights.size]).toEqual(['completed', 0, 0]);

    // The next one that is held begins its own second.
    const [next] = await claimAnswered(1);
    await hold();
    add(next!);
    await pass(0, 7);
    expect(toldOf('rowsHeld')).toHaveLength(1);
    await holder.rollback();
  });
});

describe('a database that takes nothing for a while', () => {
  it('is asked once for all outcomes after growing pauses, told, and gets them when it is well again', async () => {
    const requests = await claimAnswered(3);
    await queue().database.query('RENAME TABLE ai_requests TO elsewhere');
    add(...requests);
    await pass(0, 1);
    for (const [tried, pauseMs] of [50, 100, 200].entries()) {
      await pass(pauseMs - 1, tried + 1);
      await pass(1, tried + 2);
    }
    expect(told).toMatchObject(
      Array(4).fill({ event: 'storeFailed', part: 'settle', error: { code: 'schema_missing' } }),
    );
    expect(completer.waiting).toBe(3);

    await queue().database.query('RENAME TABLE elsewhere TO ai_requests');
    await pass(400, 5);

    expect(told.slice(4)).toMatchObject([
      { event: 'settled', written: 3 },
      { event: 'storeRecovered', part: 'settle' },
    ]);
    expect([completer.waiting, flights.size]).toEqual([0, 0]);
  });
});

describe('a database that refuses an answer', () => {
  /** Refuses the answer of `bad`, and does `otherwise` for what else is written of it or of `passing`. */
  async function refuse(bad: number, otherwise = 'SET @nothing = 1', passing = bad): Promise<void> {
    await queue().database.query(`
      CREATE TRIGGER refuse BEFORE INSERT ON ai_responses FOR EACH ROW
      IF NEW.request_id = ${bad} AND NEW.response_data IS NOT NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such byte';
      ELSEIF NEW.request_id = ${passing} THEN
        ${otherwise};
      END IF`);
  }
  const ACCEPT = 'DROP TRIGGER IF EXISTS refuse';
  /** An error that passes by itself: the table is there again at the next time. */
  const FAIL_FOR_NOW = 'INSERT INTO not_there_yet VALUES (1)';
  afterEach(() => queue().database.query(ACCEPT));

  it('keeps the outcomes behind it where their turn meets a trouble that passes', async () => {
    const [bad, passing] = await claimAnswered(2);
    await refuse(bad!.id, FAIL_FOR_NOW, passing!.id);
    add(bad!, passing!);
    // Both; the first, its failure, the second.
    await pass(0, 4);
    expect(toldOf('answerRefused')).toMatchObject([{ requestId: bad!.id }]);
    expect(toldOf('storeFailed')).toHaveLength(1);
    expect([await statusOf(bad!.id), await statusOf(passing!.id)]).toEqual(['failed', 'processing']);
    await queue().database.query(ACCEPT);

    await pass(50, 5);

    expect([await statusOf(bad!.id), await statusOf(passing!.id)]).toEqual(['failed', 'completed']);
    expect(toldOf('answerRefused')).toHaveLength(1);
  });

  it('keeps the outcome where its failure meets a trouble that passes', async () => {
    const [bad] = await claimAnswered(1);
    await refuse(bad!.id, FAIL_FOR_NOW);
    add(bad!);
    await pass(0, 3);
    expect([await statusOf(bad!.id), completer.waiting]).toEqual(['processing', 1]);
    await queue().database.query(ACCEPT);

    await pass(50, 4);

    expect(await statusOf(bad!.id)).toBe('completed');
  });

  it('and its failure too gives it up, tells both, and goes on with the others', async () => {
    const [bad, good] = await claimAnswered(2);
    await refuse(bad!.id, "SIGNAL SQLSTATE '45000'");
    add(bad!, good!);
    await pass(0, 4);

    expect(toldOf('answerRefused')).toMatchObject([{ requestId: bad!.id }, { requestId: bad!.id }]);
    expect(toldOf('settled')).toMatchObject([{ written: 1, dropped: [bad!.id] }]);
    expect([await statusOf(good!.id), completer.waiting, flights.size]).toEqual(['completed', 0, 0]);
  });
});

it('an outcome that meets a bug is given up, and holds up no other', async () => {
  const [bad, good] = await claimAnswered(2);
  const { settle } = store;
  settles.mockRestore();
  settles = vi.spyOn(store, 'settle').mockImplementation(async (workerId, attempts) => {
    if (attempts.some(({ id }) => id === bad!.id)) throw new TypeError('a bug');
    return await settle(workerId, attempts);
  });
  add(bad!, good!);
  await pass(0, 4);

  expect(toldOf('settled')).toMatchObject([{ written: 1, dropped: [bad!.id] }]);
  expect(toldOf('storeFailed')).toEqual([]);
});

describe('outcomes that come one after the other', () => {
  /** The others come while the first is written. Resolves when that is done. */
  async function addOneByOne(...[first, ...others]: readonly ClaimedRequest[]): Promise<void> {
    settles.mockRestore();
    const { settle } = store;
    settles = vi.spyOn(store, 'settle').mockImplementationOnce(async (workerId, attempts) => {
      add(...others);
      return await settle(workerId, attempts);
    });
    add(first!);
    await waitFor(() => toldOf('settled').length > 0, { what: 'the first one to be written' });
  }

  it('are written at once where one comes alone, and together where they come meanwhile or within 2 ms', async () => {
    const requests = await claimAnswered(3);
    await addOneByOne(...requests.slice(0, 2));
    await pass(GATHER_MS - 1, 1);
    add(requests[2]!);
    await pass(1, 2);

    expect(toldOf('settled')).toMatchObject([{ written: 1 }, { written: 2 }]);
  });

  it('wait for no more when there are 32', async () => {
    await addOneByOne(...(await claimAnswered(33)));
    await pass(0, 2);

    expect(toldOf('settled')).toMatchObject([{ written: 1 }, { written: 32 }]);
  });

  it('are all written when a flush resolves, and it leaves no timer behind', async () => {
    add(...(await claimAnswered(2)));

    expect(await completer.flush(60_000)).toBe(0);
    await pass(0, 1);
  });
});
