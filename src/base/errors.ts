/**
 * Every trouble that AI IPC reports has a code from this table, whether it is thrown (AiIpcError) or written to
 * `ai_requests.error_code`. docs/errors.md explains each one; a test fails when that page misses a code.
 *
 * `exit` is the process's exit code where the trouble ends a command: 78 (EX_CONFIG of sysexits.h) means that trying
 * again cannot help, and systemd does not restart the worker for it.
 */
export const ERRORS = {
  // What a client asked for cannot be accepted.
  bad_argument: { exit: 2 },
  bad_type: { exit: 1 },
  bad_endpoint: { exit: 1 },
  bad_json: { exit: 1 },
  data_too_large: { exit: 1 },
  bad_id: { exit: 1 },
  id_too_large: { exit: 1 },
  too_many_open: { exit: 1 },
  aborted: { exit: 1 },

  // A rAthena source tree cannot be installed into.
  rathena_unknown: { exit: 1 },
  rathena_conflict: { exit: 1 },

  // This machine cannot be set up as it is.
  setup_refused: { exit: 1 },

  // This database server is not to be measured now.
  bench_refused: { exit: 1 },

  // The settings or the database need an admin.
  bad_settings: { exit: 78 },
  database_denied: { exit: 78 },
  database_unknown: { exit: 78 },
  database_unsupported: { exit: 78 },
  schema_missing: { exit: 78 },
  schema_old: { exit: 78 },
  schema_new: { exit: 78 },
  persona_invalid: { exit: 78 },
  migrate_needs_yes: { exit: 78 },
  migrate_blocked: { exit: 1 },
  import_refused: { exit: 78 },
  import_differs: { exit: 1 },
  bad_export: { exit: 1 },

  // The world is in the way just now.
  database_unavailable: { exit: 1 },
  fate_unknown: { exit: 1 },
  database_failed: { exit: 1 },
  storage_failed: { exit: 1 },
  port_in_use: { exit: 1 },
  not_stopped: { exit: 1 },
  build_failed: { exit: 1 },
  model_failed: { exit: 1 },
  model_timeout: { exit: 1 },
  webhook_failed: { exit: 1 },

  // Why a request ended as failed or timeout, or is being retried.
  bad_status: {},
  expired: {},
  attempt_timeout: {},
  ai_unreachable: {},
  ai_unavailable: {},
  ai_rate_limited: {},
  ai_redirect: {},
  ai_client_error: {},
  ai_server_error: {},
  answer_empty: {},
  answer_not_json: {},
  answer_too_large: {},
  answer_cut: {},
  answer_refused: {},
  worker_lost: {},
  settle_failed: {},
} as const satisfies Record<string, { exit?: number }>;

/** One of the codes of {@link ERRORS}. */
export type ErrorCode = keyof typeof ERRORS;

/** A reason that is stored with a request: what a script reads when there is no answer. */
export interface RequestError {
  readonly code: ErrorCode;
  /** One or two sentences for a person: what happened, with which value, what to do. */
  readonly message: string;
}

/** The one error class of this package: `code` for programs, `message` for people, `cause` for the log. */
export class AiIpcError extends Error {
  readonly code: ErrorCode;
  /** Of fate_unknown: the requests of which nobody knows what became of them. */
  readonly requestIds: readonly number[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly requestIds?: readonly number[] } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'AiIpcError';
    this.code = code;
    this.requestIds = options.requestIds ?? [];
  }
}

/** The exit code of a command that ended with this error: 1 unless the table says otherwise. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof AiIpcError)) return 1;
  const entry: { exit?: number } = ERRORS[error.code];
  return entry.exit ?? 1;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error as fields of a log line: our own say all in one sentence, others need their stack. */
export function errorFields(error: unknown): { readonly error: string } | { readonly err: unknown } {
  return error instanceof AiIpcError ? { error: error.message } : { err: error };
}
