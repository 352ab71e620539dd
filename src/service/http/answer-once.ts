import { createHash } from 'node:crypto';
import type { Audiences } from './audiences.ts';
import { type JsonBody, parseJson } from './body.ts';
import { sourceNpcOf } from './call-headers.ts';
import type { Answered, Endpoint, EndpointCall } from './endpoint.ts';
import { isRefusal, type Refusal } from './http-error.ts';
import type { Idempotency } from './idempotency.ts';

/** What is known of the answers to calls with a key. */
export interface OncePerKey {
  readonly idempotency: Idempotency<Answered | Refusal>;
  readonly audiences: Audiences;
}

interface Once extends OncePerKey {
  readonly key: string | null;
  /** The whole body. */
  readonly bytes: Uint8Array;
  readonly endpoint: Endpoint;
  /** Aborted when this caller waits no longer. */
  readonly left: AbortSignal;
}

/**
 * The same key with the same body gets the same answer, also while the first one is still in the making. What nobody waits
 * for any more is not made to its end.
 */
export async function answerOnce(
  call: EndpointCall,
  { key, bytes, endpoint, left, idempotency, audiences }: Once,
): Promise<Answered | Refusal> {
  const read = parseJson(bytes);
  if (isRefusal(read)) return read;
  const make = () => endpoint(read.json, call);
  const { deadline } = call;
  if (key === null) {
    left.addEventListener('abort', () => deadline.giveUp(), { once: true });
    return await make();
  }
  audiences.enter(key, left);
  return await idempotency.run(key, fingerprintOf(call.request, read), () =>
    audiences.make(key, { make, giveUp: () => deadline.giveUp() }),
  );
}

/** What makes two requests the same: where they go, for which NPC, and every byte of the body. */
function fingerprintOf(request: Request, { bytes }: JsonBody): string {
  const { pathname } = new URL(request.url);
  return createHash('sha256')
    .update(JSON.stringify([pathname, sourceNpcOf(request)]))
    .update(bytes)
    .digest('base64');
}
