import { randomUUID } from 'node:crypto';
import { AiIpcError, messageOf } from '../base/errors.ts';
import type { Row, Write } from '../database/database.ts';
import { numberOf, textOf } from '../database/row-fields.ts';
import { isEnded, REQUEST_STATUSES, type RequestStatus } from '../queue/request.ts';
import { clampTimeoutSeconds, isPossibleId } from '../queue/request-rules.ts';
import { logRow } from '../store/log-rows.ts';
import type { OperatorDatabase } from './database.ts';
import { loggedEventOf } from './log-event.ts';

export interface ActionOptions {
  /** Who does it, as the log tells it: a person's name, a host, a page. */
  readonly by: string;
}

export interface ResendOptions extends ActionOptions {
  /** The life of the new request. Default: as long as the old one had. */
  readonly timeoutSeconds?: number | undefined;
}

/** A request with which it was done; for a resend, the id of the new one. */
interface ActedOn {
  readonly id: number;
  readonly as?: number;
}

interface RefusedAction {
  readonly id: number;
  /** A sentence for people. */
  readonly reason: string;
}

export interface ActionResult {
  readonly done: readonly ActedOn[];
  readonly refused: readonly RefusedAction[];
}

/** A name in the log, not a letter. */
const MOST_BY = 100;

/**
 * Asks ended requests once more: each as a new request with a new id and a new life. The old one stays as it ended, since
 * what has ended never changes: a script may have read it, and a service may know its key. Both get a log row `resent`.
 */
export async function resend(
  db: OperatorDatabase,
  ids: readonly number[],
  options: ResendOptions,
): Promise<ActionResult> {
  const by = checkedBy(options.by);
  return await eachOf(ids, async (id) => {
    const mark = randomUUID().slice(0, 8);
    const refusal = await lockAndWrite(db, id, (row, status) => {
      if (!isEnded(status)) return `it is ${status} yet`;
      const seconds = options.timeoutSeconds ?? lifeSecondsOf(row);
      const life = clampTimeoutSeconds(seconds);
      // The id comes last in the text, and is put between the two halves by the database, which makes it.
      const before = `${JSON.stringify({ by, mark }).slice(0, -1)},"as":`;
      return [
        { sql: db.statements.copy, values: [life, life, id] },
        { sql: db.statements.logCopy, values: [JSON.stringify({ by, mark, of: id }), id, before, '}'] },
      ];
    });
    return refusal ?? { id, as: await idOfCopy(db, id, mark) };
  });
}

/** pending or processing → cancelled. */
export async function cancel(
  db: OperatorDatabase,
  ids: readonly number[],
  options: ActionOptions,
): Promise<ActionResult> {
  const by = checkedBy(options.by);
  return await eachOf(ids, async (id) => {
    const refusal = await lockAndWrite(db, id, (_row, status) =>
      isEnded(status)
        ? `it has ended as ${status}`
        : [
            { sql: db.shared.cancel, values: [id] },
            { sql: db.shared.insertLog, rows: [logRow(id, 'cancelled', { by })] },
          ],
    );
    return refusal ?? { id };
  });
}

/** Deletes ended requests with their responses. Their log rows stay, and get one more. */
export async function deleteEnded(
  db: OperatorDatabase,
  ids: readonly number[],
  options: ActionOptions,
): Promise<ActionResult> {
  const by = checkedBy(options.by);
  return await eachOf(ids, async (id) => {
    const refusal = await lockAndWrite(db, id, (_row, status) =>
      isEnded(status)
        ? [
            { sql: db.statements.deleteEnded, values: [id] },
            { sql: db.shared.insertLog, rows: [logRow(id, 'deleted', { by })] },
          ]
        : `it is ${status} yet: cancel it first`,
    );
    return refusal ?? { id };
  });
}

/** Writes down what an operator did that belongs to no request. */
export async function note(
  { database, shared }: OperatorDatabase,
  { by, action, what }: ActionOptions & { readonly action: string; readonly what?: string | undefined },
): Promise<void> {
  await database.insertEach(shared.insertLog, [
    logRow(0, 'operator', { by: checkedBy(by), action, ...(what === undefined ? {} : { what }) }),
  ]);
}

/** One after the other, each in a transaction of its own. What fails for the database's sake ends it: so would the rest. */
async function eachOf(
  ids: readonly number[],
  act: (id: number) => Promise<ActedOn | string>,
): Promise<ActionResult> {
  const done: ActedOn[] = [];
  const refused: RefusedAction[] = [];
  let trouble: string | undefined;
  for (const id of new Set(ids)) {
    const result = trouble ?? (await act(id).catch((error: unknown) => error));
    if (typeof result === 'string') refused.push({ id, reason: result });
    else if (result instanceof Error) {
      refused.push({ id, reason: messageOf(result) });
      trouble = 'not tried, since the one before failed';
    } else done.push(result as ActedOn);
  }
  return { done, refused };
}

/** A reason why not, or undefined when it is done. */
async function lockAndWrite(
  { database, statements }: OperatorDatabase,
  id: number,
  decide: (row: Row, status: RequestStatus) => readonly Write[] | string,
): Promise<string | undefined> {
  if (!isPossibleId(id)) return 'there is no such request';
  return await database.lockAndWrite({ sql: statements.lockOne, values: [id] }, ([row]) => {
    if (row === undefined) return { writes: [], result: 'there is no such request' };
    const decided = decide(row, statusOf(row));
    return typeof decided === 'string'
      ? { writes: [], result: decided }
      : { writes: decided, result: undefined };
  });
}

/** A status that does not exist is about to be ended by a worker. */
function statusOf(row: Row): RequestStatus {
  const status = textOf(row, 'status');
  return REQUEST_STATUSES.find((known) => known === status) ?? 'pending';
}

/** Of a row whose life was over before it began (another time zone), the column that says how long it should be. */
function lifeSecondsOf(row: Row): number {
  const lifeMs = numberOf(row, 'life_ms');
  return lifeMs > 0 ? Math.ceil(lifeMs / 1000) : numberOf(row, 'timeout');
}

/** The database gives no id of a row that was made in the middle of a transaction; its log row tells. */
async function idOfCopy(
  { database, statements }: OperatorDatabase,
  id: number,
  mark: string,
): Promise<number> {
  const events = (await database.query(statements.events, [id, 100])).map(loggedEventOf);
  const found = events.find((event) => event.event === 'resent' && event.mark === mark)?.as;
  if (typeof found === 'number') return found;
  const message = `The request ${id} was asked again, but ai_request_log does not tell as which. Look for the newest of its type.`;
  throw new AiIpcError('database_failed', message);
}

function checkedBy(by: string): string {
  const name = by.trim();
  if (name !== '') return name.slice(0, MOST_BY);
  throw new AiIpcError('bad_argument', 'Say who does it (by): the log keeps it.');
}
