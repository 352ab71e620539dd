import { cleanAnswer } from '../../mind/answer/clean-answer.ts';
import type { PersonaBook } from '../../mind/persona/persona-book.ts';
import { cannedLine } from '../../mind/persona/persona-canned.ts';
import { speakerOf } from '../../mind/persona/persona-languages.ts';
import type { Speakers, SpokenAnswer } from '../../mind/talk/mind.ts';
import { languageOfTalk } from '../../mind/talk/talk-language.ts';
import { NO_TOKENS } from '../../providers/token-count.ts';
import type { RequestBody } from '../base/contract.ts';

interface Unanswered {
  readonly body: RequestBody<'dialogue'>;
  readonly speakers: Speakers;
}

interface CannedParts {
  readonly personas: Pick<PersonaBook, 'find'>;
  readonly maxCharacters: number;
}

/**
 * What an NPC says that may not think: in the player's language too, as far as these words tell it; nothing is read for a
 * line that says nothing.
 */
export function cannedAnswer(
  { body, speakers }: Unanswered,
  { personas, maxCharacters }: CannedParts,
): SpokenAnswer {
  const { message, language: asked } = body;
  const language = languageOfTalk({ ...speakers, asked, message, turns: [] });
  const persona = speakerOf(speakers.persona, language, personas);
  const text = cleanAnswer(cannedLine(persona, `${speakers.playerId} ${message}`), { maxCharacters });
  return { text, emotion: persona.mood, provider: 'scripted', model: null, tokens: NO_TOKENS };
}
