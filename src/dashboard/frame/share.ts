import { performance } from 'node:perf_hooks';

/** One look for all who ask within so many milliseconds of its beginning; a look that failed is not shared. */
export function shareFor<T>(ms: number, look: () => Promise<T>): () => Promise<T> {
  let shared: { readonly looking: Promise<T>; readonly beganMs: number } | undefined;
  return async () => {
    const nowMs = performance.now();
    if (shared !== undefined && nowMs - shared.beganMs < ms) return await shared.looking;
    const looking = look();
    shared = { looking, beganMs: nowMs };
    try {
      return await looking;
    } catch (error) {
      shared = undefined;
      throw error;
    }
  };
}

/** What the last look gave: nobody waits for one. A look older than `ms` is followed by the next, while somebody asks. */
export function lastLookOf<T>(
  ms: number,
  { look, before, onError }: { look: () => Promise<T>; before: T; onError: (error: unknown) => T },
): () => T {
  let last = before;
  let beganMs = Number.NEGATIVE_INFINITY;
  let isLooking = false;
  return () => {
    if (!isLooking && performance.now() - beganMs >= ms) {
      beganMs = performance.now();
      isLooking = true;
      look()
        .catch(onError)
        .then((found) => {
          last = found;
          isLooking = false;
        })
        // Neither of the two above throws.
        .catch(() => undefined);
    }
    return last;
  };
}
