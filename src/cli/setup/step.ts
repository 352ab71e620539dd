import { styleText } from 'node:util';
import { AiIpcError } from '../../base/errors.ts';
import { print } from '../base/terminal.ts';

/** One part of the machine that setup brings into order. */
export interface Step {
  /** What it is, in a few words. */
  readonly name: string;
  /** Whether all of it is there already. It changes nothing. */
  isDone(): Promise<boolean>;
  /** Throws AiIpcError that says what to do. `onWork` is told of each thing that was done. */
  work(onWork: (what: string) => void): Promise<void>;
  /** What `work` would do, as a person would do it by hand; never with a secret. */
  readonly byHand: readonly string[];
}

const WORD_WIDTH = 5;

/** Shows what would be done, and does nothing. Gives how many steps are not done. */
export async function printSteps(steps: readonly Step[]): Promise<number> {
  let count = 0;
  for (const step of steps) {
    // What an earlier step would mend may be in the way of a look.
    const trouble: string[] = [];
    const isDone = await step.isDone().catch((error: unknown) => {
      if (!(error instanceof AiIpcError)) throw error;
      trouble.push(`(now: ${error.message})`);
      return false;
    });
    say(isDone ? 'done' : 'to do', step.name, isDone ? [] : [...step.byHand, ...trouble]);
    if (!isDone) count += 1;
  }
  return count;
}

/** Does what is not done, in order; the first that fails ends it. Gives how many had to be done. */
export async function runSteps(steps: readonly Step[]): Promise<number> {
  let count = 0;
  for (const step of steps) {
    if (await step.isDone()) {
      say('done', step.name, []);
      continue;
    }
    say('now', step.name, []);
    await step.work((what) => print(`${' '.repeat(WORD_WIDTH + 2)}${what}`));
    count += 1;
  }
  return count;
}

const COLOURS = { done: 'green', 'to do': 'yellow', now: 'cyan' } as const;

function say(word: keyof typeof COLOURS, name: string, details: readonly string[]): void {
  const indent = ' '.repeat(WORD_WIDTH + 2);
  print(
    `${styleText(COLOURS[word], word.padEnd(WORD_WIDTH))}  ${name}`,
    ...details.map((line) => `${indent}${line}`),
  );
}
