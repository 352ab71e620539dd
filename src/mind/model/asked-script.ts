import type { ModelError } from '../../providers/model-error.ts';
import { isInScriptOf } from '../language/guess-language.ts';
import type { SpokenAnswer } from '../talk/mind.ts';
import type { Reply } from './ask-model.ts';

export interface Spoken {
  readonly answer: SpokenAnswer;
  readonly reply: Reply;
}

/**
 * An answer in the script of the language that the model was told. Where it writes another one, it is asked once more: small
 * models fall back into English, and mostly not twice. Throws ModelError where it does.
 */
export async function inAskedScript(language: string, speak: () => Promise<Spoken>): Promise<SpokenAnswer> {
  const first = (await speak()).answer;
  if (isInScriptOf(first.text, language)) return first;
  const { answer, reply } = await speak();
  const tokens = {
    prompt: first.tokens.prompt + answer.tokens.prompt,
    completion: first.tokens.completion + answer.tokens.completion,
  };
  if (isInScriptOf(answer.text, language)) return { ...answer, tokens };
  throw otherScript(language, reply).withTokens(tokens);
}

/** Where nobody waits for the answer as for one to a player, it is not asked for twice. */
export function checkScript(text: string, language: string, reply: Reply): void {
  if (!isInScriptOf(text, language)) throw otherScript(language, reply);
}

function otherScript(language: string, reply: Reply): ModelError {
  return reply.useless(`another script than that of the language ${language}`);
}
