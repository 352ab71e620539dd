import type { Clock } from '../../base/clock.ts';
import { AiIpcError, errorFields } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { within } from '../../base/within.ts';
import { NOTHING, type Recollection, type Turn } from '../../mind/talk/recollection.ts';
import type { Deadline } from '../base/deadline.ts';
import type { Health } from '../base/health.ts';
import type { KnownOwner, MemoryOwner, NpcMemory } from './memory.ts';
import { REST_MS, Rest } from './rest.ts';

/** A memory that takes longer than this is left out of an answer: a look takes a millisecond or two. */
const RECALL_LIMIT_MS = 1_000;
/** The memory gets this part of what is left of the deadline; the rest is the model's. */
const RECALL_PART = 0.25;
/** Of a turn: a restart of the database, or a crowd that has all connections. */
const MOST_TRIES = 3;
/** Turns that wait to be remembered, of all players; beyond it the database is clearly not keeping up. */
const MAX_WAITING = 2_000;

/** A turn that was spoken, and is remembered once it is delivered. */
export interface SpokenTurn {
  readonly owner: MemoryOwner;
  readonly turn: Turn;
  /** The request's Idempotency-Key, so that an answer that is sent again is remembered once. */
  readonly key: string | null;
}

/** The memory as dialogues use it: its troubles never reach an answer. */
export interface Recollecting {
  /** What the NPC knows, and of older talks what bears on `about`; nothing where the memory cannot tell in time. */
  recall(owner: KnownOwner, deadline: Deadline, about?: string): Promise<Recollection>;
  /** Remembers a turn when `delivered` tells that its answer was sent. The next recall of its owner waits for it. */
  rememberOnce(spoken: SpokenTurn, delivered: Promise<boolean>): void;
  /** Resolves when every turn of this owner that was delivered before is remembered. */
  caughtUp(owner: MemoryOwner): Promise<void>;
  /** Resolves when nothing waits to be remembered any more. */
  settled(): Promise<void>;
}

export interface RecollectingParts {
  /** null while there is no database. */
  readonly memory: () => NpcMemory | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: Health;
}

export function createRecollecting(parts: RecollectingParts): Recollecting {
  const rest = new Rest(parts);
  /** The last turn of each owner that is not remembered yet. */
  const waiting = new Map<string, Promise<void>>();
  let waitingCount = 0;

  async function recall(owner: KnownOwner, about?: string): Promise<Recollection> {
    const memory = parts.memory();
    if (memory === null || rest.isOn()) return NOTHING;
    await waiting.get(keyOf(owner));
    return (await rest.watch(() => memory.recall(owner, about), 'recall')) ?? NOTHING;
  }

  async function remember({ owner, turn, key }: SpokenTurn): Promise<void> {
    const memory = parts.memory();
    if (memory === null) return;
    // Tried also while the database rests, and again after that: nobody waits for it, and it would be lost.
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      await rest.watch(() => memory.remember(owner, turn, key), 'remember');
      // Without a key it would be remembered twice where only the word of its COMMIT was lost.
      if (!rest.isOn() || key === null) return;
      await parts.clock.sleep(REST_MS.away);
    }
  }

  /** Never rejects: nobody waits for it but who is next, and that one goes on in any case. */
  async function rememberAfter(
    before: Promise<void> | undefined,
    spoken: SpokenTurn,
    delivered: Promise<boolean>,
  ): Promise<void> {
    try {
      await before;
      if (await delivered) await remember(spoken);
    } catch (error) {
      parts.logger.error({ ...errorFields(error), part: 'remember' }, 'NPC memory failed');
    }
  }

  return {
    async recall(owner, deadline, about) {
      const limitMs = Math.min(RECALL_LIMIT_MS, deadline.leftMs() * RECALL_PART);
      const found = await within(recall(owner, about), {
        ...{ ms: limitMs, clock: parts.clock },
        late: () => undefined,
      });
      // Where an earlier turn is still on its way, it need not be the database that is slow.
      if (found === undefined && !waiting.has(keyOf(owner))) rest.begin(slow(limitMs), REST_MS.slow);
      return found ?? NOTHING;
    },
    rememberOnce(spoken, delivered) {
      if (waitingCount >= MAX_WAITING) {
        parts.health.noteMemory(tooMany());
        return;
      }
      const id = keyOf(spoken.owner);
      const before = waiting.get(id);
      waitingCount++;
      const done: Promise<void> = rememberAfter(before, spoken, delivered).then(() => {
        waitingCount--;
        if (waiting.get(id) === done) waiting.delete(id);
      });
      waiting.set(id, done);
    },
    async caughtUp(owner) {
      await waiting.get(keyOf(owner));
    },
    async settled() {
      await Promise.all(waiting.values());
    },
  };
}

function keyOf({ npcId, playerId }: KnownOwner): string {
  return JSON.stringify([npcId, playerId]);
}

function slow(limitMs: number): AiIpcError {
  return new AiIpcError(
    'database_unavailable',
    `The memory did not answer within ${Math.round(limitMs)} ms.`,
  );
}

function tooMany(): AiIpcError {
  return new AiIpcError('database_unavailable', `${MAX_WAITING} talks wait to be remembered already.`);
}
