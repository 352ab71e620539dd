import type { LoggedEvent } from './log-event.ts';
import type { Span } from './window.ts';

/**
 * A part of a request's life. waited: pending. ai: the call of the AI service. settle: the rest of the time that a worker
 * held it, for the most part until its outcome was written.
 */
export interface Stretch extends Span {
  readonly kind: 'waited' | 'ai' | 'settle';
  /** Which attempt; null while it waits. */
  readonly attempt: number | null;
  /** Whether it goes on. */
  readonly isOpen: boolean;
}

interface Life {
  readonly createdMs: number;
  /** null while it lasts. */
  readonly processedMs: number | null;
  readonly nowMs: number;
  /** In the order in which they were written. */
  readonly events: readonly LoggedEvent[];
}

const ENDS: readonly string[] = ['completed', 'failed', 'timeout', 'cancelled'];
const BACK: readonly string[] = ['retried', 'released', 'rescued'];

/**
 * Where a request's time went, by its log. A row that is missing (deleted after 30 days, or a client's own UPDATE) makes
 * stretches longer, and none of them wrong: each begins where the one before ended.
 */
export function stretchesOf({ createdMs, processedMs, nowMs, events }: Life): Stretch[] {
  const stretches: Stretch[] = [];
  let sinceMs = createdMs;
  let held: number | null = null;
  let hasEnded = false;
  for (const { event, atMs, attempt, ms } of events) {
    if (event === 'claimed' && held === null) {
      stretches.push(waited(sinceMs, atMs));
      held = attempt ?? 0;
    } else if (BACK.includes(event) || ENDS.includes(event)) {
      if (held === null) stretches.push(waited(sinceMs, atMs));
      else stretches.push(...heldStretches({ fromMs: sinceMs, toMs: atMs }, attempt ?? held, ms));
      held = null;
      hasEnded = ENDS.includes(event);
    } else continue;
    sinceMs = Math.max(sinceMs, atMs);
  }
  if (hasEnded) return stretches;
  const end = { fromMs: sinceMs, toMs: Math.max(sinceMs, processedMs ?? nowMs) };
  const isOpen = processedMs === null;
  const rest: Stretch =
    held === null
      ? { kind: 'waited', attempt: null, isOpen, ...end }
      : { kind: 'ai', attempt: held, isOpen, ...end };
  return [...stretches, rest];
}

function waited(fromMs: number, toMs: number): Stretch {
  return { kind: 'waited', attempt: null, isOpen: false, fromMs, toMs: Math.max(fromMs, toMs) };
}

/** The call is drawn at the beginning: what comes before it takes less than a millisecond, for the most part. */
function heldStretches({ fromMs, toMs }: Span, attempt: number, ms: number | null): Stretch[] {
  const endMs = Math.max(fromMs, toMs);
  const calledMs = Math.min(endMs, fromMs + (ms ?? 0));
  const parts = { attempt, isOpen: false };
  return [
    ...(ms === null ? [] : [{ kind: 'ai', ...parts, fromMs, toMs: calledMs } as const]),
    { kind: 'settle', ...parts, fromMs: calledMs, toMs: endMs },
  ];
}
