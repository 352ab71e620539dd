import { AiIpcError } from '../base/errors.ts';

/** An error as fields of a log line: our own say all in one sentence, others need their stack. */
export function errorFields(error: unknown): { readonly error: string } | { readonly err: unknown } {
  return error instanceof AiIpcError ? { error: error.message } : { err: error };
}
