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
