import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { noteDeadline } from '../../base/deadline-signal.ts';
import type { Completion } from '../../providers/completion.ts';
import { ModelError } from '../../providers/model-error.ts';
import { NO_TOKENS, type TokenCount } from '../../providers/token-count.ts';
import { recollect } from '../memory/fold.ts';
import { loadPersonas } from '../persona/persona-book.ts';
import type { PlayerLine } from '../talk/mind.ts';
import { NOTHING } from '../talk/recollection.ts';
import {
  ContextBudget,
  type ContextBudgetOptions,
  type ContextNotice,
  type Fitted,
} from './context-budget.ts';
import { estimateTokens } from './estimate.ts';
import { decidePrompt, speakPrompt, type Texts } from './prompt.ts';
import type { ServerFacts } from './server-facts.ts';

const persona = (await loadPersonas()).find('sage-of-prontera');
const turns = Array.from({ length: 20 }, (_, at) => ({
  said: `I ask for the ${at}th time.`,
  answered: 'Hm.',
}));
const LINE: PlayerLine = {
  ...{ persona, npcId: 'sage', playerId: 7, message: 'Hello', player: null, location: null, options: [] },
  ...{ language: 'en', maxCharacters: 400, recollection: recollect(turns) },
};
const PROMPT = speakPrompt(LINE);
const ASKED = { model: 'tiny', persona: 'sage', maxTokens: 500, signal: new AbortController().signal };
/** A server that counts one token for four characters: less than the estimate. */
const countOf = ({ system, user }: Texts) => Math.ceil((system.length + user.length) / 4);

/** A server that knows its context and its tokenizer as far as it is told to. */
function server({
  context = null,
  hasTokenizer = false,
}: {
  context?: number | null;
  hasTokenizer?: boolean;
}) {
  const asked: string[] = [];
  const facts: ServerFacts = {
    async contextOf() {
      asked.push('context');
      return context;
    },
    async countTokens(_, text) {
      asked.push('tokens');
      return hasTokenizer ? Math.ceil(text.length / 4) : null;
    },
  };
  return { asked, facts };
}

function budgetOf(facts: ServerFacts, more: Partial<ContextBudgetOptions> = {}) {
  const notices: ContextNotice[] = [];
  const clock = new FakeClock();
  const budget = new ContextBudget({
    ...{ contextTokens: null, facts, clock, onNotice: (notice) => notices.push(notice) },
    ...more,
  });
  const calls: Fitted[] = [];
  const call = async (fitted: Fitted) => {
    calls.push(fitted);
    return completionOf({ prompt: countOf(fitted.prompt), completion: 5 });
  };
  return { budget, notices, calls, call, clock };
}

function completionOf(usage: TokenCount): Completion {
  return { text: '{}', parts: [], reasoning: '', finishReason: 'stop', usage, timings: null };
}

const sizeOf = (texts: Texts) => estimateTokens(texts.system + texts.user);

