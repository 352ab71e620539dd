import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { type ModelStub, startModelStub } from '../../../test/support/model-stub.ts';
import { systemClock } from '../../base/clock.ts';
import { ANY_TEXT, createGameText } from '../../game-text/game-text.ts';
import { createProfanityFilter, NO_FILTER } from '../../mind/answer/profanity.ts';
import { createOfflineMind } from '../../mind/brain/offline-mind.ts';
import { MEMORY_LIMITS } from '../../mind/memory/memory-limits.ts';
import { createModelMind } from '../../mind/model/model-mind.ts';
import { loadPersonas } from '../../mind/persona/persona-book.ts';
import type { Mind } from '../../mind/talk/mind.ts';
import { ModelError } from '../../providers/model-error.ts';
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
    personas,
    profanityFilter: NO_FILTER,
    gameText: ANY_TEXT,
    maxCharacters: 400,
    clock,
    ...changes,
  };
}

async function lead(message: string, changes: Partial<DialogueParts> = {}) {
  const deadline = createDeadlines({ clock, stopped: new AbortController().signal }).start(120_000);
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

  it('answers with what the game clients can show, and remembers what was said', async () => {
    const stub: ModelStub = await startModelStub();
    try {
      stub.write(
        JSON.stringify({ text: 'Grüß dich — “Freund”…', emotion: 'happy', action: 'waves — twice' }),
      );
      const mind = createModelMind({ baseUrl: stub.url, apiKey: null, model: 'a', timeoutMs: 120_000 });
      const { answer, said } = await lead('Hello', { mind, gameText: await createGameText('tis620') });
      expect(answer).toMatchObject({ text: 'Gruss dich - "Freund"...', action: 'waves - twice' });
      expect(answer.response).toBe(answer.text);
      expect(said?.turn.answered).toBe('Grüß dich — “Freund”…');
    } finally {
      await stub.close();
    }
  });
  it.each([
    ['refused', { kind: 'message', reason: 'refused' }],
    ['refused', { kind: 'message', reason: 'too_long' }],
    ['loading', { kind: 'load', reason: 'loading' }],
  ] as const)(
    'says a canned line where the line was %s (%j), and remembers nothing',
    async (limited, trouble) => {
      const tokens = { prompt: 10, completion: 2 };
      const mind: Mind = {
        ...createOfflineMind(personas),
        speak: () => Promise.reject(new ModelError('model_failed', 'No.', { ...trouble, tokens })),
      };
      const { answer, said } = await lead('Hello', { mind });
      expect(answer).toMatchObject({ limited, provider: 'scripted', tokens });
      expect(personas.find(null).canned_lines).toContain(answer.text);
      expect(said).toBeNull();
    },
  );

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
