import type { z } from 'zod';
import type { Trace } from '../../base/tracing.ts';
import type { Speakers } from '../../mind/talk/mind.ts';
import type { Answer, RequestName } from '../base/contract.ts';
import type { Deadline } from '../base/deadline.ts';
import type { CueParts } from '../dialogue/cues.ts';
import type { UnknownNpcs } from '../dialogue/unknown-npcs.ts';
import type { NpcMemory } from '../memory/memory.ts';
import type { SpokenTurn } from '../memory/recollecting.ts';
import type { Refusal } from './http-error.ts';

/** What the NPC endpoints answer from. */
export interface EndpointParts extends CueParts {
  /** null while there is no database. */
  readonly memory: () => NpcMemory | null;
  readonly unknownNpcs: UnknownNpcs;
}

/** An answer with status 200, and what is remembered of it when it is delivered. */
export interface Answered {
  readonly body: Answer<RequestName>;
  readonly personaId: string;
  readonly said: Omit<SpokenTurn, 'key'> | null;
}

/** One call of an endpoint, besides its body. */
export interface EndpointCall {
  readonly request: Request;
  readonly deadline: Deadline;
  /** So long the caller waits. */
  readonly deadlineMs: number;
  readonly priority: number;
  /** What the answer is a part of; undefined where nobody traces. */
  readonly trace: Trace | undefined;
  readonly parts: EndpointParts;
}

/** Makes an answer of a body. Throws AiIpcError model_failed or model_timeout where nobody answers. */
export type Endpoint = (json: unknown, call: EndpointCall) => Promise<Answered | Refusal>;

export type WithIds = z.ZodType<{ npc_id: string | number | null; player_id: string | number | null }>;
/** What an endpoint makes of a body whose fields are right. */
export type Handle<Body> = (
  body: Body,
  speakers: Speakers,
  call: EndpointCall,
) => Promise<Omit<Answered, 'personaId'> | Refusal>;
