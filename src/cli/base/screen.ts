import { cut, widthOf } from './columns.ts';

/** Of xterm, which all terminals of today speak. */
const OTHER_SCREEN = '\u001b[?1049h\u001b[?25l';
const FIRST_SCREEN = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const END_OF_LINE = '\u001b[K';
const END_OF_SCREEN = '\u001b[J';
const CTRL_C = '\u0003';
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
const COLOUR = /\u001b\[[\d;]*m/;

export interface Screen {
  readonly width: number;
  readonly height: number;
  /** Shows these lines and nothing else; what does not fit is left out. */
  draw(lines: readonly string[]): void;
}

export interface ScreenOptions {
  /** Called for each key; Ctrl-C is `q`, since a terminal that gives keys one by one sends no signal for it. */
  readonly onKey: (key: string) => void;
  /** Called when the size of the terminal has changed. */
  readonly onResize: () => void;
}

/**
 * Gives `work` the whole terminal, and then gives it back as it was, whatever happens. A picture is drawn over the one
 * before, line by line and in one write: nothing is cleared first, so that nothing flickers.
 */
export async function withScreen(
  { onKey, onResize }: ScreenOptions,
  work: (screen: Screen) => Promise<void>,
): Promise<void> {
  const { stdin, stdout } = process;
  const onData = (data: Buffer) => {
    for (const key of data.toString()) onKey(key === CTRL_C ? 'q' : key);
  };
  stdout.write(OTHER_SCREEN);
  stdout.on('resize', onResize);
  if (stdin.isTTY) {
    stdin.setRawMode(true);
    stdin.on('data', onData);
  }
  try {
    await work({
      get width() {
        return stdout.columns || 80;
      },
      get height() {
        return stdout.rows || 24;
      },
      draw(lines) {
        const fitting = lines.slice(0, this.height).map((line) => cutColoured(line, this.width));
        stdout.write(`${HOME}${fitting.join(`${END_OF_LINE}\n`)}${END_OF_LINE}${END_OF_SCREEN}`);
      },
    });
  } finally {
    stdout.off('resize', onResize);
    if (stdin.isTTY) {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
    }
    stdout.write(FIRST_SCREEN);
  }
}

/** Cut to the width, with its colours whole: a line that is broken by the terminal would move all others down. */
export function cutColoured(line: string, width: number): string {
  let room = width;
  return line
    .split(new RegExp(`(${COLOUR.source})`))
    .map((part) => {
      if (COLOUR.test(part)) return part;
      const kept = cut(part, room);
      room -= widthOf(kept);
      return kept;
    })
    .join('');
}
