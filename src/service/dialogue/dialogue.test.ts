import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { type ModelStub, startModelStub } from '../../../test/support/model-stub.ts';
import { systemClock } from '../../base/clock.ts';
import { createProfanityFilter, NO_FILTER } from '../../mind/answer/profanity.ts';
import { createOfflineMind } from '../../mind/brain/offline-mind.ts';
import { MEMORY_LIMITS } from '../../mind/memory/memory-limits.ts';
import { createModelMind } from '../../mind/model/model-mind.ts';
import { loadPersonas } from '../../mind/persona/persona-book.ts';
import { REQUESTS } from '../base/contract.ts';
import { createDeadlines } from '../base/deadline.ts';
import { Health } from '../base/health.ts';
import { createPlayerLimits } from '../limits/player-limits.ts';
import { createRecollecting } from '../memory/recollecting.ts';
import { type DialogueParts, leadDialogue } from './dialogue.ts';

const personas = await loadPersonas();
const clock = systemClock;
const logger = pino({ level: 'silent' });

function partsWith(changes: Partial<DialogueParts>): DialogueParts {
  return {
    mind: createOfflineMind(personas),
    recollecting: createRecollecting({ memory: () => null, health: new Health(clock), logger, clock }),
    limits: createPlayerLimits({
      npcSwitch: () => null,
      ledger: () => null,
      clock,
      logger,
      cooldownMs: 0,
      dailyTokens: 0,
    }),
    profanityFilter: NO_FILTER,
    maxCharacters: 400,
    clock,
    ...changes,
  };
}

async function lead(message: string, changes: Partial<DialogueParts> = {}) {
  const deadline = createDeadlines({ clock, stopped: new AbortController().signal }).start(10_000);
  try {
    const body = REQUESTS.dialogue.parse({ player_id: 7, message });
    const speakers = { persona: personas.find(null), npcId: null, playerId: 7 };
    return await leadDialogue({ body, speakers, deadline }, partsWith(changes));
  } finally {
    deadline.end();
  }
}

describe('leadDialogue', () => {
  it('keeps of a megabyte no more than an NPC can remember: 100,000 answers wait with it to be asked for again', async () => {
    const { said } = await lead('😀'.repeat(250_000));
    expect([...(said?.turn.said ?? '')]).toHaveLength(MEMORY_LIMITS.charactersPerTurn);
  });

  it('hides bad words in what an NPC does, too', async () => {
    const stub: ModelStub = await startModelStub();
    try {
      stub.write(JSON.stringify({ text: 'Damn you.', emotion: 'angry', action: 'kicks the damn door' }));
      const mind = createModelMind({
        baseUrl: stub.url,
        apiKey: null,
        model: 'a',
        timeoutMs: 10_000,
      });
      const { answer } = await lead('Hello', { mind, profanityFilter: createProfanityFilter(['damn']) });
      expect(answer).toMatchObject({ text: 'D*** you.', action: 'kicks the d*** door' });
    } finally {
      await stub.close();
    }
  });
});
