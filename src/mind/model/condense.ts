import type { OlderTurns } from '../memory/older-turns.ts';
import { MAX_SUMMARY_CHARACTERS, type Summary, summaryOf, toldName } from '../memory/summary.ts';
import type { Persona } from '../persona/persona.ts';
import type { AnswerSource } from '../talk/mind.ts';
import { textIn } from './answer-fields.ts';
import { CONDENSE_SCHEMA } from './answer-schemas.ts';
import { ask, type Model, toCleanText } from './ask-model.ts';
import { condensePrompt } from './condense-prompt.ts';

/** A summary of 800 characters has 200, in a language of few bytes a token twice as many. */
const MAX_TOKENS = 400;
/** To be true is more than to be varied. */
const TEMPERATURE = 0.2;

const summarisers = new WeakMap<Persona, Persona>();

/** The same one each time: what is known of a persona, such as its names (20 ms), is kept by the object. */
function asSummariser(persona: Persona): Persona {
  const known = summarisers.get(persona) ?? { ...persona, model_settings: { temperature: TEMPERATURE } };
  summarisers.set(persona, known);
  return known;
}

/** Turns of one player, and the NPC that remembers them. */
export interface ToCondense {
  readonly persona: Persona;
  readonly older: OlderTurns;
}

export interface Condensed extends Pick<AnswerSource, 'tokens'> {
  readonly summary: Summary;
}

/**
 * A summary of older turns by a model, read like every answer: no thought, mark or JSON is in it. Throws ModelError where
 * there is none, and at once when anybody asks the server for an answer.
 */
export async function condense(
  model: Model,
  { persona, older }: ToCondense,
  signal: AbortSignal,
): Promise<Condensed> {
  const reply = await ask(
    { ...model, options: { ...model.options, maxTokens: MAX_TOKENS } },
    {
      prompt: condensePrompt(persona, older),
      schema: CONDENSE_SCHEMA,
      // Its length and its model are not those of what the NPC says.
      speakers: {
        persona: asSummariser(persona),
        npcId: null,
        player: { name: toldName(older.after), level: null, class: null },
      },
      isQuiet: true,
      signal,
    },
  );
  // Whose name stands in it is the player.
  const written = textIn(reply.answer);
  const { clean: text } = toCleanText(written, { reply, maxCharacters: MAX_SUMMARY_CHARACTERS });
  if (text === '') throw reply.useless('no summary');
  return { summary: summaryOf(text, older.after), tokens: reply.source.tokens };
}
