import { AiIpcError } from '../base/errors.ts';
import type { SqlValue } from '../database/database.ts';
import { REQUEST_STATUSES, type RequestStatus } from '../queue/request.ts';
import { isPossibleId } from '../queue/request-rules.ts';

/** Which requests are meant: those for which all that is given holds. Texts are compared whole, in either case. */
export interface RequestFilter {
  readonly statuses?: readonly RequestStatus[] | undefined;
  readonly type?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly npc?: string | undefined;
  readonly map?: string | undefined;
  readonly errorCode?: string | undefined;
  /** Made at this moment or later, in milliseconds since 1970 by the database's clock. */
  readonly fromMs?: number | undefined;
  /** Made before this moment. */
  readonly toMs?: number | undefined;
  readonly id?: number | undefined;
  /** Stands somewhere in the data that was sent with the request. */
  readonly text?: string | undefined;
}

/** A status that does not exist, from SQL outside strict mode, is '' until a worker has ended the request. */
const ANY_STATUS = [...REQUEST_STATUSES, ''];

/** The values of the WHERE of statements.ts, behind those of the ids. */
export function filterValues(filter: RequestFilter): SqlValue[] {
  const { statuses, type, endpoint, npc, map, errorCode, fromMs, toMs, text } = filter;
  const optional = [type, endpoint, npc, map, errorCode, fromMs, toMs, text].map((value) => value ?? null);
  return [statuses ?? ANY_STATUS, ...optional.flatMap((value) => [value, value])];
}

/** Throws AiIpcError (bad_argument) for what can be true of no request. */
export function checkFilter(filter: RequestFilter): RequestFilter {
  const { statuses, fromMs, toMs, id } = filter;
  if (statuses?.length === 0) throw new AiIpcError('bad_argument', 'Name a status, or leave them out.');
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw new AiIpcError('bad_argument', 'The end of the time has to come after its beginning.');
  if (id !== undefined && !isPossibleId(id))
    throw new AiIpcError(
      'bad_argument',
      `There is no request with the id ${id}: ids are whole numbers from 1.`,
    );
  return filter;
}
