import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { type Lifecycle, Loop, StartStop, startAll, stopAll } from './lifecycle.ts';

/** A loop that notes when its turns began, and rests as long as `rest` says. */
function makeLoop(rest: (turn: number) => number | Error) {
  const clock = new FakeClock(0);
  const turns: number[] = [];
  const errors: unknown[] = [];
  const loop = new Loop({
    clock,
    turn: async () => {
      turns.push(clock.nowMs());
      const result = rest(turns.length);
      if (result instanceof Error) throw result;
      return result;
    },
    onError: (error) => {
      errors.push(error);
      return 500;
    },
  });
  return { clock, loop, turns, errors };
}

describe('Loop', () => {
  it('the first turn comes at once, the next after the rest that it asked for', async () => {
    const { clock, loop, turns } = makeLoop((turn) => turn * 100);
    loop.start();

    await clock.advance(600);

    expect(turns).toEqual([0, 100, 300, 600]);
    await loop.stop();
  });

  it('wake cuts the present rest short, and only that one', async () => {
    const { clock, loop, turns } = makeLoop(() => 1_000);
    loop.start();
    await clock.advance(300);

    loop.wake();
    await clock.advance(1_000);

    expect(turns).toEqual([0, 300, 1_300]);
    await loop.stop();
  });

  it('wake during a turn skips the rest after it', async () => {
    const { clock, loop, turns } = makeLoop((turn) => {
      if (turn === 1) loop.wake();
      return 1_000;
    });
    loop.start();

    await clock.advance(1_500);

    expect(turns).toEqual([0, 0, 1_000]);
    await loop.stop();
  });

  it('many wakes are one', async () => {
    const { clock, loop, turns } = makeLoop(() => 1_000);
    loop.start();
    await clock.advance(10);

    for (let i = 0; i < 5; i += 1) loop.wake();
    await clock.advance(10);

    expect(turns).toEqual([0, 10]);
    await loop.stop();
  });

  it('an error is handed over and the loop goes on after the rest that its handler asked for', async () => {
    const error = new Error('the database is away');
    const { clock, loop, turns, errors } = makeLoop((turn) => (turn === 1 ? error : 1_000));
    loop.start();

    await clock.advance(600);

    expect(errors).toEqual([error]);
    expect(turns).toEqual([0, 500]);
    await loop.stop();
  });

  it('stop ends the rest at once, and no turn follows', async () => {
    const { clock, loop, turns } = makeLoop(() => 60_000);
    loop.start();
    await clock.advance(1);

    await loop.stop();
    await clock.advance(120_000);

    expect(turns).toEqual([0]);
    expect(clock.sleeping).toBe(0);
  });

  it('stop waits for the turn under way, which hears of it', async () => {
    let isDone = false;
    const loop = new Loop({
      clock: new FakeClock(),
      turn: async (signal) => {
        await once(signal, 'abort');
        isDone = true;
        return 0;
      },
      onError: () => 0,
    });
    loop.start();

    await loop.stop();

    expect(isDone).toBe(true);
  });

  it('a loop that was never started stops, and one is not started twice', async () => {
    const { loop } = makeLoop(() => 1_000);
    await loop.stop();
    loop.start();
    expect(() => loop.start()).toThrow(expect.objectContaining({ code: 'bad_argument' }));
    await loop.stop();
  });

  it('stops once for all who ask at once, and again at no time', async () => {
    const { clock, loop, turns } = makeLoop(() => 1_000);
    loop.start();
    await clock.advance(1);

    await Promise.all([loop.stop(), loop.stop()]);
    await loop.stop();
    loop.wake();
    await clock.advance(5_000);

    expect(turns).toEqual([0]);
  });
});

