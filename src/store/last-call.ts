import type { Row } from '../database/database.ts';
import { nullableTextOf } from '../database/row-fields.ts';

/** How long the last call of a request took, as the log row of the attempt before tells. */
export interface LastCall {
  /** Milliseconds; null where there was no call, or none that can be read. */
  readonly ms: number | null;
  /** The id of a log row that is not ours to read; null where there is none. */
  readonly unreadableLogRow: number | null;
}

/** What ai_responses.processing_time_ms takes at most: INT UNSIGNED. */
const MOST_MS = 4_294_967_295;

/**
 * Reads `last_retry`, which is `id event_data` or null. Anybody may have written that row: what is no JSON, or has no
 * time where one belongs, costs the request that time and nothing else. It is told in the log row of the request's end.
 */
export function lastCallOf(row: Row): LastCall {
  const text = nullableTextOf(row, 'last_retry');
  if (text === null) return { ms: null, unreadableLogRow: null };
  const [, id = '', data = ''] = /^(\d+) ?(.*)$/s.exec(text) ?? [];
  const ms = msIn(data);
  if (ms === undefined) return { ms: null, unreadableLogRow: Number(id) };
  return { ms: ms === null ? null : Math.min(Math.max(Math.round(ms), 0), MOST_MS), unreadableLogRow: null };
}

/** Null: the attempt made no call. Undefined: it cannot be read. */
function msIn(eventData: string): number | null | undefined {
  let json: unknown;
  try {
    json = JSON.parse(eventData);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const { ms = null } = json as { readonly ms?: unknown };
  return ms === null || (typeof ms === 'number' && Number.isFinite(ms)) ? ms : undefined;
}