describe('a prompt', () => {
  it('is sent as it is where nobody knows the context', async () => {
    const { budget, calls, call } = budgetOf(server({}).facts);
    await budget.complete(PROMPT, ASKED, call);
    expect(calls).toEqual([{ prompt: PROMPT, maxTokens: 500, context: null }]);
  });

  it.each([
    ['that was set', server({}).facts, { contextTokens: sizeOf(PROMPT) }],
    ['that the server tells', server({ context: sizeOf(PROMPT) }).facts, {}],
  ])('has less of what is remembered in a context %s', async (_, facts, more) => {
    const { budget, calls, call } = budgetOf(facts, more);
    await budget.lookUp('tiny');
    await budget.complete(PROMPT, ASKED, call);
    const [{ prompt, maxTokens }] = calls as [Fitted];
    expect(prompt.system).toBe(PROMPT.system);
    expect(prompt.user.length).toBeLessThan(PROMPT.user.length);
    expect(prompt.user).toContain('I ask for the 19th time.');
    expect(sizeOf(prompt) + maxTokens).toBeLessThanOrEqual(sizeOf(PROMPT));
  });

  it('is counted by the tokenizer of a server where the estimate does not fit, its fixed part once', async () => {
    const { facts, asked } = server({ context: sizeOf(PROMPT), hasTokenizer: true });
    const { budget, calls, call } = budgetOf(facts);
    await budget.lookUp('tiny');
    await budget.complete(PROMPT, ASKED, call);
    await budget.complete(speakPrompt({ ...LINE, message: 'Hello again' }), ASKED, call);
    expect(calls[0]?.prompt).toBe(PROMPT);
    expect(asked.slice(0, 3)).toEqual(['context', 'tokens', 'tokens']);
    expect(asked.length).toBeLessThanOrEqual(4);
  });

  it('is no longer measured by more than the server counts, once answers have shown it', async () => {
    const { facts } = server({ context: Math.ceil(countOf(PROMPT) * 1.2) + 230 });
    const { budget, calls, call } = budgetOf(facts);
    await budget.lookUp('tiny');
    for (let talk = 0; talk < 10; talk += 1) await budget.complete(PROMPT, ASKED, call);
    expect(calls[0]?.prompt.user.length).toBeLessThan(PROMPT.user.length);
    expect(calls.at(-1)?.prompt.user).toBe(PROMPT.user);
  });

  it('of a decision has less of the situation', async () => {
    const context = 'The orcs come. '.repeat(1_000);
    const prompt = decidePrompt({ ...LINE, context, actions: ['flee', 'fight'] });
    const { budget, calls, call } = budgetOf(server({ context: 2_000 }).facts);
    await budget.complete(prompt, ASKED, call);
    expect(calls[0]?.prompt.user.length).toBeLessThan(prompt.user.length / 2);
    expect(calls[0]?.prompt.user).toContain('fight');
  });

  it('of a persona that alone is too long is sent as short as can be, and the log says so once', async () => {
    const { budget, calls, call, notices } = budgetOf(server({ context: 512 }).facts);
    await budget.lookUp('tiny');
    for (let talk = 0; talk < 3; talk += 1) await budget.complete(PROMPT, ASKED, call);
    expect(calls[0]?.prompt.user).toBe(
      speakPrompt({ ...LINE, recollection: { ...NOTHING, turnsBefore: 20 } }).user,
    );
    expect(notices).toEqual([
      { level: 'info', message: expect.any(String), fields: { model: 'tiny', context_tokens: 512 } },
      {
        level: 'warn',
        message: 'A persona leaves no place in the context of the model',
        fields: { model: 'tiny', persona: 'sage', context_tokens: 512, prompt_tokens: expect.any(Number) },
      },
    ]);
  });
});

describe('a prompt that is too long all the same', () => {
  const tooLong = (contextTokens: number | null, promptTokens: number | null) =>
    new ModelError('model_failed', 'too long', {
      reason: 'too_long',
      sizes: { contextTokens, promptTokens },
    });

  it.each([
    ['tells both sizes', tooLong(900, 1_300)],
    ['tells the context', tooLong(900, null)],
    ['tells nothing', tooLong(null, null)],
  ])('is sent once more, and shorter, where the refusal %s', async (_, error) => {
    const { budget, calls, notices } = budgetOf(server({}).facts);
    const refuse = async (fitted: Fitted) => {
      calls.push(fitted);
      throw error;
    };
    await expect(budget.complete(PROMPT, ASKED, refuse)).rejects.toBe(error);
    expect(calls).toHaveLength(2);
    expect(calls[1]!.prompt.user.length).toBeLessThan(PROMPT.user.length);
    expect(notices.map(({ message }) => message)).toContain(
      'A prompt was longer than the context of the model, and is shortened',
    );
  });

  it('is shortened before the call from then on', async () => {
    const { budget, calls, call } = budgetOf(server({}).facts);
    let refusals = 0;
    const refuseOnce = async (fitted: Fitted) => {
      if (refusals++ === 0) throw tooLong(1_024, countOf(fitted.prompt));
      return await call(fitted);
    };
    for (let talk = 0; talk < 3; talk += 1) await budget.complete(PROMPT, ASKED, refuseOnce);
    expect(refusals).toBe(4);
    for (const { prompt } of calls) expect(prompt.user.length).toBeLessThan(PROMPT.user.length);
  });

  it('is not sent again where nothing is left to be shortened', async () => {
    const shortest = speakPrompt({ ...LINE, recollection: NOTHING });
    const { budget, calls } = budgetOf(server({}).facts);
    const error = tooLong(null, null);
    const refuse = async (fitted: Fitted) => {
      calls.push(fitted);
      throw error;
    };
    await expect(budget.complete(shortest, { ...ASKED, maxTokens: 50 }, refuse)).rejects.toBe(error);
    expect(calls).toHaveLength(1);
  });

  it('is no matter of any other error', async () => {
    const { budget, calls } = budgetOf(server({}).facts);
    const error = new ModelError('model_failed', 'away', { isOutage: true });
    const fail = async (fitted: Fitted) => {
      calls.push(fitted);
      throw error;
    };
    await expect(budget.complete(PROMPT, ASKED, fail)).rejects.toBe(error);
    expect(calls).toHaveLength(1);
  });
});