describe('a Loop that fails', () => {
  const AWAY = new Error('the database is away');

  /** Notes what it is told; it rests a second after each turn, and after each failure. */
  function makeTold(turn: (turn: number) => unknown, blockedMs?: () => number) {
    const clock = new FakeClock(0);
    const told: string[] = [];
    let turns = 0;
    const loop = new Loop({
      clock,
      turn: async () => {
        const result = turn(++turns);
        if (result instanceof Error) throw result;
        return 1_000;
      },
      onError: (_, failures) => {
        told.push(`failed ${failures}`);
        return 1_000;
      },
      onRecovered: () => told.push('recovered'),
      ...(blockedMs ? { blockedMs } : {}),
    });
    return { clock, loop, told };
  }

  it('is told which failure of a row each is, and once that it works again', async () => {
    const { clock, loop, told } = makeTold((turn) => [2, 3, 4, 7].includes(turn) && AWAY);
    loop.start();

    await clock.advance(8_500);

    expect(told).toEqual(['failed 1', 'failed 2', 'failed 3', 'recovered', 'failed 1', 'recovered']);
    await loop.stop();
  });

  it('is not told to work again by a rest in which nothing was tried', async () => {
    let isBlocked = false;
    const { clock, loop, told } = makeTold(
      (turn) => turn === 1 && AWAY,
      () => (isBlocked ? 100 : 0),
    );
    loop.start();
    await clock.advance(500);
    isBlocked = true;
    await clock.advance(5_000);
    expect(told).toEqual(['failed 1']);

    isBlocked = false;
    await clock.advance(100);

    expect(told).toEqual(['failed 1', 'recovered']);
    await loop.stop();
  });

  it('counts what failed beside its turns with them', async () => {
    const { clock, loop, told } = makeTold((turn) => turn === 2 && AWAY);
    loop.start();
    await clock.advance(1);

    expect(loop.fail(AWAY)).toBe(1_000);
    await clock.advance(2_500);

    expect(told).toEqual(['failed 1', 'failed 2', 'recovered']);
    await loop.stop();
  });
});

/** Lives that note what happens to them; some cannot start or stop. */
function makeLives(names: readonly string[], { badStart = '', badStop = '' } = {}) {
  const log: string[] = [];
  const lives = names.map(
    (name): Lifecycle => ({
      start() {
        log.push(`start ${name}`);
        if (name === badStart) throw new Error(`${name} does not start`);
      },
      async stop() {
        log.push(`stop ${name}`);
        if (name === badStop) throw new Error(`${name} does not stop`);
      },
    }),
  );
  return { log, lives };
}

describe('startAll and stopAll', () => {
  it('start in order and stop the other way round', async () => {
    const { log, lives } = makeLives(['a', 'b']);
    await startAll(lives);
    await stopAll(lives);
    expect(log).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  it('a start that fails stops what was started before it, and is what the caller hears of', async () => {
    const { log, lives } = makeLives(['a', 'b', 'c', 'd'], { badStart: 'c', badStop: 'b' });
    await expect(startAll(lives)).rejects.toThrow('c does not start');
    expect(log).toEqual(['start a', 'start b', 'start c', 'stop b', 'stop a']);
  });

  it('a stop that fails keeps none of the others running, and is heard of', async () => {
    const { log, lives } = makeLives(['a', 'b', 'c'], { badStop: 'b' });
    await expect(stopAll(lives)).rejects.toThrow('b does not stop');
    expect(log).toEqual(['stop c', 'stop b', 'stop a']);
  });
});

describe('StartStop', () => {
  /** A start that lasts until it is ended, and a stop. */
  function makeStartStop() {
    const startStop = new StartStop('thing');
    const log: string[] = [];
    let endStart: (error?: Error) => void = () => undefined;
    const begin = () =>
      new Promise<void>((resolve, reject) => {
        log.push('begin');
        endStart = (error) => (error ? reject(error) : resolve());
      });
    return {
      log,
      startStop,
      start: () => startStop.start(begin),
      stop: () =>
        startStop.stop(async () => {
          log.push('end');
        }),
      endStart: (error?: Error) => endStart(error),
    };
  }

  it('refuses a second start, at once or later, before and after the stop', async () => {
    const { start, stop, endStart, log } = makeStartStop();
    const first = start();
    const refusal = { code: 'bad_argument', message: 'This thing was started twice.' };
    await expect(start()).rejects.toMatchObject(refusal);
    endStart();
    await first;
    await expect(start()).rejects.toMatchObject(refusal);
    await stop();
    await expect(start()).rejects.toMatchObject(refusal);
    expect(log).toEqual(['begin', 'end']);
  });

  it('stops after a start that is under way, once for all who ask', async () => {
    const { start, stop, endStart, log, startStop } = makeStartStop();
    const starting = start();
    const stops = Promise.all([stop(), stop()]);
    expect([startStop.isStopping, log]).toEqual([true, ['begin']]);
    endStart();
    await Promise.all([starting, stops]);
    await stop();
    expect(log).toEqual(['begin', 'end']);
  });

  it('stops also what could not start', async () => {
    const { start, stop, endStart, log } = makeStartStop();
    const starting = expect(start()).rejects.toThrow('no room');
    const stopping = stop();
    endStart(new Error('no room'));
    await Promise.all([starting, stopping]);
    expect(log).toEqual(['begin', 'end']);
  });

  it('has nothing to stop before a start, which may still come', async () => {
    const { start, stop, endStart, log, startStop } = makeStartStop();
    await stop();
    expect([startStop.isStopping, log]).toEqual([false, []]);
    const starting = start();
    endStart();
    await starting;
    await stop();
    expect(log).toEqual(['begin', 'end']);
  });
});
