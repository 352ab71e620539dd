import { errorFields } from '../base/errors.ts';
import type { MindServer } from '../mind/model-servers.ts';
import type { PersonaBook } from '../mind/persona/persona-book.ts';
import { ModelError } from '../providers/model-error.ts';
import { createSummariser, type Summariser, type SummariserParts } from './memory/summariser.ts';

interface ModelSummariserParts extends Omit<SummariserParts, 'condense'> {
  /** Of the model server that is asked; null for none. */
  readonly name: string | null;
  readonly personas: Pick<PersonaBook, 'find'>;
}

/** null where rules alone tell in short what NPCs remember. */
export function createModelSummariser(
  servers: readonly MindServer[],
  { name, personas, ...parts }: ModelSummariserParts,
): Summariser | null {
  const server = servers.find((one) => one.server === name);
  if (server === undefined) return null;
  return createSummariser({
    ...parts,
    async condense(npcId, older, signal) {
      try {
        const { summary } = await server.condense({ persona: personas.find(npcId), older }, signal);
        return summary;
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        if (error.reason === 'given_up' || error.kind === 'load') return 'later';
        // Nobody has to do anything: what rules made stays.
        parts.logger.debug(errorFields(error), 'The model made no summary');
        return 'none';
      }
    },
  });
}
