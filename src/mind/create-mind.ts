import type { ServiceSettings } from '../config/load.ts';
import { createOfflineMind, type OfflineMind } from './brain/offline-mind.ts';
import { createModelMind, type ModelMindOptions } from './model/model-mind.ts';
import type { PersonaBook } from './persona/persona-book.ts';
import { createFallbackMind, type FallbackMindOptions } from './talk/fallback-mind.ts';
import type { Mind } from './talk/mind.ts';

export interface MindOptions {
  /** modelServer null: the offline brain answers. */
  readonly settings: Pick<ServiceSettings, 'modelServer' | 'fallback' | 'modelTimeoutSeconds'>;
  /** Told how the model fares. */
  readonly watch?: FallbackMindOptions;
  /** Told of the context of the model, and of what does not fit into it. */
  readonly onContext?: ModelMindOptions['onContext'];
  /** For the offline brain: other numbers give other answers to the same talk. Default 0. */
  readonly seed?: number;
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
}

/** Puts a mind together as the settings want it: a model with its fallback, or the offline brain alone. */
export function createMind(
  personas: Pick<PersonaBook, 'find'>,
  { settings, watch, seed, onContext }: MindOptions,
): CreatedMind {
  const offline = createOfflineMind(personas, seed === undefined ? {} : { seed });
  const { modelServer, fallback, modelTimeoutSeconds } = settings;
  if (modelServer === null) return { mind: offline, first: offline, second: null, offline };
  const { url: baseUrl, ...server } = modelServer;
  const first = createModelMind({
    ...server,
    baseUrl,
    timeoutMs: modelTimeoutSeconds * 1000,
    ...(onContext ? { onContext } : {}),
  });
  const second = fallback === 'scripted' ? offline : null;
  return { mind: createFallbackMind(first, second, watch), first, second, offline };
}
