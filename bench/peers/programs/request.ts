import { REQUEST_DATA } from '../../http-alone.ts';

/** What every peer is asked, as its queue takes it. */
export const REQUEST = JSON.parse(REQUEST_DATA) as Readonly<Record<string, unknown>>;
/** Of the one queue, task or job that there is. */
export const QUEUE = 'dialogue';
/** Longer than any is waited for: a peer that is too slow shall be seen to be slow. */
export const LIFE_SECONDS = 300;
/** Of one who asks. */
export const ASK_LIMIT_MS = 120_000;

/** `of(0)` to `of(count - 1)`. */
export function times<Item>(count: number, of: (at: number) => Item): Item[] {
  return Array.from({ length: count }, (_, at) => of(at));
}