describe('a context that the slots of a server share', () => {
  const ROOMY = 4 * sizeOf(speakPrompt({ ...LINE, recollection: NOTHING })) + 1_600;

  it('has place for a part of the prompt, at once and in all talks from then on', async () => {
    const { facts } = server({ context: ROOMY });
    const { budget, calls, call, notices } = budgetOf(facts);
    await budget.lookUp('tiny');
    const sent: (Fitted | null)[] = [];
    for (let talk = 0; talk < 2; talk += 1) {
      await budget.complete(PROMPT, ASKED, async (fitted, { whenShared }) => {
        const shorter = await whenShared(4);
        sent.push(shorter);
        return await call(shorter ?? fitted);
      });
    }
    // The second one was short enough from the first.
    expect([sent[0]?.context, sent[1]]).toEqual([Math.floor(ROOMY / 4), null]);
    for (const { prompt, maxTokens } of calls) {
      expect(countOf(prompt) + maxTokens).toBeLessThanOrEqual(ROOMY / 4);
      expect(prompt.user).toContain('I ask for the 19th time.');
      expect(prompt.user.length).toBeLessThan(PROMPT.user.length);
    }
    expect(notices.map(({ message }) => message)).toEqual([
      'The context of the model is known',
      'The slots of the model server share one context',
    ]);
  });

  it('is known to a talk that waits for its turn meanwhile', async () => {
    const { budget, call } = budgetOf(server({ context: ROOMY }).facts);
    await budget.lookUp('tiny');
    let learn: () => void = () => undefined;
    const learnt = new Promise<void>((resolve) => {
      learn = resolve;
    });
    const waiting = budget.complete(PROMPT, ASKED, async (fitted, { atItsTurn }) => {
      await learnt;
      const now = await atItsTurn();
      expect(fitted.prompt).toBe(PROMPT);
      expect(now.context).toBe(Math.floor(ROOMY / 4));
      expect(now.prompt.user.length).toBeLessThan(PROMPT.user.length);
      return await call(now);
    });
    await budget.complete(PROMPT, ASKED, async (fitted, { whenShared }) => {
      await whenShared(4);
      learn();
      return await call(fitted);
    });
    await waiting;
  });

  it('is another one when the server tells another size', async () => {
    let context = ROOMY;
    const { budget, calls, call, clock } = budgetOf({
      ...server({}).facts,
      contextOf: async () => context,
    });
    await budget.lookUp('tiny');
    await budget.complete(PROMPT, ASKED, async (fitted, { whenShared }) => {
      await whenShared(4);
      return await call(fitted);
    });
    context = 2 * ROOMY;
    await clock.advance(600_000);
    await budget.lookUp('tiny');
    await budget.complete(PROMPT, ASKED, call);
    expect(calls.at(-1)).toMatchObject({ prompt: PROMPT, context });
  });

  it('is guessed where nobody tells its size', async () => {
    const { budget, calls, call } = budgetOf(server({}).facts);
    await budget.complete(PROMPT, ASKED, async (fitted, { whenShared }) => {
      return await call((await whenShared(4)) ?? fitted);
    });
    expect(calls[0]!.prompt.user.length).toBeLessThan(PROMPT.user.length);
  });
});

