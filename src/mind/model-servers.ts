import type { Clock } from '../base/clock.ts';
import { FIRST_MODEL } from '../config/allowed-models.ts';
import type { ModelServerSettings, NamedModelSettings, ServiceSettings } from '../config/load.ts';
import { createOpenAiProvider } from '../providers/openai.ts';
import type { LearntProfile } from '../providers/profile-book.ts';
import type { ServerProfile } from '../providers/server-profile.ts';
import { createWarmUp, type WarmProvider, type WarmUpOptions } from '../providers/warm-up.ts';
import type { AskListener, ReadingListener } from './model/ask-model.ts';
import { createModelMind, type ModelMind, type ModelMindOptions } from './model/model-mind.ts';
import { createWatchedMind, type MindWatch, type WatchedMind } from './talk/watched-mind.ts';

export interface ModelWatch extends MindWatch {
  /** Told once of each thing that was learnt of how a model wants to be asked. */
  readonly onLearnt?: (learnt: LearntProfile) => void;
  readonly onLoad?: NonNullable<WarmUpOptions['onLoad']>;
}

export interface ModelServersOptions {
  readonly settings: Pick<ServiceSettings, 'modelServer' | 'models' | 'modelTimeoutSeconds'>;
  /** Told how the model of each server fares. */
  readonly watch?: ((server: string) => ModelWatch) | undefined;
  /** Told of each prompt as it is sent to a model. */
  readonly onAsk?: AskListener | undefined;
  /** Told how each answer of a model was read. */
  readonly onReading?: ReadingListener | undefined;
  /** Told of the context of a model, and of what does not fit into it. */
  readonly onContext?: ModelMindOptions['onContext'] | undefined;
  readonly clock: Clock;
}

/** One model server, with a mind, a breaker, slots, a profile and a context of its own. */
export interface MindServer {
  readonly server: string;
  readonly model: string;
  readonly mind: WatchedMind;
  /** Tells older turns in short, while nobody else asks this server. */
  readonly condense: ModelMind['condense'];
  /** The servers that are asked where it fails, in this order. */
  readonly fallbacks: readonly string[];
  /** Loads the model when it is started; null where nobody wants that. */
  readonly warmUp: WarmProvider | null;
}

/** The model servers that are set, the first one first. */
export function createModelServers(options: ModelServersOptions): readonly MindServer[] {
  const { modelServer, models } = options.settings;
  return [
    ...(modelServer === null ? [] : [createServer(FIRST_MODEL, modelServer, options)]),
    ...Object.entries(models).map(([name, settings]) => createServer(name, settings, options)),
  ];
}

/** The names of the model servers that are set, the first one first. */
export function serverNames({ modelServer, models }: ModelServersOptions['settings']): readonly string[] {
  return [...(modelServer === null ? [] : [FIRST_MODEL]), ...Object.keys(models)];
}

function createServer(
  name: string,
  settings: ModelServerSettings | NamedModelSettings,
  { settings: { modelTimeoutSeconds }, watch, onAsk, onReading, onContext, clock }: ModelServersOptions,
): MindServer {
  const watching = watch?.(name) ?? {};
  const ownSeconds = 'timeoutSeconds' in settings ? settings.timeoutSeconds : null;
  const server = toServer(settings, {
    clock,
    onLearnt: watching.onLearnt,
    timeoutMs: (ownSeconds ?? modelTimeoutSeconds) * 1000,
  });
  const provider = createOpenAiProvider(server);
  const { model, isWarmedUp, fallbacks } = settings;
  const warmUp = isWarmedUp ? createWarmUp(provider, { clock, model, onLoad: watching.onLoad }) : null;
  const told = {
    ...(onAsk ? { onAsk } : {}),
    ...(onReading ? { onReading } : {}),
    ...(onContext ? { onContext } : {}),
  };
  const mind = createModelMind({ ...settings, ...server, model, server: name, ...told }, warmUp ?? provider);
  const watched = createWatchedMind(mind, { ...watching, server: name, hasOwnTime: ownSeconds !== null });
  const condense: MindServer['condense'] = async (of, signal) => {
    const condensed = await mind.condense(of, signal);
    watching.onAnswer?.({ model, tokens: condensed.tokens });
    return condensed;
  };
  return { server: name, model, mind: watched, condense, fallbacks, warmUp };
}

interface ServerParts {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly onLearnt: ModelWatch['onLearnt'];
}

function toServer(settings: ModelServerSettings, { timeoutMs, clock, onLearnt }: ServerParts) {
  const { url, apiKey, headers, body, profile, slots, caFile, proxies } = settings;
  return {
    ...{ baseUrl: url, apiKey, headers, body, slots, timeoutMs, clock, network: { caFile, proxies } },
    profile: toProfile(profile),
    ...(onLearnt === undefined ? {} : { onLearnt }),
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
