import { FIRST_MODEL } from '../../config/allowed-models.ts';
import { nearestName } from '../../config/nearest.ts';
import type { Persona } from './persona.ts';

interface Serving {
  /** The name of a model server; left out, the first one. */
  readonly server?: string | undefined;
  readonly model: string;
}

/** The model server that a persona wants. */
export function serverOf({ model_settings: { server } }: Persona): string {
  return server ?? FIRST_MODEL;
}

/** The model that answers for a persona on this server: the one it names is a name on its own server only. */
export function modelFor(persona: Persona, { server = FIRST_MODEL, model }: Serving): string {
  return serverOf(persona) === server ? (persona.model_settings.model ?? model) : model;
}

/** Why the server that a persona wants cannot be asked, for who writes it; null where it can be, or it names none. */
export function serverProblem(
  { model_settings: { server } }: Persona,
  { path, servers }: { readonly path: string; readonly servers: readonly string[] },
): string | null {
  if (server === undefined || servers.includes(server)) return null;
  const nearest = nearestName(server, servers);
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  const there =
    servers.length === 0
      ? 'None is set'
      : `There ${servers.length === 1 ? 'is' : 'are'} ${servers.join(', ')}`;
  return `The persona file ${path}: model_settings.server: ${JSON.stringify(server)} is no model server.${meant} ${there} (ai_service.models, AI_MODELS).`;
}
