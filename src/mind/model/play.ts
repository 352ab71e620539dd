import { takesOtherName } from '../answer/name-check.ts';
import { ownNames } from '../persona/persona-names.ts';
import type { PlayedAnswer, Scene } from '../talk/mind.ts';
import { fieldIn } from './answer-fields.ts';
import { seriesSchema } from './answer-schemas.ts';
import { ask, type Model, toCleanText } from './ask-model.ts';
import { checkScript } from './asked-script.ts';
import { playPrompt } from './cue-prompts.ts';

/** One line is no talk. */
const LEAST = 2;
/** A line of 150 characters has 40, in a language of few bytes a token three times as many. */
const TOKENS_EACH = 70;

/** What several NPCs say to each other, by a model: up to the first line that is missing or cannot be said. */
export async function play(model: Model, scene: Scene, signal: AbortSignal): Promise<PlayedAnswer> {
  const { cast, lines, maxCharacters } = scene;
  const schema = seriesSchema('line', lines);
  const [first] = cast;
  const question = {
    prompt: playPrompt(scene),
    schema,
    speakers: { ...first, others: cast.map(({ shownName }) => shownName) },
    leastTokens: lines * TOKENS_EACH,
    signal,
  };
  const reply = await ask(model, question);
  const texts: string[] = [];
  for (const [at, name] of schema.form.fields.entries()) {
    const { persona, shownName } = cast[at % cast.length] ?? first;
    const { whole, clean } = toCleanText(fieldIn(reply.answer, name), { reply, maxCharacters });
    if (takesOtherName(whole, [...ownNames(persona), shownName]))
      throw reply.useless('another name for an NPC');
    if (clean === '') break;
    texts.push(clean);
  }
  if (texts.length < LEAST) throw reply.useless('fewer than two lines');
  checkScript(texts.join(' '), scene.language, reply);
  return { texts, ...reply.source };
}
