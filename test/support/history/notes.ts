import type { RequestStatus } from '../../../src/queue/request.ts';

/** One word that a client was told of one request. */
export type Told =
  | { readonly kind: 'accepted'; readonly id: number }
  /** It was not, or nobody knows: which of both, its message says. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'status'; readonly status: RequestStatus | 'none' }
  /** The answer's JSON; '' where there was none. */
  | { readonly kind: 'response'; readonly text: string }
  | { readonly kind: 'cancel'; readonly isCancelled: boolean }
  /** What `ask` gave. `answer` is the JSON of `json`. */
  | {
      readonly kind: 'end';
      readonly id: number;
      readonly status: RequestStatus;
      readonly answer: string | null;
      readonly code: string | null;
      readonly message: string | null;
    }
  /** What an aborted `ask` threw. */
  | { readonly kind: 'aborted'; readonly message: string }
  /** A status, response or cancel that failed: nothing was told. */
  | { readonly kind: 'trouble'; readonly of: string; readonly code: string; readonly message: string };

/** What a client asked, and all that it was told of it, in order. */
export interface AskNote {
  /** Stands in the request's data, and in no other request's. The AI stub gives it back in its answer. */
  readonly token: string;
  readonly lifeSeconds: number;
  /** Milliseconds since 1970. */
  readonly askedAtMs: number;
  readonly told: readonly Told[];
}

/** A call that the AI stub received, and what it answered. */
export interface CallNote {
  readonly token: string;
  readonly key: string;
  readonly attempt: number;
  /** Of all answers, this one's number; null where it gave none that is good. */
  readonly answerNo: number | null;
  /** When it had come, in milliseconds since 1970. */
  readonly atMs: number;
}

/** What a program of the run held when it had nothing to do. */
export interface Resources {
  readonly files: number;
  readonly sockets: number;
  readonly residentBytes: number;
}

/** A worker or a client program. */
export interface ProgramNote {
  /** The worker's id, or the client's name. */
  readonly name: string;
  /**
   * running: it still does. killed: by the run. stoppedAtMs (since 1970): it was asked to end, and ended in order with
   * everything written. unasked: an end that nobody asked for, in words.
   */
  readonly end: 'running' | 'killed' | { readonly stoppedAtMs: number } | { readonly unasked: string };
  /** After its first requests, and after its last ones. */
  readonly resting?: { readonly before: Resources; readonly after: Resources };
}

/** A time in which nobody could keep the limits: the database was away, or held by somebody. By the database's clock. */
export interface Hindrance {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Requests that lived while a clock was stepped: what their times say means nothing. Ids, both included. */
export interface ClockStep {
  readonly fromId: number;
  readonly untilId: number;
}
