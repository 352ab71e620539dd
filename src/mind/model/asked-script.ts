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
  throw reply.useless(`another script than that of the language ${language}`).withTokens(tokens);
}
