import { EMOTION_NAMES, EMOTIONS, feelingFrom } from '../language/emotion.ts';
import { reasonLine } from '../persona/reason-line.ts';
import type { Decision, FeltAnswer, NpcEvent, Situation } from '../talk/mind.ts';
import { emotionIn, fieldIn, isEmotion, namedIn, numberIn, optionIn } from './answer-fields.ts';
import { decideSchema, FEEL_SCHEMA } from './answer-schemas.ts';
import { ask, type Model, toSpeech } from './ask-model.ts';
import { decidePrompt, feelPrompt } from './prompt.ts';

const MAX_REASON_CHARACTERS = 200;

/** Which of the actions an NPC takes, by a model. */
export async function decide(model: Model, situation: Situation, signal: AbortSignal): Promise<Decision> {
  const prompt = decidePrompt(situation);
  const { actions } = situation;
  const schema = decideSchema(actions.length);
  const reply = await ask(model, { prompt, schema, speakers: situation, signal });
  const action = optionIn(reply.answer, actions) ?? namedIn(reply.answer, actions);
  if (action === undefined) throw reply.useless('none of the actions');
  const reason = toSpeech(fieldIn(reply.answer, 'reason'), { reply, maxCharacters: MAX_REASON_CHARACTERS });
  return {
    action,
    reason: reason === '' ? reasonLine(situation.persona, 'other', action) : reason,
    confidence: numberIn(reply.answer, 'confidence', { from: 0, to: 1 }) ?? 0.5,
    ...reply.source,
  };
}

/** How an NPC feels about an event, by a model. */
export async function feel(model: Model, event: NpcEvent, signal: AbortSignal): Promise<FeltAnswer> {
  const prompt = feelPrompt(event);
  const reply = await ask(model, { prompt, schema: FEEL_SCHEMA, speakers: event, signal });
  const emotion = emotionIn(reply.answer) ?? namedIn(reply.answer, EMOTION_NAMES);
  if (!isEmotion(emotion)) throw reply.useless('no emotion of the list');
  return {
    emotion,
    intensity:
      numberIn(reply.answer, 'intensity', { from: 0, to: 1 }) ??
      feelingFrom(event.event, emotion, event.persona.language).intensity,
    valence: numberIn(reply.answer, 'valence', { from: -1, to: 1 }) ?? EMOTIONS[emotion],
    ...reply.source,
  };
}
