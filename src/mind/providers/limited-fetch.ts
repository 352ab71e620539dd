import { AiIpcError } from '../../base/errors.ts';

/**
 * A fetch that reads the body before it returns, and no more of it than `maxBytes` after decompression; what is longer
 * is cut off with AiIpcError model_failed. So the caller's timeout covers the body too. Redirects are not followed: the
 * key and what players say go to the address that was set and to no other.
 */
export function createLimitedFetch(maxBytes: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' });
    const body = await readAtMost(response, maxBytes);
    const headers = new Headers(response.headers);
    // They spoke of the bytes on the wire.
    headers.delete('content-encoding');
    headers.delete('content-length');
    // A Response of our own cannot have 1xx, and 204, 205 and 304 must have no body.
    return new Response(body.byteLength === 0 ? null : body, { status: response.status, headers });
  };
}

async function readAtMost(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop closes the connection: what is still to come is not read.
    if (bytes > maxBytes) throw tooLong(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLong(maxBytes: number): AiIpcError {
  return new AiIpcError(
    'model_failed',
    `The model server answered with more than ${maxBytes} bytes; the rest was not read. Check AI_PROVIDER_URL: a model's answer has a few thousand.`,
  );
}
