import type { HideSecrets } from '../base/hide-secrets.ts';
import type { AiResult } from './ai-result.ts';
import type { ReceivedResponse } from './judge-response.ts';

/** A service that refuses a key may repeat it, and its words are stored and logged. */
export function withoutSecrets(result: AiResult, hide: HideSecrets): AiResult {
  if (!('error' in result)) return result;
  return { ...result, error: { ...result.error, message: hide(result.error.message) } };
}

/** Before the words of an error are cut short, and a key in their middle with them. Bytes as they came: Latin 1 has all. */
export function bodyWithoutSecrets(response: ReceivedResponse, hide: HideSecrets): ReceivedResponse {
  const { status, body } = response;
  if (status < 400 || body === undefined) return response;
  return { ...response, body: Buffer.from(hide(body.toString('latin1')), 'latin1') };
}
