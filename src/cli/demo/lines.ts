import { createInterface } from 'node:readline';

/** What a person types on the terminal, line by line. */
export interface TypedLines {
  /** The next line, or one that came meanwhile; undefined after Ctrl-C, Ctrl-D or the signal. */
  next(prompt: string): Promise<string | undefined>;
  /** Fires with the end. */
  readonly signal: AbortSignal;
  close(): void;
}

/**
 * Node's own line editor: with ↑ for what was said before, and each line of a pasted text kept until its turn. Its end is
 * Ctrl-C, Ctrl-D or `signal`.
 */
export function readTypedLines(signal: AbortSignal): TypedLines {
  const editor = createInterface({ input: process.stdin, output: process.stdout, terminal: true });
  const ending = new AbortController();
  const early: string[] = [];
  let take: ((line: string | undefined) => void) | undefined;
  const end = () => {
    ending.abort();
    take?.(undefined);
  };
  editor.on('line', (line) => {
    // An empty line among pasted ones is no goodbye.
    if (take === undefined && line.trim() !== '') early.push(line);
    else take?.(line);
    take = undefined;
  });
  editor.on('SIGINT', () => editor.close());
  editor.on('close', end);
  signal.addEventListener('abort', () => editor.close(), { once: true });

  async function next(prompt: string): Promise<string | undefined> {
    const line = early.shift();
    if (line !== undefined) {
      process.stdout.write(`${prompt}${line}\n`);
      return line;
    }
    if (ending.signal.aborted || signal.aborted) return undefined;
    editor.setPrompt(prompt);
    editor.prompt();
    return await new Promise((resolve) => {
      take = resolve;
    });
  }

  return { next, signal: ending.signal, close: () => editor.close() };
}