describe('the context of a model', () => {
  /** A server that tells its context when it is let. */
  function slowServer() {
    let asked = 0;
    let tell: (context: number | null) => void = () => undefined;
    const contextOf = () => {
      asked += 1;
      return new Promise<number | null>((resolve) => {
        tell = resolve;
      });
    };
    const facts = { ...server({}).facts, contextOf };
    return { facts, tell: (context: number | null) => tell(context), asked: () => asked };
  }

  const long = 'The orcs come. '.repeat(1_000);
  const LONG_PROMPT = decidePrompt({ ...LINE, context: long, actions: ['flee', 'fight'] });

  /** A talk whose deadline is so far away. */
  function askedWithin(ms: number, clock: FakeClock) {
    const { signal } = new AbortController();
    noteDeadline(signal, clock.nowMs() + ms);
    return { ...ASKED, signal };
  }

  it('is asked for once, again after ten minutes, and kept where the server does not tell it any more', async () => {
    const { facts, tell, asked } = slowServer();
    const { budget, calls, clock } = budgetOf(facts);
    const call = async (fitted: Fitted) => {
      calls.push(fitted);
      return completionOf(NO_TOKENS);
    };
    const talkTwice = () =>
      Promise.all([budget.complete(PROMPT, ASKED, call), budget.complete(PROMPT, ASKED, call)]);
    const known = budget.lookUp('tiny');
    tell(sizeOf(PROMPT));
    await known;
    await talkTwice();
    expect(asked()).toBe(1);
    await clock.advance(600_000);
    await talkTwice();
    expect(asked()).toBe(2);
    tell(null);
    await budget.lookUp('tiny');
    await talkTwice();
    expect(new Set(calls.map(({ prompt }) => prompt.user.length < PROMPT.user.length))).toEqual(
      new Set([true]),
    );
  });

  it('is asked for ever more seldom where nobody tells it', async () => {
    const { facts, asked } = server({});
    const { budget, call, clock } = budgetOf(facts);
    for (let second = 0; second < 3_600; second += 5) {
      await budget.complete(PROMPT, ASKED, call);
      await clock.advance(5_000);
    }
    // After 10, 20, 40, 80, 160, 320 seconds and then every ten minutes.
    expect(asked).toHaveLength(11);
  });

  it('is not waited for by a talk that fits into a small one', async () => {
    const { budget, calls, call, clock } = budgetOf(slowServer().facts);
    await budget.complete(PROMPT, askedWithin(1_000, clock), call);
    expect(calls).toHaveLength(1);
  });

  it('is waited for by a long talk', async () => {
    const { facts, tell } = slowServer();
    const { budget, calls, call, clock } = budgetOf(facts);
    const work = budget.complete(LONG_PROMPT, askedWithin(60_000, clock), call);
    await clock.advance(100);
    expect(calls).toHaveLength(0);
    tell(2_000);
    await work;
    expect(calls[0]?.prompt.user.length).toBeLessThan(LONG_PROMPT.user.length);
  });

  it.each([
    ['a quarter of what is left of the deadline', 400, 100],
    ['a third of a second', 60_000, 300],
  ])('is waited for no longer than %s', async (_, leftMs, waitsMs) => {
    const { budget, calls, call, clock } = budgetOf(slowServer().facts);
    const work = budget.complete(LONG_PROMPT, askedWithin(leftMs, clock), call);
    await clock.advance(waitsMs - 1);
    expect(calls).toHaveLength(0);
    await clock.advance(1);
    await work;
    expect(calls[0]?.prompt).toBe(LONG_PROMPT);
  });

  it('and the tokens of a prompt have one patience together', async () => {
    const { facts, tell } = slowServer();
    const countTokens = () => new Promise<number>(() => undefined);
    const { budget, calls, call, clock } = budgetOf({ ...facts, countTokens });
    const work = budget.complete(LONG_PROMPT, askedWithin(400, clock), call);
    await clock.advance(60);
    tell(2_000);
    await clock.advance(39);
    expect(calls).toHaveLength(0);
    await clock.advance(1);
    await work;
    expect(calls[0]?.prompt.user.length).toBeLessThan(LONG_PROMPT.user.length);
  });

  it('leaves nothing behind on the signal of a talk', async () => {
    const { facts } = server({ context: sizeOf(PROMPT), hasTokenizer: true });
    const { budget, call } = budgetOf(facts);
    const { signal } = new AbortController();
    await budget.complete(LONG_PROMPT, { ...ASKED, signal }, call);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
