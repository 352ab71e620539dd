import type { AskNote, CallNote } from '../support/history/notes.ts';
import type { Breach } from '../support/history/story.ts';
import type { Tables } from '../support/history/tables.ts';
import type { Fault } from './faults/fault.ts';

/** What is known of one kind of fault after a run. */
export interface KindFigures {
  readonly fault: Fault;
  times: number;
  longestRecoveryMs: number;
  /** From there until nothing waited for longer than a second. */
  longestCalmMs: number;
}

/** What a run counts, for its report. */
export class Figures {
  readonly seed: number;
  readonly kinds = new Map<string, KindFigures>();
  readonly leftOut: { readonly fault: string; readonly reason: string }[] = [];
  readonly breaches: Breach[] = [];
  /** Requests by their end. */
  readonly ends: Record<string, number> = {};
  /** Rows of the log by their event. */
  readonly events: Record<string, number> = {};
  requests = 0;
  calls = 0;
  /** Words that clients were told. */
  words = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  played(
    fault: Fault,
    { recoveredMs, calmMs }: { readonly recoveredMs: number; readonly calmMs: number },
  ): void {
    const kind = this.kinds.get(fault.name) ?? { fault, times: 0, longestRecoveryMs: 0, longestCalmMs: 0 };
    kind.times += 1;
    kind.longestRecoveryMs = Math.max(kind.longestRecoveryMs, recoveredMs);
    kind.longestCalmMs = Math.max(kind.longestCalmMs, calmMs);
    this.kinds.set(fault.name, kind);
  }

  add(tables: Tables, asks: readonly AskNote[], calls: readonly CallNote[]): void {
    this.requests += tables.requests.length;
    this.calls += calls.length;
    this.words += asks.reduce((sum, { told }) => sum + told.length, 0);
    for (const { status } of tables.requests) this.ends[status] = (this.ends[status] ?? 0) + 1;
    for (const { event } of tables.log) this.events[event] = (this.events[event] ?? 0) + 1;
  }

  get faults(): number {
    return [...this.kinds.values()].reduce((sum, { times }) => sum + times, 0);
  }
}
