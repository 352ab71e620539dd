import { toMenu } from '../answer/menu-option.ts';
import type { Moment, OfferedAnswer } from '../talk/mind.ts';
import { fieldIn } from './answer-fields.ts';
import { seriesSchema } from './answer-schemas.ts';
import { ask, type Model, toCleanText } from './ask-model.ts';
import { offerPrompt } from './cue-prompts.ts';

/** One option is no choice. */
const LEAST = 2;
/** What a model writes for one; what is longer is cut to a menu's length. */
const MAX_WRITTEN_CHARACTERS = 200;
const TOKENS_EACH = 40;

/** What a player could say next, by a model. They are his words: what he calls himself in them is no name of the NPC. */
export async function offer(model: Model, moment: Moment, signal: AbortSignal): Promise<OfferedAnswer> {
  const { most } = moment;
  const schema = seriesSchema('option', most);
  const leastTokens = most * TOKENS_EACH;
  const prompt = offerPrompt(moment);
  const reply = await ask(model, { prompt, schema, speakers: moment, leastTokens, signal });
  const written = schema.form.fields.map(
    (name) =>
      toCleanText(fieldIn(reply.answer, name), { reply, maxCharacters: MAX_WRITTEN_CHARACTERS }).clean,
  );
  const options = toMenu(written, most);
  if (options.length < LEAST) throw reply.useless('fewer than two choices');
  return { options, ...reply.source };
}
