import { emotionFrom } from '../language/emotion.ts';
import type { Cue, ShoutedAnswer } from '../talk/mind.ts';
import { emotionIn, textIn } from './answer-fields.ts';
import { SPEAK_SCHEMA } from './answer-schemas.ts';
import { ask, type Model, toSpeech } from './ask-model.ts';
import { checkScript } from './asked-script.ts';
import { shoutPrompt } from './cue-prompts.ts';

/** What an NPC says of its own, by a model: with the schema of what it says to players, which its server knows by then. */
export async function shout(model: Model, cue: Cue, signal: AbortSignal): Promise<ShoutedAnswer> {
  const prompt = shoutPrompt(cue);
  const reply = await ask(model, { prompt, schema: SPEAK_SCHEMA, speakers: cue, signal });
  const text = toSpeech(textIn(reply.answer), { reply, maxCharacters: cue.maxCharacters });
  if (text === '') throw reply.useless('nothing that an NPC could say');
  checkScript(text, cue.language, reply);
  const emotion = emotionIn(reply.answer) ?? emotionFrom(text, cue.language);
  return { text, emotion: emotion ?? cue.persona.mood, ...reply.source };
}
