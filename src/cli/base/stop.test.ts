import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onStopSignal, type StopSignal, withStop } from './stop.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

let heard: StopSignal[];
let unlisten: () => void;

beforeEach(() => {
  heard = [];
  unlisten = onStopSignal((name) => heard.push(name));
});
afterEach(() => {
  unlisten();
  process.removeAllListeners('SIGHUP');
});

/** As the operating system would; returns whether anybody listens, else it would end the process. */
function send(name: StopSignal): boolean {
  return process.emit(name, name);
}

describe('onStopSignal', () => {
  it.each(SIGNALS)('hears %s, until nobody listens any more', (name) => {
    expect(send(name)).toBe(true);
    expect(heard).toEqual([name]);
  });

  it('hears each signal that people send, but a closed terminal once', () => {
    for (const name of ['SIGINT', 'SIGHUP', 'SIGHUP', 'SIGINT', 'SIGHUP', 'SIGTERM'] as const) send(name);
    expect(heard).toEqual(['SIGINT', 'SIGHUP', 'SIGINT', 'SIGTERM']);
  });

  it('lets a signal after the last that is listened for end the process, but not the echo of a closed terminal', () => {
    const wasThere = SIGNALS.map((name) => process.listenerCount(name));
    send('SIGHUP');
    unlisten();
    expect(SIGNALS.map((name, at) => wasThere[at]! - process.listenerCount(name))).toEqual([1, 1, 0, 1]);
    send('SIGHUP');
    expect(heard).toEqual(['SIGHUP']);
  });

  it('leaves nobody listening where no terminal was closed', () => {
    const wasThere = SIGNALS.map((name) => process.listenerCount(name));
    send('SIGINT');
    unlisten();
    expect(SIGNALS.map((name, at) => wasThere[at]! - process.listenerCount(name))).toEqual([1, 1, 1, 1]);
  });
});

describe('withStop', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGBREAK', 149],
  ] as const)('tells the work of %s, and the exit code %i', async (name, exitCode) => {
    unlisten();
    await withStop(async (stop) => {
      expect([stop.signal.aborted, stop.exitCode()]).toEqual([false, undefined]);
      send(name);
      expect([stop.signal.aborted, stop.exitCode()]).toEqual([true, exitCode]);
    });
  });
});
