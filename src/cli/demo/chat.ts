import type { Key } from 'node:readline';
import { styleText } from 'node:util';
import { intro, isCancel, log, outro, text } from '@clack/prompts';
import { NPC_NAME, type Sage, type SageAnswer } from './sage.ts';

const HOW_TO_END = 'an empty line, "bye" or Ctrl-D ends the talk';
/** An offline answer takes milliseconds, a model seconds: after this, people should see that something goes on. */
const SHOW_THINKING_MS = 1_000;
/** What the symbol, the guide line and their spaces take. */
const MARGIN_COLUMNS = 4;

/** Talks with the NPC on the terminal until the person ends it or `signal` does. */
export async function chat(sage: Sage, signal: AbortSignal): Promise<void> {
  intro(`The ${NPC_NAME} looks up from his book.`);
  let hint = `Where am I? (${HOW_TO_END})`;
  for (;;) {
    const message = await readLine(hint, signal);
    if (message === undefined) break;
    hint = HOW_TO_END;
    const answer = await answerTo(message, sage, signal);
    if (answer === undefined) break;
    show(answer);
  }
  outro(`The ${NPC_NAME} goes back to his book.`);
}

/** undefined: the person is done, or `signal` says so. */
async function readLine(placeholder: string, signal: AbortSignal): Promise<string | undefined> {
  const ending = new AbortController();
  // Without this, Ctrl-D would close the input beneath the prompt, which would then wait for ever.
  const onKey = (_: string | undefined, key: Key) => {
    if (key.ctrl && key.name === 'd') ending.abort();
  };
  process.stdin.on('keypress', onKey);
  try {
    const line = await text({
      message: 'You',
      placeholder,
      signal: AbortSignal.any([signal, ending.signal]),
    });
    if (isCancel(line)) return undefined;
    const message = line.trim();
    return message === '' || /^bye\b/i.test(message) ? undefined : message;
  } finally {
    process.stdin.off('keypress', onKey);
  }
}

/** undefined: `signal` came first, and the request is cancelled. */
async function answerTo(message: string, sage: Sage, signal: AbortSignal): Promise<SageAnswer | undefined> {
  const thinking = setTimeout(() => log.message(`The ${NPC_NAME} thinks.`), SHOW_THINKING_MS);
  try {
    return await sage(message, signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(thinking);
  }
}

function show({ text, error, timing }: SageAnswer): void {
  const color = error ? 'yellow' : 'green';
  const said = error ? `has no answer. ${error.code}: ${error.message}` : text;
  const lines = [
    styleText('bold', NPC_NAME),
    ...wrap(said),
    ...wrap(timing).map((line) => styleText('dim', line)),
  ];
  log.message(lines, { symbol: styleText(color, error ? '▲' : '●') });
}

/** Lines that are broken between words: the guide line at their left then stays unbroken. */
function wrap(text: string): string[] {
  const columns = (process.stdout.columns || 80) - MARGIN_COLUMNS;
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
