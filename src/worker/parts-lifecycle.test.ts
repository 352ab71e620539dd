import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { openTestContext, type TestContext } from '../../test/support/worker-context.ts';
import type { Lifecycle } from '../base/lifecycle.ts';
import { Completer } from './completer.ts';
import { Flights } from './flights.ts';
import { Maintenance } from './maintenance.ts';
import { Poller } from './poller.ts';
import { StatisticsCounter } from './statistics.ts';

let context: TestContext;
let clock: FakeClock;

beforeEach(async () => {
  context = await openTestContext('http://127.0.0.1:9');
  clock = new FakeClock();
});
afterEach(() => context.close());

const PARTS: Readonly<Record<string, () => Lifecycle>> = {
  completer: () => new Completer({ ...context, clock, flights: makeFlights(), onRoom: () => undefined }),
  poller: () =>
    new Poller({
      ...context,
      clock,
      flights: makeFlights(),
      mayClaim: () => true,
      dispatch: async () => undefined,
      suspectOrphans: () => undefined,
    }),
  maintenance: () =>
    new Maintenance({
      ...context,
      clock,
      flights: makeFlights(),
      isHeartbeatFresh: () => true,
      release: async () => undefined,
      statistics: new StatisticsCounter(() => clock.nowMs()),
    }),
};

function makeFlights(): Flights {
  return new Flights(() => undefined);
}

describe.each(Object.keys(PARTS))('the %s', (name) => {
  it('is started once, and is at rest when it was stopped, once for all who ask', async () => {
    const part = PARTS[name]!();
    await part.start();
    expect(() => part.start()).toThrow(expect.objectContaining({ code: 'bad_argument' }));
    await clock.advance(5_000);
    expect(clock.sleeping).toBeGreaterThan(0);

    await Promise.all([part.stop(), part.stop()]);
    await part.stop();

    expect(clock.sleeping).toBe(0);
  });

  it('stops without having started', async () => {
    await PARTS[name]!().stop();
    expect(clock.sleeping).toBe(0);
  });
});
