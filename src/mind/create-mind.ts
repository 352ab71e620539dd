import { systemClock } from '../base/clock.ts';
import { FIRST_MODEL } from '../config/allowed-models.ts';
import type { ServiceSettings } from '../config/load.ts';
import { createOfflineMind, type OfflineMind } from './brain/offline-mind.ts';
import { createModelServers, type MindServer, type ModelServersOptions } from './model-servers.ts';
import type { Persona } from './persona/persona.ts';
import type { PersonaBook } from './persona/persona-book.ts';
import { modelFor, serverOf } from './persona/persona-server.ts';
import { createFallbackMind } from './talk/fallback-mind.ts';
import type { Mind } from './talk/mind.ts';
import { createPersonaMind } from './talk/persona-mind.ts';

export interface MindOptions extends Omit<ModelServersOptions, 'clock' | 'settings'> {
  /** Without any model server, the offline brain answers. */
  readonly settings: ModelServersOptions['settings'] & Pick<ServiceSettings, 'fallback'>;
  /** For the offline brain: other numbers give other answers to the same talk. Default 0. */
  readonly seed?: number;
  readonly clock?: ModelServersOptions['clock'];
}

/** A mind, and what it is made of. */
export interface CreatedMind {
  /** Who is asked. */
  readonly mind: Mind;
  /** Who answers first where a persona names no server, and who answers when all models fail; null when nobody does. */
  readonly first: Mind;
  readonly second: Mind | null;
  /** The offline brain, which costs nothing and is there in any case. */
  readonly offline: OfflineMind;
  /** The model servers, the first one first; none for the offline brain alone. */
  readonly servers: readonly MindServer[];
  /** The model that is asked first for a persona; null for the offline brain. */
  modelOf(persona: Persona): string | null;
}

/** Puts a mind together as the settings want it: models with their fallbacks, or the offline brain alone. */
export function createMind(
  personas: Pick<PersonaBook, 'find'>,
  { settings, seed, clock = systemClock, ...told }: MindOptions,
): CreatedMind {
  const offline = createOfflineMind(personas, seed === undefined ? {} : { seed });
  const servers = createModelServers({ settings, clock, ...told });
  const byName = new Map(servers.map((one) => [one.server, one]));
  const serverFor = (persona: Persona) => byName.get(serverOf(persona)) ?? byName.get(FIRST_MODEL);
  const second = settings.fallback === 'scripted' ? offline : null;
  const minds = new Map(
    servers.map(({ server, mind, fallbacks }) => {
      const behind = fallbacks.flatMap((name) => byName.get(name)?.mind ?? []);
      return [server, createFallbackMind([mind, ...behind], second, clock)];
    }),
  );
  const first = minds.get(FIRST_MODEL) ?? offline;
  const mindOf = (persona: Persona) => minds.get(serverFor(persona)?.server ?? '') ?? offline;
  return {
    mind: servers.length === 0 ? offline : createPersonaMind(mindOf, first),
    ...{ first, second: servers.length === 0 ? null : second, offline, servers },
    modelOf(persona) {
      const server = serverFor(persona);
      return server === undefined ? null : modelFor(persona, server);
    },
  };
}
