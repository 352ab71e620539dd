import type { RequestError } from '../base/errors.ts';
import type { SqlValue, Write } from '../database/database.ts';
import type { Outcome, SettledAttempt } from '../queue/outcome.ts';
import type { LastCall } from './last-call.ts';
import { type LogEvent, logRow } from './log-rows.ts';
import type { Statements } from './statements.ts';

const EXPIRED_MEANWHILE: RequestError = {
  code: 'expired',
  message:
    'The answer came after the life of the request had ended. Raise its timeout if the AI service needs longer.',
};

/** What is to be written for one transaction's outcomes, by kind of statement. */
export interface SettlePlan {
  readonly completedIds: number[];
  readonly ended: (readonly SqlValue[])[];
  readonly retried: (readonly SqlValue[])[];
  readonly responses: (readonly SqlValue[])[];
  readonly logs: (readonly SqlValue[])[];
}

export function emptyPlan(): SettlePlan {
  return { completedIds: [], ended: [], retried: [], responses: [], logs: [] };
}

interface RowState {
  readonly isAlive: boolean;
  /** Of an attempt before this one, for one that ends without a call. */
  readonly lastCall: LastCall;
}

/** Adds what this outcome writes. What ends after its life is a timeout, whatever the answer. */
export function planOutcome(
  plan: SettlePlan,
  workerId: string,
  attempt: SettledAttempt,
  { isAlive, lastCall }: RowState,
): void {
  const outcome: Outcome = isAlive ? attempt.outcome : asTimeout(attempt.outcome);
  const error = errorOf(outcome);
  const { unreadableLogRow } = lastCall;
  const details = { ...logDetails(workerId, attempt, error), unreadableLogRow };
  plan.logs.push(logRow(attempt.id, LOG_EVENT[outcome.kind], details));
  switch (outcome.kind) {
    case 'completed':
      plan.completedIds.push(attempt.id);
      plan.responses.push([attempt.id, outcome.answer, null, attempt.durationMs]);
      return;
    case 'failed':
    case 'timeout':
      plan.ended.push([outcome.kind, outcome.error.code, attempt.id]);
      plan.responses.push([attempt.id, null, outcome.error.message, attempt.durationMs ?? lastCall.ms]);
      return;
    case 'retry':
      plan.retried.push([
        Number(outcome.isAttemptGivenBack),
        outcome.delayMs / 1000,
        outcome.error.code,
        attempt.id,
      ]);
      return;
  }
}

/**
 * The statements of a plan; one without rows is not sent. What completes comes last, right before the COMMIT: until then it
 * looks whether the requests still live.
 */
export function writesOf(plan: SettlePlan, statements: Statements): Write[] {
  const { completedIds, ended, retried, responses, logs } = plan;
  return [
    { sql: statements.end, rows: ended },
    { sql: statements.retry, rows: retried },
    { sql: statements.insertResponse, rows: responses },
    { sql: statements.insertLog, rows: logs },
    ...(completedIds.length > 0 ? [{ sql: statements.complete, values: [completedIds] }] : []),
  ];
}

/** The log row of an outcome that lost its claim. */
export function droppedRow(workerId: string, attempt: SettledAttempt): readonly SqlValue[] {
  return logRow(attempt.id, 'dropped', logDetails(workerId, attempt, errorOf(attempt.outcome)));
}

const LOG_EVENT: Readonly<Record<Outcome['kind'], LogEvent>> = {
  completed: 'completed',
  failed: 'failed',
  timeout: 'timeout',
  retry: 'retried',
};

/** A failure keeps its reason: it tells more than that it came late. */
function asTimeout(outcome: Outcome): Outcome {
  return { kind: 'timeout', error: outcome.kind === 'completed' ? EXPIRED_MEANWHILE : outcome.error };
}

function errorOf(outcome: Outcome): RequestError | undefined {
  return outcome.kind === 'completed' ? undefined : outcome.error;
}

function logDetails(workerId: string, attempt: SettledAttempt, error: RequestError | undefined) {
  return {
    worker: workerId,
    attempt: attempt.attempt,
    errorCode: error?.code ?? null,
    ms: attempt.durationMs,
  };
}
