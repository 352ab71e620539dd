import type { Clock } from '../../base/clock.ts';

/** This many outages in a row say that the server is down: a few lost calls are none. */
const OUTAGES_TO_PAUSE = 10;
/** Between two tries: short, because NPCs speak without the model meanwhile. */
const PAUSE_MS = 1_000;

/** Keeps calls away from a model server that is down, so that players do not wait for each call's time-out. */
export interface Outage {
  /** Whether a call may be made now; while the server is down, one a second may. */
  mayCall(): boolean;
  /** To be told of every call that ended: did it show that the server is down? */
  noteEnd(isOutage: boolean): void;
}

export function createOutage(clock: Clock): Outage {
  let outages = 0;
  let nextTryMs = 0;
  return {
    mayCall() {
      if (outages < OUTAGES_TO_PAUSE) return true;
      if (clock.nowMs() < nextTryMs) return false;
      nextTryMs = clock.nowMs() + PAUSE_MS;
      return true;
    },
    noteEnd(isOutage) {
      outages = isOutage ? outages + 1 : 0;
      if (outages === OUTAGES_TO_PAUSE) nextTryMs = clock.nowMs() + PAUSE_MS;
    },
  };
}
