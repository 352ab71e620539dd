/** The package's entry point: `import { AiIpc } from 'ai-ipc'`. */
export { AiIpcError, ERRORS, type ErrorCode, type RequestError } from '../base/errors.ts';
export {
  AI_REQ_CANCELLED,
  AI_REQ_COMPLETED,
  AI_REQ_FAILED,
  AI_REQ_NOT_FOUND,
  AI_REQ_PENDING,
  AI_REQ_PROCESSING,
  AI_REQ_TIMEOUT,
  type RequestStatus,
  type RequestView,
} from '../queue/request.ts';
export { AiIpc } from './ai-ipc.ts';
export type { AskResult } from './ask-result.ts';
export type { ClientOptions } from './client-options.ts';
export type { DatabaseOptions, MariadbOptions, SqliteOptions } from './database-options.ts';
export type { AskOptions, RequestInput, RequestOptions, WaitOptions } from './request-input.ts';
