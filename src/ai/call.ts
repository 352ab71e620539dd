import { endpointFault } from '../base/endpoint.ts';
import { AiIpcError, type RequestError } from '../base/errors.ts';
import { headerFault } from './header-list.ts';

export interface AiCall {
  readonly method: 'GET' | 'POST';
  /** A path below the base URL, such as /api/v1/npc/dialogue; it may have a query. */
  readonly endpoint: string;
  /** JSON text; not sent with GET. */
  readonly body: string | null;
  /** Added to the client's own headers; the same name replaces one of them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Over everything: connecting, waiting and reading. */
  readonly timeoutMs: number;
  /**
   * This call's own: Node warns of a leak when more than ten calls listen to one. (Making one for each call costs 6 µs
   * of CPU on Node 20, beside 18 µs for the rest of the call.)
   */
  readonly signal: AbortSignal;
  /** Asked just before it is sent, once the connection stands; false ends the call as aborted. */
  readonly mayBegin?: () => boolean;
  /** Told when the connection stands, and it is sent. */
  readonly onSent?: () => void;
}

/** Why a call cannot be made as it stands. */
export function callError(call: AiCall): RequestError | undefined {
  // The worker has checked it already; this is the second lock, before it becomes the path of a request.
  if (endpointFault(call.endpoint) !== undefined) {
    const endpoint = JSON.stringify(call.endpoint.slice(0, 80));
    return {
      code: 'bad_endpoint',
      message: `The endpoint ${endpoint} is not a path on the AI service. Give one such as /api/v1/npc/dialogue.`,
    };
  }
  for (const [name, value] of Object.entries(call.headers)) {
    const fault = headerFault(name, value);
    if (fault !== undefined) {
      return {
        code: 'bad_argument',
        message: `The header ${JSON.stringify(name.slice(0, 80))} of this call ${fault}.`,
      };
    }
  }
  return undefined;
}

/** Throws AiIpcError bad_settings for a header of the settings that cannot be sent. */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const fault = headerFault(name, value);
    if (fault !== undefined) {
      const message = `In ai_service_headers, ${JSON.stringify(name)} ${fault}.`;
      throw new AiIpcError('bad_settings', message);
    }
  }
}

/** A call as messages name it: without its query, which may hold a key. */
export function callName({ method, endpoint }: AiCall): string {
  const [path = ''] = endpoint.split('?', 1);
  return `${method} ${path.length > 80 ? `${path.slice(0, 80)}…` : path}`;
}
