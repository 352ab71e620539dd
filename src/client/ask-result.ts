import { AiIpcError, ERRORS, type ErrorCode, type RequestError } from '../base/errors.ts';
import type { RequestStatus, RequestView } from '../queue/request.ts';

/** What {@link AiIpc.ask} gives, whatever happened; `Answer` is what the AI service promises, and is not checked. */
export interface AskResult<Answer = unknown> {
  /** The request's id; -1 when it could not be inserted. */
  readonly id: number;
  readonly status: RequestStatus;
  /** What there is to show: the answer's text, response or message, or the answer itself if it is a string; else ''. */
  readonly text: string;
  /** The whole answer, parsed; null without one. */
  readonly json: Answer | null;
  /** Why there is no answer; null when there is one. */
  readonly error: RequestError | null;
}

/** A request's end as an AskResult. */
export function askResultOf<Answer = unknown>(view: RequestView): AskResult<Answer> {
  return {
    id: view.id,
    status: view.status,
    ...answerIn<Answer>(view.responseData ?? 'null'),
    error: errorIn(view),
  };
}

/** Our worker stores JSON alone; rows of an old client or of SQL may hold any text, which is then shown as it is. */
function answerIn<Answer>(responseData: string): Pick<AskResult<Answer>, 'text' | 'json'> {
  try {
    const json: unknown = JSON.parse(responseData);
    return { text: textIn(json), json: json as Answer };
  } catch {
    return { text: responseData, json: null };
  }
}

/** A failure before or beside the request's own end. */
export function askFailure(id: number, status: RequestStatus, error: RequestError): AskResult<never> {
  return { id, status, text: '', json: null, error };
}

const TEXT_FIELDS = ['text', 'response', 'message'] as const;

function textIn(json: unknown): string {
  if (typeof json === 'string') return json;
  if (typeof json !== 'object' || json === null) return '';
  const fields = json as Readonly<Record<string, unknown>>;
  const text = TEXT_FIELDS.map((field) => fields[field]).find((value) => typeof value === 'string');
  return typeof text === 'string' ? text : '';
}

/** Our worker writes a response with each completed; a row that SQL changed or deleted is no answer. */
const RESPONSE_GONE: RequestError = {
  code: 'answer_empty',
  message: 'The request is completed, but its row in ai_responses was deleted or holds NULL. Ask again.',
};

function errorIn({ status, responseData, errorCode, errorMessage }: RequestView): RequestError | null {
  if (status === 'completed') return responseData === null ? RESPONSE_GONE : null;
  if (status === 'cancelled') return { code: 'aborted', message: 'The request was cancelled.' };
  return {
    code: isErrorCode(errorCode) ? errorCode : 'expired',
    message: errorMessage ?? `The request ended as ${status}.`,
  };
}

function isErrorCode(code: string | null): code is ErrorCode {
  return code !== null && Object.hasOwn(ERRORS, code);
}

/** What was thrown, as the reason why there is no answer. */
export function requestErrorOf(error: unknown): RequestError {
  if (error instanceof AiIpcError) return { code: error.code, message: error.message };
  return { code: 'database_failed', message: String(error) };
}
