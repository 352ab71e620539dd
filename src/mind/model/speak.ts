import { emotionFrom } from '../language/emotion.ts';
import type { PlayerLine, SpokenAnswer } from '../talk/mind.ts';
import { emotionIn, fieldIn, optionIn, textIn } from './answer-fields.ts';
import { SPEAK_SCHEMA } from './answer-schemas.ts';
import { ask, type Model, toSpeech } from './ask-model.ts';
import { inAskedScript, type Spoken } from './asked-script.ts';
import { speakPrompt } from './prompt.ts';

const MAX_ACTION_CHARACTERS = 100;

/** What an NPC says to a player, by a model. */
export async function speak(model: Model, line: PlayerLine, signal: AbortSignal): Promise<SpokenAnswer> {
  return await inAskedScript(line.language, () => speakOnce(model, line, signal));
}

async function speakOnce(model: Model, line: PlayerLine, signal: AbortSignal): Promise<Spoken> {
  const prompt = speakPrompt(line);
  const reply = await ask(model, { prompt, schema: SPEAK_SCHEMA, speakers: line, signal });
  const said = textIn(reply.answer);
  const text = toSpeech(said, { reply, maxCharacters: line.maxCharacters });
  const action = toSpeech(fieldIn(reply.answer, 'action'), { reply, maxCharacters: MAX_ACTION_CHARACTERS });
  if (text === '') throw reply.useless('nothing that an NPC could say');
  const chosenOption = optionIn(reply.answer, line.options);
  const answer = {
    text,
    emotion: emotionIn(reply.answer) ?? emotionFrom(text, line.language) ?? line.persona.mood,
    ...(action === '' ? {} : { action }),
    ...(chosenOption === undefined ? {} : { chosenOption }),
    ...reply.source,
  };
  return { answer, reply };
}
