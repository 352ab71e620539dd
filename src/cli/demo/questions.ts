import { print } from '../base/terminal.ts';
import { NPC_NAME, type Sage } from './sage.ts';

const QUESTIONS = [
  'Hello! Who are you?',
  'Where am I?',
  'Where can I hunt as a beginner?',
  'How do I get to Geffen?',
  'Thank you, and farewell!',
] as const;

/**
 * Asks five questions at once, as five players would, and prints each with its answer. Returns how many went unanswered.
 * At once also because an AI service that does not answer then costs one life of a request, and not five.
 */
export async function askFiveQuestions(sage: Sage, signal: AbortSignal): Promise<number> {
  const asked = QUESTIONS.map((question) => sage(question, signal));
  const ended = Promise.allSettled(asked);
  let failures = 0;
  try {
    for (const [index, answer] of asked.entries()) {
      const { text, error, timing } = await answer;
      if (error) failures++;
      const said = error ? `has no answer. ${error.code}: ${error.message}` : `says: ${text}`;
      print(`\n${index + 1}. ${QUESTIONS[index]}\n   ${NPC_NAME} ${said}\n   (${timing})`);
    }
  } finally {
    // After an abort each of them is still being cancelled.
    await ended;
  }
  print(`\n${QUESTIONS.length - failures} of ${QUESTIONS.length} questions were answered.`);
  return failures;
}
