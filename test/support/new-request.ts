import type { NewRequest } from '../../src/queue/request.ts';

/** A request as a plain script makes it. */
export function newRequest(changes: Partial<NewRequest> = {}): NewRequest {
  return {
    type: 'dialogue',
    endpoint: '/api/v1/npc/dialogue',
    data: '{"message":"Hello AI","npc_id":123}',
    priority: 5,
    timeoutSeconds: 30,
    sourceNpc: null,
    sourceMap: null,
    ...changes,
  };
}
