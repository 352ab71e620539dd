import { styleText } from 'node:util';
import { intro, log, outro } from '@clack/prompts';
import { readTypedLines, type TypedLines } from './lines.ts';
import { NPC_NAME, type Sage, type SageAnswer } from './sage.ts';

const HOW_TO_END = 'an empty line, "bye" or Ctrl-D ends the talk';
/** An offline answer takes milliseconds, a model seconds: after this, people should see that something goes on. */
const SHOW_THINKING_MS = 1_000;
/** What the symbol, the guide line and their spaces take. */
const MARGIN_COLUMNS = 4;

/** Talks with the NPC on the terminal until the person ends it or `signal` does. */
export async function chat(sage: Sage, signal: AbortSignal): Promise<void> {
  intro(`The ${NPC_NAME} looks up from his book.`);
  const lines = readTypedLines(signal);
  try {
    let hint = `Where am I? (${HOW_TO_END})`;
    for (;;) {
      const message = await readLine(lines, hint);
      if (message === undefined) break;
      hint = HOW_TO_END;
      const answer = await answerTo(message, sage, lines.signal);
      if (answer === undefined) break;
      show(answer);
    }
  } finally {
    lines.close();
  }
  outro(`The ${NPC_NAME} goes back to his book.`);
}

/** undefined: the person is done. */
async function readLine(lines: TypedLines, hint: string): Promise<string | undefined> {
  const guide = styleText('gray', '│');
  process.stdout.write(`${guide}\n${styleText('cyan', '◆')}  You  ${styleText('dim', hint)}\n`);
  const message = (await lines.next(`${guide}  `))?.trim() ?? '';
  return message === '' || /^bye\b/i.test(message) ? undefined : message;
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
