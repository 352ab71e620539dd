import { setTimeout as delay } from 'node:timers/promises';

/** A machine that eight other programs want, too, takes five times as long; a wait that is in vain ends all the same. */
const PATIENCE = 6;
/** For what takes no time to speak of. */
const SOON_MS = 10_000;
/** What such a thing is waited for, where another clock than waitFor's does it. */
export const WAIT_MS = PATIENCE * SOON_MS;
/** Often enough to add nothing that a test would notice, seldom enough to leave two cores to what is waited for. */
const POLL_INTERVAL_MS = 20;

export interface WaitOptions {
  /** How long it takes at most on a machine of its own. It fails after six times that. Default 10 s. */
  readonly timeoutMs?: number;
  /** What is waited for, as it should stand after "Waited 5000 ms for". */
  readonly what: string;
}

/**
 * Looks again and again until `condition` gives something other than undefined, null or false, and returns that.
 * What the condition throws counts as "not yet"; the last error is the cause of the failure.
 */
export async function waitFor<Value>(
  condition: () => Value | Promise<Value>,
  options: WaitOptions,
): Promise<Exclude<Value, undefined | null | false>> {
  const endMs = performance.now() + PATIENCE * (options.timeoutMs ?? SOON_MS);
  for (;;) {
    const { value, error } = await look(condition);
    if (isThere(value)) return value;
    if (performance.now() >= endMs) throw notSeen(options, error);
    await delay(POLL_INTERVAL_MS);
  }
}

async function look<Value>(
  condition: () => Value | Promise<Value>,
): Promise<{ value?: Value; error?: unknown }> {
  try {
    return { value: await condition() };
  } catch (error) {
    return { error };
  }
}

function isThere<Value>(value: Value | undefined): value is Exclude<Value, undefined | null | false> {
  return value !== undefined && value !== null && value !== false;
}

function notSeen({ timeoutMs = SOON_MS, what }: WaitOptions, error: unknown): Error {
  const detail =
    error === undefined ? '' : ` Last error: ${error instanceof Error ? error.message : String(error)}`;
  return new Error(`Waited ${PATIENCE * timeoutMs} ms for ${what}, in vain.${detail}`, { cause: error });
}
