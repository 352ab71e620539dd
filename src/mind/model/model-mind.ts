import { type Clock, systemClock } from '../../base/clock.ts';
import { createOpenAiProvider } from '../../providers/openai.ts';
import type { ModelProvider } from '../../providers/provider.ts';
import type { Mind } from '../talk/mind.ts';
import type { AskListener, Model, ReadingListener } from './ask-model.ts';
import { type Condensed, condense, type ToCondense } from './condense.ts';
import { ContextBudget, type ContextNotice } from './context-budget.ts';
import { decide, feel } from './decide-and-feel.ts';
import { offer } from './offer.ts';
import { play } from './play.ts';
import { createServerFacts } from './server-facts.ts';
import { shout } from './shout.ts';
import { speak } from './speak.ts';

export interface ModelMindOptions {
  /** Up to and with the version, such as http://127.0.0.1:11434/v1. */
  readonly baseUrl: string;
  /** Empty or null for a server that wants none. */
  readonly apiKey: string | null;
  /** The name of the server, where a persona may name one; left out, it is the first one. */
  readonly server?: string;
  /** The model for personas that name none. */
  readonly model: string;
  /** Sent with each call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The longest that one answer may take. */
  readonly timeoutMs: number;
  /** For personas that name no max_tokens. Default 500: an answer has about 150, and a runaway model ends some time. */
  readonly maxTokens?: number;
  /** For a reasoning model's thoughts, in addition. Default 0. */
  readonly thinkingTokens?: number;
  /** How much a reasoning model thinks; null leaves it to its server. */
  readonly reasoningEffort?: string | null;
  /** For personas that name no temperature. Default 0.8: varied, and still to the point. */
  readonly temperature?: number;
  /** Default 262,144. */
  readonly maxResponseBytes?: number;
  /** What prompt and answer may have together; 0 or left out: as the server tells. */
  readonly contextTokens?: number;
  /** Told of each prompt as it is sent. */
  readonly onAsk?: AskListener;
  /** Told of each reading of what a model wrote, before it is judged. */
  readonly onReading?: ReadingListener;
  /** Told of the context, and of what does not fit into it. */
  readonly onContext?: (notice: ContextNotice) => void;
  readonly clock?: Clock;
}

/** A mind of a model, which can also tell older turns in short. */
export interface ModelMind extends Mind {
  /** In a quiet moment, or not at all: then it throws ModelError. */
  condense(of: ToCondense, signal: AbortSignal): Promise<Condensed>;
}

/**
 * Any model behind a server that speaks OpenAI's chat completions. What it writes is read leniently, checked (it must
 * not read out its prompt nor take another name) and cleaned; what does not pass is AiIpcError model_failed.
 */
export function createModelMind(
  options: ModelMindOptions,
  provider: ModelProvider = createOpenAiProvider({ ...options, clock: options.clock ?? systemClock }),
): ModelMind {
  const budget = budgetOf(options);
  const model: Model = { provider, options, budget };
  // So that it is known before the first player comes; what the server does not tell is no trouble.
  budget.lookUp(options.model).catch(() => undefined);
  return {
    name: 'openai',
    model: options.model,
    speak: (line, signal) => speak(model, line, signal),
    decide: (situation, signal) => decide(model, situation, signal),
    feel: (event, signal) => feel(model, event, signal),
    offer: (moment, signal) => offer(model, moment, signal),
    shout: (cue, signal) => shout(model, cue, signal),
    play: (scene, signal) => play(model, scene, signal),
    condense: (of, signal) => condense(model, of, signal),
  };
}

function budgetOf({
  clock = systemClock,
  contextTokens,
  onContext,
  ...server
}: ModelMindOptions): ContextBudget {
  return new ContextBudget({
    contextTokens: contextTokens || null,
    facts: createServerFacts(server),
    clock,
    ...(onContext === undefined ? {} : { onNotice: onContext }),
  });
}
