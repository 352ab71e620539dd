import type { Row } from '../database/database.ts';
import { nullableNumberOf, numberOf } from '../database/row-fields.ts';
import type { OperatorDatabase } from './database.ts';
import type { RequestFilter } from './request-filter.ts';

/** Ids from the first one up to, and without, the last. */
export interface IdRange {
  readonly from: number;
  readonly before: number;
}

/**
 * Ids and times grow together, but for requests that were inserted at once: within so much of a moment, a row's own time
 * decides.
 */
const SLACK_MS = 60_000;
/** Every other look halves what is left, and there are 2^53 ids. Few take more than a dozen. */
const MOST_LOOKS = 110;

/** Where, among the ids, all requests are that the filter may mean. */
export async function idRangeOf(db: OperatorDatabase, filter: RequestFilter): Promise<IdRange> {
  const { id, fromMs, toMs } = filter;
  if (id !== undefined) return { from: id, before: id + 1 };
  const all = await allIds(db);
  return {
    from: fromMs === undefined ? all.from : await firstIdAt(db, fromMs - SLACK_MS, all),
    before: toMs === undefined ? all.before : await firstIdAt(db, toMs + SLACK_MS, all),
  };
}

/** Empty (from = before) without requests. */
export async function allIds({ database, statements }: OperatorDatabase): Promise<IdRange> {
  const [row = {}] = await database.query(statements.idBounds);
  const low = nullableNumberOf(row, 'low');
  const high = nullableNumberOf(row, 'high');
  return low === null || high === null ? { from: 0, before: 0 } : { from: low, before: high + 1 };
}

/**
 * The id from which on requests are made at this moment or later, within the range. Times have no index of their own
 * (each would cost the queue), so it is searched for as in a dictionary: by where it ought to stand, and by halves.
 */
export async function firstIdAt(db: OperatorDatabase, ms: number, range: IdRange): Promise<number> {
  let { from, before } = range;
  let [fromMs, beforeMs] = [Number.NaN, Number.NaN];
  for (let looks = 0; from < before && looks < MOST_LOOKS; looks++) {
    const guess = guessBetween({ from, before }, looks, (ms - fromMs) / (beforeMs - fromMs));
    const row = await rowAt(db, guess);
    if (row === undefined || numberOf(row, 'id') >= before || numberOf(row, 'created_ms') >= ms) {
      before = guess;
      if (row !== undefined) beforeMs = numberOf(row, 'created_ms');
    } else {
      from = numberOf(row, 'id') + 1;
      fromMs = numberOf(row, 'created_ms');
    }
  }
  return before;
}

/** By where the time stands between the two that are known; every other look by half, since traffic is not even. */
function guessBetween({ from, before }: IdRange, looks: number, share: number): number {
  const middle = from + Math.floor((before - from) / 2);
  if (looks % 2 === 1 || !Number.isFinite(share)) return middle;
  const guess = from + Math.floor((before - from) * Math.min(Math.max(share, 0), 1));
  return Math.min(guess, before - 1);
}

async function rowAt({ database, statements }: OperatorDatabase, id: number): Promise<Row | undefined> {
  return (await database.query(statements.rowAt, [id]))[0];
}
