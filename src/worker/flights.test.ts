import { describe, expect, it } from 'vitest';
import type { ClaimedRequest } from '../queue/request.ts';
import { Flight, Flights } from './flights.ts';
import { Reconciler } from './reconciler.ts';

function claimed(id: number, claimNo = 1): ClaimedRequest {
  return {
    id,
    claimNo,
    attempt: 1,
    maxAttempts: null,
    type: 'dialogue',
    endpoint: '/a',
    data: '{}',
    priority: 5,
    sourceNpc: null,
    createdAtMs: 0,
    ageMs: 0,
    lifeLeftMs: 30_000,
  };
}

function makeFlights() {
  let rooms = 0;
  const flights = new Flights(() => {
    rooms += 1;
  });
  const add = (id: number, claimNo = 1) => {
    const flight = new Flight(claimed(id, claimNo), 30_000);
    flights.add(flight);
    return flight;
  };
  return { flights, add, rooms: () => rooms };
}

describe('Flights', () => {
  it('a call that ended makes room, and is held until its outcome is written', () => {
    const { flights, add, rooms } = makeFlights();
    const flight = add(1);
    add(2);
    expect([flights.calling, flights.size]).toEqual([2, 2]);

    flights.endCall(flight);
    expect([flights.calling, flights.size, rooms()]).toEqual([1, 2, 1]);
    expect(flights.holds({ id: 1, claimNo: 1 })).toBe(true);
    expect(flights.inCall().map(({ request }) => request.id)).toEqual([2]);

    flights.remove({ id: 1, claimNo: 1 });
    expect([flights.calling, flights.size, rooms()]).toEqual([1, 1, 1]);
  });

  it('a call ends once, however often that is told', () => {
    const { flights, add, rooms } = makeFlights();
    const flight = add(1);
    flights.endCall(flight);
    flights.endCall(flight);
    flights.remove(flight.request);
    flights.remove(flight.request);
    expect([flights.calling, flights.size, rooms()]).toEqual([0, 0, 1]);
  });

  it('the end of an earlier claim leaves a later claim of the same request alone', () => {
    const { flights, add } = makeFlights();
    const earlier = add(1, 1);
    flights.endCall(earlier);
    add(1, 2);

    flights.remove({ id: 1, claimNo: 1 });

    expect(flights.holds({ id: 1, claimNo: 2 })).toBe(true);
    expect(flights.holds({ id: 1, claimNo: 1 })).toBe(false);
    expect(flights.calling).toBe(1);
  });

  it('a request that is claimed again has its earlier call cut, which takes its place until it has ended', () => {
    const { flights, add, rooms } = makeFlights();
    const earlier = add(1, 1);
    const other = add(2, 1);
    const later = add(1, 2);

    expect([earlier, other, later].map(({ abortReason }) => abortReason)).toEqual([
      'lost',
      undefined,
      undefined,
    ]);
    expect(flights.inCall()).toEqual([later, other]);
    expect([flights.calling, flights.size, rooms()]).toEqual([3, 2, 0]);

    flights.endCall(earlier);
    expect([flights.calling, flights.size, rooms()]).toEqual([2, 2, 1]);
  });

  it('the first reason of an abort stays', () => {
    const { add } = makeFlights();
    const flight = add(1);
    flight.abort('lost');
    flight.abort('release');
    expect(flight.abortReason).toBe('lost');
    expect(flight.signal.aborted).toBe(true);
  });
});

describe('Reconciler', () => {
  it('a claim that only the database knows is an orphan at the second look', () => {
    const { flights } = makeFlights();
    const reconciler = new Reconciler(flights);
    const claim = { id: 7, claimNo: 3 };

    expect(reconciler.compare([], [claim])).toEqual({ orphans: [], lost: [] });
    expect(reconciler.hasSuspects).toBe(true);
    expect(reconciler.compare([], [claim]).orphans).toEqual([claim]);
  });

  it('two looks at different claims of one request make no orphan', () => {
    const { flights } = makeFlights();
    const reconciler = new Reconciler(flights);

    reconciler.compare([], [{ id: 7, claimNo: 3 }]);

    expect(reconciler.compare([], [{ id: 7, claimNo: 4 }]).orphans).toEqual([]);
  });

  it('a suspect that is not seen again, or is in memory by then, is none', () => {
    const { flights, add } = makeFlights();
    const reconciler = new Reconciler(flights);
    reconciler.compare(
      [],
      [
        { id: 7, claimNo: 3 },
        { id: 8, claimNo: 1 },
      ],
    );
    add(7, 3);

    expect(reconciler.compare([], [{ id: 7, claimNo: 3 }]).orphans).toEqual([]);
    expect(reconciler.hasSuspects).toBe(false);
  });

  it('a call whose claim is gone from the database is lost; one that was only claimed meanwhile is not', () => {
    const { flights, add } = makeFlights();
    const reconciler = new Reconciler(flights);
    const [kept, gone] = [add(1), add(2)];
    const before = flights.inCall();
    add(3);

    expect(reconciler.compare(before, [kept!.request]).lost).toEqual([]);
    expect(reconciler.compare(before, [kept!.request]).lost).toEqual([gone]);
  });

  it('a call whose claim was missing at one look, and is there at the next, is not lost', () => {
    const { flights, add } = makeFlights();
    const reconciler = new Reconciler(flights);
    const { request } = add(1);
    const looks = [[], [request], []].map((listed) => reconciler.compare(flights.inCall(), listed).lost);

    expect(looks).toEqual([[], [], []]);
  });

  it('what is answered already is not lost: its settle finds out', () => {
    const { flights, add } = makeFlights();
    const reconciler = new Reconciler(flights);
    const flight = add(1);
    const before = flights.inCall();
    flights.endCall(flight);

    expect(reconciler.compare(before, []).lost).toEqual([]);
  });
});
