import { type Clock, wakeUp } from '../../base/clock.ts';
import { giveUp, noteDeadline } from '../../base/deadline-signal.ts';
import { AiIpcError } from '../../base/errors.ts';

/**
 * The minds end this part of the time before the caller stops waiting: what they give then still has to be cleaned and
 * sent. A tenth, but no more than a quarter of a second, which is ten times what the sending takes on a busy machine.
 */
const MARGIN = { part: 0.1, mostMs: 250 } as const;

/** How long one request may take. */
export interface Deadline {
  /** Aborted when whoever thinks about the answer must come to an end. */
  readonly signal: AbortSignal;
  /** Milliseconds until then; 0 when it is past. */
  leftMs(): number;
  /** What `work` gives, or AiIpcError model_timeout when it does not end soon after the signal. */
  hold<T>(work: Promise<T>): Promise<T>;
  /** Nobody waits for the answer any more: whoever thinks about it stops at once. */
  giveUp(): void;
  /** The answer is there: nothing is aborted any more. */
  end(): void;
}

/** Begins deadlines, and ends all of them early when the service stops. */
export interface Deadlines {
  /** A deadline `ms` from now. */
  start(ms: number): Deadline;
}

export function createDeadlines({ clock, stopped }: DeadlineParts): Deadlines {
  // One listener for all: a thousand on one signal would each be looked for when it is taken away.
  const running = new Set<AbortController>();
  stopped.addEventListener('abort', () => {
    for (const thinking of running) thinking.abort();
  });
  return {
    start(ms) {
      const thinking = new AbortController();
      const ended = new AbortController();
      const marginMs = Math.min(ms * MARGIN.part, MARGIN.mostMs);
      const endMs = clock.nowMs() + ms - marginMs;
      const over = untilOver({ ms, marginMs, clock, thinking, ended: ended.signal });
      noteDeadline(thinking.signal, endMs);
      running.add(thinking);
      return {
        signal: thinking.signal,
        leftMs: () => Math.max(0, endMs - clock.nowMs()),
        hold: (work) => Promise.race([work, over]),
        giveUp() {
          if (!ended.signal.aborted) giveUp(thinking);
        },
        end() {
          running.delete(thinking);
          wakeUp(ended);
        },
      };
    },
  };
}

interface DeadlineParts {
  readonly clock: Clock;
  readonly stopped: AbortSignal;
}

interface Ending {
  readonly ms: number;
  readonly marginMs: number;
  readonly clock: Clock;
  readonly thinking: AbortController;
  readonly ended: AbortSignal;
}

/** Rejects after half of the margin: those who obey the signal have answered by then. Once ended, it stays as it is. */
function untilOver({ ms, marginMs, clock, thinking, ended }: Ending): Promise<never> {
  const over = new Promise<never>((_, reject) => {
    const run = async () => {
      await clock.sleep(ms - marginMs, ended);
      if (ended.aborted) return;
      thinking.abort();
      await clock.sleep(marginMs / 2, ended);
      if (!ended.aborted) reject(timedOut(ms));
    };
    run().catch(reject);
  });
  // Whoever holds nothing at that time has his answer already.
  over.catch(() => undefined);
  return over;
}

function timedOut(ms: number): AiIpcError {
  return new AiIpcError(
    'model_timeout',
    `There was no answer within ${Math.round(ms)} ms. Give the model more time (AI_SERVICE_TIMEOUT of the worker, ` +
      'AI_DEADLINE_MS), or set AI_FALLBACK=scripted.',
  );
}
