import type { AskNote, CallNote } from './notes.ts';
import type { History } from './story.ts';
import type { StoredEvent, StoredRequest, StoredResponse } from './tables.ts';

/** A history without a fault, for tests of the checker: request 7 was asked, called once and answered. */
export function answeredHistory(): History {
  const answer = '{"token":"a","answer_no":1}';
  return {
    tables: {
      requests: [
        {
          id: 7,
          token: 'a',
          status: 'completed',
          attempts: 1,
          claimNo: 1,
          claimedBy: 'w1',
          errorCode: null,
          processedAtMs: 500,
          expiresAtMs: 30_000,
        },
      ],
      responses: [{ requestId: 7, data: answer, error: null }],
      log: ['claimed', 'completed'].map(toEvent),
      nowMs: 60_000,
    },
    asks: [
      {
        ...{ token: 'a', lifeSeconds: 30, askedAtMs: 0 },
        told: [
          { kind: 'accepted', id: 7 },
          { kind: 'end', id: 7, status: 'completed', answer, code: null, message: null },
        ],
      },
    ],
    calls: [{ token: 'a', key: 'queue-7-1', attempt: 1, answerNo: 1, atMs: 400 }],
    programs: [],
    hindrances: [],
    clockSteps: [],
  };
}

/** Where a test changes the request, nobody was told of its end: what it is about is what it says. */
const ONLY_ACCEPTED: Partial<AskNote> = { told: [{ kind: 'accepted', id: 7 }] };

/** What is otherwise than in it; null takes something away. */
export interface Changes {
  readonly row?: Partial<StoredRequest> | null;
  readonly response?: Partial<StoredResponse> | null;
  /** `EVENT[ by WORKER][ (ATTEMPT)]`, by w1 in attempt 1 where not said; `expired` is a timeout by the sweep. */
  readonly log?: readonly string[];
  readonly ask?: Partial<AskNote>;
  readonly call?: Partial<CallNote> | null;
  readonly history?: Partial<Omit<History, 'tables'>> & { readonly nowMs?: number };
}

export function changed(
  history: History,
  { row, response, log, ask, call, history: rest }: Changes,
): History {
  const { tables } = history;
  const isAsAnswered = row === undefined && response === undefined && log === undefined;
  const { nowMs = tables.nowMs, ...parts } = rest ?? {};
  const calls = withChange(history.calls, call);
  return {
    ...history,
    tables: {
      nowMs,
      requests: withChange(tables.requests, row),
      responses: withChange(tables.responses, response),
      log: log?.map(toEvent) ?? tables.log,
    },
    asks: withChange(history.asks, ask ?? (isAsAnswered ? {} : ONLY_ACCEPTED)),
    // A claim for each call.
    calls:
      log === undefined ? calls : calls.slice(0, log.filter((event) => event.startsWith('claimed')).length),
    ...parts,
  };
}

function withChange<Value extends object>(
  values: readonly Value[],
  change: Partial<Value> | null | undefined,
): readonly Value[] {
  if (change === null) return [];
  return values.map((value) => ({ ...value, ...change }));
}

function toEvent(words: string, index: number): StoredEvent {
  const [, event = '', worker = 'w1', attempt = '1'] =
    /^(\w+)(?: by (\w+))?(?: \((\d+)\))?$/.exec(words) ?? [];
  const isBySweep = event === 'expired';
  const atMs = index + 1;
  return {
    ...{ id: atMs, requestId: 7, atMs },
    event: isBySweep ? 'timeout' : event,
    worker: isBySweep || event === 'cancelled' ? null : worker,
    attempt: Number(attempt),
    errorCode: null,
  };
}
