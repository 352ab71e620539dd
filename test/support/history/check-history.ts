import { askedOnce, callsAreClaimed } from './calls.ts';
import { noLateAnswer, noLateCall, notLeftOpen } from './in-life.ts';
import { endedForGood, possibleStory } from './log-story.ts';
import { cancelledForGood, oneEnd, oneResponse, ownAnswer } from './one-end.ts';
import { nothingLeftBehind, programsAreWell } from './programs.ts';
import { type Breach, type History, type Rule, storiesOf } from './story.ts';
import { wordsAreTrue } from './words-told.ts';

/** What is promised of each request, by name. */
const RULES: Readonly<Record<string, Rule>> = {
  'one end': oneEnd,
  'one response': oneResponse,
  'own answer': ownAnswer,
  'cancelled for good': cancelledForGood,
  'no late answer': noLateAnswer,
  'no late call': noLateCall,
  'not left open': notLeftOpen,
  'possible story': possibleStory,
  'true words': wordsAreTrue,
  'calls are claimed': callsAreClaimed,
  'nothing left behind': nothingLeftBehind,
};

/**
 * Proves from notes and tables that a run kept what docs/design.md promises; gives all that it did not keep. The tables are
 * read when all requests have had their time to end.
 */
export function checkHistory(history: History): Breach[] {
  const ofRequests = storiesOf(history).flatMap((story) =>
    Object.entries(RULES).flatMap(([rule, look]) =>
      look(story, history).map((words) => ({ rule, id: story.id, words })),
    ),
  );
  return [...ofRequests, ...endedForGood(history), ...askedOnce(history), ...programsAreWell(history)];
}

/** `one end, request 7: it is …` */
export function wordsOf({ rule, id, words }: Breach): string {
  return `${rule}${id === null ? '' : `, request ${id}`}: ${words}`;
}
