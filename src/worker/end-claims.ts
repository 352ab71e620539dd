import type { Clock } from '../base/clock.ts';
import type { SettledAttempt } from '../queue/outcome.ts';
import type { Flights } from './flights.ts';

export interface Ending {
  readonly flights: Flights;
  readonly clock: Clock;
  /** Told of each request that is over, once that is in the database. */
  readonly onEnded?: (id: number) => void;
}

/** Ends the claims of what is written, whose settle began at `startMs`; returns how long each request that is over has lived. */
export function endClaims(
  { flights, clock, onEnded }: Ending,
  written: readonly SettledAttempt[],
  startMs: number,
): readonly number[] {
  const nowMs = clock.nowMs();
  const lifeMs: number[] = [];
  for (const attempt of written) {
    flights.find(attempt)?.trace?.settled(startMs);
    const flight = flights.remove(attempt);
    if (attempt.outcome.kind === 'retry') continue;
    onEnded?.(attempt.id);
    if (flight !== undefined) lifeMs.push(nowMs - flight.bornAtMs);
  }
  return lifeMs;
}
