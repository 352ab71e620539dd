import { type Clock, systemClock } from '../base/clock.ts';
import type { ModelServerSettings, ServiceSettings } from '../config/load.ts';
import { createOpenAiProvider } from '../providers/openai.ts';
import type { LearntProfile } from '../providers/profile-book.ts';
import type { ServerProfile } from '../providers/server-profile.ts';
import { createWarmUp, type WarmProvider, type WarmUpOptions } from '../providers/warm-up.ts';
import { createOfflineMind, type OfflineMind } from './brain/offline-mind.ts';
import type { ReadingListener } from './model/ask-model.ts';
import { createModelMind, type ModelMindOptions } from './model/model-mind.ts';
import type { PersonaBook } from './persona/persona-book.ts';
import { createFallbackMind, type FallbackMindOptions } from './talk/fallback-mind.ts';
import type { Mind } from './talk/mind.ts';

export interface MindOptions {
  /** modelServer null: the offline brain answers. */
  readonly settings: Pick<ServiceSettings, 'modelServer' | 'fallback' | 'modelTimeoutSeconds'>;
  /** Told how the model fares. */
  readonly watch?: ModelWatch;
  /** Told how each answer of the model was read. */
  readonly onReading?: ReadingListener;
  /** Told of the context of the model, and of what does not fit into it. */
  readonly onContext?: ModelMindOptions['onContext'];
  /** For the offline brain: other numbers give other answers to the same talk. Default 0. */
  readonly seed?: number;
  readonly clock?: Clock;
}

export interface ModelWatch extends FallbackMindOptions {
  /** Told once of each thing that was learnt of how a model wants to be asked. */
  readonly onLearnt?: (learnt: LearntProfile) => void;
  readonly onLoad?: NonNullable<WarmUpOptions['onLoad']>;
}

/** A mind, and what it is made of. */
export interface CreatedMind {
  /** Who is asked. */
  readonly mind: Mind;
  /** Who answers first, and who answers when that one fails; null when nobody does. */
  readonly first: Mind;
  readonly second: Mind | null;
  /** The offline brain, which costs nothing and is there in any case. */
  readonly offline: OfflineMind;
  /** Loads the model when it is started; null where there is none, or nobody wants that. */
  readonly warmUp: WarmProvider | null;
}

/** Puts a mind together as the settings want it: a model with its fallback, or the offline brain alone. */
export function createMind(
  personas: Pick<PersonaBook, 'find'>,
  { settings, watch, onReading, onContext, seed, clock = systemClock }: MindOptions,
): CreatedMind {
  const offline = createOfflineMind(personas, seed === undefined ? {} : { seed });
  const { modelServer, fallback, modelTimeoutSeconds } = settings;
  if (modelServer === null) return { mind: offline, first: offline, second: null, offline, warmUp: null };
  const server = toServer({ modelServer, modelTimeoutSeconds, clock, watch });
  const provider = createOpenAiProvider(server);
  const { model, isWarmedUp } = modelServer;
  const warmUp = isWarmedUp ? createWarmUp(provider, { clock, model, onLoad: watch?.onLoad }) : null;
  const told = { ...(onReading ? { onReading } : {}), ...(onContext ? { onContext } : {}) };
  const first = createModelMind({ ...modelServer, ...server, model, ...told }, warmUp ?? provider);
  const second = fallback === 'scripted' ? offline : null;
  return { mind: createFallbackMind(first, second, watch), first, second, offline, warmUp };
}

interface ServerParts {
  readonly watch: ModelWatch | undefined;
  readonly modelServer: ModelServerSettings;
  readonly modelTimeoutSeconds: number;
  readonly clock: Clock;
}

function toServer({ modelServer, modelTimeoutSeconds, clock, watch }: ServerParts) {
  const { url, apiKey, headers, body, profile, slots } = modelServer;
  return {
    ...{ baseUrl: url, apiKey, headers, body, slots, clock },
    profile: toProfile(profile),
    timeoutMs: modelTimeoutSeconds * 1000,
    ...(watch?.onLearnt === undefined ? {} : { onLearnt: watch.onLearnt }),
  };
}

/** By the names that settings have. */
function toProfile({
  token_limit: tokenLimit,
  reasoning_effort: reasoningEffort,
  ...same
}: ModelServerSettings['profile']): Partial<ServerProfile> {
  return {
    ...same,
    ...(tokenLimit === undefined ? {} : { tokenLimit }),
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
  };
}
