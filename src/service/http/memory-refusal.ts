import { type AiIpcError, type ErrorCode, messageOf } from '../../base/errors.ts';
import { type HttpErrorCode, type Refusal, refuse } from './http-error.ts';

/** What the caller can mend, or wait for. */
const REFUSED: ReadonlyMap<ErrorCode, HttpErrorCode> = new Map([
  ['bad_argument', 'bad_field'],
  ['database_unavailable', 'unavailable'],
]);

export const NO_MEMORY = 'NPCs remember nothing now: the AI service has no database. Its log tells why.';

/** Who may insert a request may have no right to read ai_npc_memory. */
export const NOT_FOR_REQUESTS =
  'What NPCs remember of players is no answer for requests of the queue, which each of its users reads. If they may, set AI_MEMORY_FOR_REQUESTS=true for the AI service.';

/** What a caller of the memory is told; undefined where trying again is no help, and the log must tell an admin. */
export function refusalOfMemory(error: AiIpcError, deadlineMs: number): Refusal | undefined {
  // Only the deadline times out here: a database that hangs holds nobody for longer than he waits.
  if (error.code === 'model_timeout') return refuse('unavailable', tooSlow(deadlineMs));
  const code = REFUSED.get(error.code);
  return code === undefined ? undefined : refuse(code, messageOf(error));
}

export function tooSlow(deadlineMs: number): string {
  return `The memory did not answer within ${Math.round(deadlineMs)} ms. Check the database, and try again.`;
}
