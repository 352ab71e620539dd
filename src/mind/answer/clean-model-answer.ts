import { withVisibleOnly } from '../../reading/visible-only.ts';
import { dropUnfinished } from '../language/sentences.ts';
import { cleanAnswer, MAX_ANSWER_CHARACTERS } from './clean-answer.ts';
import { withoutLeftOverMarks, withoutMarkdownBlocks, withoutTags } from './markup.ts';
import { withoutSelfTalk } from './self-talk.ts';
import { withoutSpeakerLabel } from './speaker-label.ts';
import { withoutQuotes, withoutStageDirections, withoutWrappedDeeds } from './spoken-words.ts';

export interface ModelAnswerOptions {
  /** Default 400. */
  readonly maxCharacters?: number;
  /** The model was stopped before it had ended. */
  readonly isCut?: boolean;
}

/** What stands behind this many characters is never shown, and patterns need not look at it. */
export const MAX_READ_CHARACTERS = 8_000;
/** What one round uncovers, the next cleans; each makes the text shorter, and real answers need two. */
const MAX_ROUNDS = 10;
const LETTER = /\p{L}/u;

/** The steps in order: tags before markdown (a line of HTML may be a list), labels before self-talk. */
const STEPS: readonly ((text: string) => string)[] = [
  withoutTags,
  withoutWrappedDeeds,
  withoutMarkdownBlocks,
  withoutSpeakerLabel,
  withoutStageDirections,
  withoutLeftOverMarks,
  withoutQuotes,
  withoutSelfTalk,
];

/**
 * What an NPC may say of what a model wrote: cleanAnswer's promises, and no HTML, markdown, code fences, stage
 * directions, speaker labels or talk of the model about itself. Empty when nothing is left that could be said.
 */
export function cleanModelAnswer(
  text: string,
  { maxCharacters = MAX_ANSWER_CHARACTERS, isCut = false }: ModelAnswerOptions = {},
): string {
  const spoken = untilStable(text.slice(0, MAX_READ_CHARACTERS), (now) =>
    cleanAnswer(
      STEPS.reduce((rest, step) => step(rest), withVisibleOnly(now)),
      {
        maxCharacters: MAX_READ_CHARACTERS,
      },
    ),
  );
  const ended = isCut ? dropUnfinished(spoken) : spoken;
  const short = untilStable(ended, (now) =>
    cleanAnswer(
      STEPS.reduce((rest, step) => step(rest), now),
      { maxCharacters },
    ),
  );
  return LETTER.test(short) ? short : '';
}

/** A text that does not come to rest was made to fool the patterns: nothing of it is said. */
function untilStable(text: string, clean: (text: string) => string): string {
  let before = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const after = clean(before);
    if (after === before) return after;
    before = after;
  }
  return '';
}
