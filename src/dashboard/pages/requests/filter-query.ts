import { AiIpcError } from '../../../base/errors.ts';
import type { RequestFilter } from '../../../operator/request-filter.ts';
import { REQUEST_STATUSES } from '../../../queue/request.ts';

/** The filter of a page's address. Throws AiIpcError bad_argument that names what cannot be read. */
export function filterOf(query: URLSearchParams): RequestFilter {
  const statuses = REQUEST_STATUSES.filter((status) => query.getAll('status').includes(status));
  const text = (name: string) => query.get(name)?.trim() || undefined;
  const id = text('id');
  return {
    statuses: statuses.length === 0 ? undefined : statuses,
    type: text('type'),
    endpoint: text('endpoint'),
    npc: text('npc'),
    map: text('map'),
    errorCode: text('error'),
    fromMs: momentOf('from', text('from')),
    toMs: momentOf('to', text('to')),
    id: id === undefined ? undefined : idOf(id),
    text: text('text'),
  };
}

/** The same filter as the fields of an address, without the page. */
export function queryOf(query: URLSearchParams): URLSearchParams {
  const kept = [...query].filter(([name, value]) => FIELDS.includes(name) && value.trim() !== '');
  return new URLSearchParams(kept);
}

const FIELDS = ['status', 'type', 'endpoint', 'npc', 'map', 'error', 'from', 'to', 'id', 'text'];

export function idOf(text: string): number {
  const id = Number(text);
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(id) && id > 0) return id;
  throw new AiIpcError(
    'bad_argument',
    `${JSON.stringify(text.slice(0, 60))} is no id of a request: it is a whole number from 1.`,
  );
}

/** What a field for date and time sends, 2026-11-29T16:00, in UTC as the field says. */
function momentOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new AiIpcError('bad_argument', `The time in "${name}" cannot be read: write it as 2026-11-29T16:00.`);
}
