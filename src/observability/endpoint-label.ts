/** The endpoints of the AI service of this package, as its metrics and the worker's name them. */
export const KNOWN_ENDPOINTS: Readonly<Record<string, string>> = {
  '/api/v1/npc/dialogue': 'dialogue',
  '/api/v1/npc/decide': 'decide',
  '/api/v1/npc/decision': 'decide',
  '/api/v1/npc/emotion': 'emotion',
  '/api/v1/npc/options': 'options',
  '/api/v1/npc/shout': 'shout',
  '/api/v1/npc/scene': 'scene',
  '/api/v1/npc/facts': 'facts',
  '/api/v1/health': 'health',
};
const GENERAL_CALL = /^\/api\/v1\/async\/[^/]*$/;

/**
 * A path as a label. Whatever else a request may name is `other`: a path can hold the name of a player or an id, and each
 * would be a series of its own for ever.
 */
export function endpointLabel(endpoint: string): string {
  const [path = ''] = endpoint.split('?', 1);
  if (Object.hasOwn(KNOWN_ENDPOINTS, path)) return KNOWN_ENDPOINTS[path] ?? 'other';
  return GENERAL_CALL.test(path) ? 'async' : 'other';
}
