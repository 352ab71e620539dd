import type { AskNote, CallNote, ClockStep, Hindrance, ProgramNote, Told } from './notes.ts';
import type { StoredEvent, StoredRequest, StoredResponse, Tables } from './tables.ts';

/** All that is known of a run. */
export interface History {
  readonly tables: Tables;
  readonly asks: readonly AskNote[];
  readonly calls: readonly CallNote[];
  readonly programs: readonly ProgramNote[];
  readonly hindrances: readonly Hindrance[];
  readonly clockSteps: readonly ClockStep[];
}

/** All that is known of one request. */
export interface Story {
  readonly id: number;
  /** undefined where no row has this id: somebody was told of it. */
  readonly row: StoredRequest | undefined;
  readonly responses: readonly StoredResponse[];
  readonly log: readonly StoredEvent[];
  /** Of whoever asked it; undefined where nobody noted it, such as a client that was killed. */
  readonly ask: AskNote | undefined;
  readonly calls: readonly CallNote[];
  /** Whether its times can be compared. */
  readonly isClockSteady: boolean;
}

/** A promise that was not kept. */
export interface Breach {
  /** Which one: the name of its rule. */
  readonly rule: string;
  /** null where it belongs to no request. */
  readonly id: number | null;
  /** What was found, in words. */
  readonly words: string;
}

/** Looks at one request, and says what is wrong with it. */
export type Rule = (story: Story, history: History) => readonly string[];

/** One for each row, and for each id that somebody was told. */
export function storiesOf(history: History): Story[] {
  const { tables, asks, calls, clockSteps } = history;
  const rows = new Map(tables.requests.map((row) => [row.id, row]));
  const askByToken = new Map(asks.map((ask) => [ask.token, ask]));
  const askById = new Map(asks.flatMap((ask) => idsTold(ask).map((id) => [id, ask] as const)));
  const responses = groupBy(tables.responses, ({ requestId }) => requestId);
  const log = groupBy(tables.log, ({ requestId }) => requestId);
  const callsByToken = groupBy(calls, ({ token }) => token);
  return [...new Set([...rows.keys(), ...askById.keys()])].map((id) => {
    const row = rows.get(id);
    const ask = askById.get(id) ?? askByToken.get(row?.token ?? '');
    return {
      id,
      row,
      ask,
      responses: responses.get(id) ?? [],
      log: log.get(id) ?? [],
      calls: callsByToken.get(row?.token ?? ask?.token ?? '') ?? [],
      isClockSteady: !clockSteps.some(({ fromId, untilId }) => id >= fromId && id <= untilId),
    };
  });
}

/** The ids that whoever asked was told: one, as it should be. One that only may be there promises nothing. */
export function idsTold({ told }: AskNote): number[] {
  const isSure = (word: Told) => word.kind !== 'end' || word.code !== 'fate_unknown';
  const ids = told.flatMap((word) => ('id' in word && word.id > 0 && isSure(word) ? [word.id] : []));
  return [...new Set(ids)];
}

export function groupBy<Value, Key>(
  values: readonly Value[],
  keyOf: (value: Value) => Key,
): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}
