import type { Context, Hono } from 'hono';
import { AiIpcError } from '../../base/errors.ts';
import type { PersonaBook } from '../../mind/persona/persona-book.ts';
import { type Answer, MAX_ID_CHARACTERS } from '../base/contract.ts';
import type { Deadlines } from '../base/deadline.ts';
import { rememberingNpcOf } from '../dialogue/speakers.ts';
import type { MemoryOwner, NpcMemory } from '../memory/memory.ts';
import type { Recollecting } from '../memory/recollecting.ts';
import { deadlineMsOf, isForRequest } from './call-headers.ts';
import type { ServerEnv } from './delivery.ts';
import { type Refusal, refuse, toErrorResponse, toJsonResponse } from './http-error.ts';
import { NO_MEMORY, NOT_FOR_REQUESTS, refusalOfMemory } from './memory-refusal.ts';

export interface MemoryRouteParts {
  readonly personas: PersonaBook;
  readonly recollecting: Recollecting;
  /** null while there is no database. */
  readonly memory: () => NpcMemory | null;
  /** Whether calls that a worker makes for requests of the queue may read it, too. */
  readonly memoryForRequests: boolean;
  readonly deadlines: Deadlines;
  /** For callers that send no X-Deadline-Ms. */
  readonly defaultDeadlineMs: number;
}

const PATH = '/api/v1/npc/:npc_id/memory';

/** Adds what an NPC remembers of a player, to read and to forget. */
export function addMemoryRoutes(app: Hono<ServerEnv>, parts: MemoryRouteParts): void {
  app.get(PATH, (context) =>
    withMemory(context, parts, async ({ memory, owner, npcId }): Promise<Answer<'memory'>> => {
      const { summary, facts, turns } = await memory.recall(owner);
      return {
        npc_id: npcId,
        player_id: owner.playerId,
        summary,
        facts: [...facts],
        turns: turns.map(({ said, answered }) => ({ said, answered })),
      };
    }),
  );
  app.delete(PATH, (context) =>
    withMemory(context, parts, async ({ memory, owner, npcId }): Promise<Answer<'forgotten'>> => {
      const forgotten = await memory.forget(owner);
      return { npc_id: npcId, player_id: owner.playerId, forgotten };
    }),
  );
}

interface Asked {
  readonly memory: NpcMemory;
  readonly owner: MemoryOwner;
  /** As the path names the NPC. */
  readonly npcId: string;
}

async function withMemory(
  { req }: Context<ServerEnv>,
  {
    personas,
    memory: present,
    memoryForRequests,
    recollecting,
    deadlines,
    defaultDeadlineMs,
  }: MemoryRouteParts,
  work: (asked: Asked) => Promise<object>,
): Promise<Response> {
  if (isForRequest(req.raw) && !memoryForRequests)
    return toErrorResponse(refuse('forbidden', NOT_FOR_REQUESTS));
  const npcId = req.param('npc_id') ?? '';
  const playerId = req.query('player_id') ?? '';
  const wrong = checkId('npc_id', npcId) ?? checkId('player_id', playerId);
  if (wrong !== undefined) return toErrorResponse(wrong);
  const memory = present();
  if (memory === null) return toErrorResponse(refuse('unavailable', NO_MEMORY));
  const deadlineMs = deadlineMsOf(req.raw, defaultDeadlineMs);
  if (typeof deadlineMs !== 'number') return toErrorResponse(deadlineMs);
  const owner = { npcId: rememberingNpcOf({ persona: personas.find(npcId), npcId }), playerId };
  const deadline = deadlines.start(deadlineMs);
  try {
    const done = recollecting.caughtUp(owner).then(() => work({ memory, owner, npcId }));
    return toJsonResponse(await deadline.hold(done));
  } catch (error) {
    const refusal = error instanceof AiIpcError ? refusalOfMemory(error, deadlineMs) : undefined;
    // A table that is gone and the like: trying again is no help, and the log must tell an admin.
    if (refusal === undefined) throw error;
    return toErrorResponse(refusal);
  } finally {
    deadline.end();
  }
}

function checkId(name: string, value: string): Refusal | undefined {
  if (value.length > 0 && value.length <= MAX_ID_CHARACTERS) return undefined;
  const found = value === '' ? 'missing' : `${value.length} characters long`;
  return refuse(
    'bad_field',
    `The field ${name} must be a text of 1 to ${MAX_ID_CHARACTERS} characters; it was ${found}.`,
  );
}
