import { Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Operator } from '../../operator/operator.ts';
import type { Overview } from '../../operator/overview.ts';
import { WINDOW_NAMES, type WindowName } from '../../operator/window.ts';
import { shown } from '../base/columns.ts';
import { withScreen } from '../base/screen.ts';
import { type SettingsOptions, withSettingsOptions } from '../base/settings-options.ts';
import { withStop } from '../base/stop.ts';
import { print, terminalWidth } from '../base/terminal.ts';
import { withOperator } from '../base/with-operator.ts';
import { flowOf, topLines } from './top-lines.ts';

interface TopOptions extends SettingsOptions {
  readonly every: number;
  readonly window: WindowName;
  readonly once?: boolean;
  readonly json?: boolean;
}

const UNBOUND_WIDTH = 120;

/** `ai-ipc top`: how the queue goes, as it goes. */
export function topCommand(): Command {
  const command = new Command('top')
    .description('watch the queue: its depth, its speed, its workers and its last errors')
    .option('--every <SECONDS>', 'look again after so many seconds', secondsFrom, 2)
    .addOption(
      new Option('--window <TIME>', 'how far back the figures go').choices(WINDOW_NAMES).default('15m'),
    )
    .option('--once', 'look once; without a terminal it does so anyway')
    .option('--json', 'print each look as a line of JSON')
    .addHelpText(
      'after',
      `
Keys: w changes the window, q ends it. Each look reads a few thousand rows at most, whatever the size of the table: where
more were made, a part stands for all, and the title of the figures says so.`,
    );
  return withSettingsOptions(command).action((options: TopOptions) =>
    withOperator(options, (operator) => runTop(operator, options)),
  );
}

async function runTop(operator: Operator, options: TopOptions): Promise<void> {
  const isOnce = options.once ?? (!process.stdout.isTTY && !options.json);
  if (isOnce) return await lookOnce(operator, options);
  await withStop(async ({ signal, exitCode }) => {
    if (options.json) await streamLooks(operator, options, signal);
    else await watch(operator, options, signal);
    process.exitCode = exitCode() ?? 0;
  });
}

async function lookOnce(operator: Operator, { json, window }: TopOptions): Promise<void> {
  const overview = await operator.overview(window);
  if (json) return print(JSON.stringify(overview));
  const width = terminalWidth();
  const view = { database: operator.name, overview, flow: undefined };
  print(...topLines(view, Number.isFinite(width) ? width : UNBOUND_WIDTH));
}

async function streamLooks(operator: Operator, options: TopOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    print(JSON.stringify(await operator.overview(options.window)));
    await systemClock.sleep(options.every * 1_000, signal);
  }
}

/** A database that is away is told in the picture, and looked at again. */
async function watch(operator: Operator, options: TopOptions, signal: AbortSignal): Promise<void> {
  let { window } = options;
  let pause = new AbortController();
  const ended = new AbortController();
  const again = () => pause.abort();
  const end = () => {
    ended.abort();
    again();
  };
  signal.addEventListener('abort', end, { once: true });
  const onKey = (key: string) => {
    if (key === 'q') end();
    else if (key === 'w') {
      window = WINDOW_NAMES[(WINDOW_NAMES.indexOf(window) + 1) % WINDOW_NAMES.length] ?? window;
      again();
    }
  };
  await withScreen({ onKey, onResize: again }, async (screen) => {
    let before: Overview | undefined;
    while (!ended.signal.aborted) {
      pause = new AbortController();
      try {
        const overview = await operator.overview(window);
        const flow = flowOf(before, overview);
        const lines = topLines({ database: operator.name, overview, flow }, screen.width);
        screen.draw([...lines, '', `Every ${options.every} s.  w: another window  q: end`]);
        before = overview;
      } catch (error) {
        screen.draw([
          `AI IPC  ${shown(operator.name)}`,
          '',
          shown(messageOf(error)),
          '',
          'Looking again.  q: end',
        ]);
      }
      await systemClock.sleep(options.every * 1_000, pause.signal);
    }
  });
}

function secondsFrom(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds >= 0.5 && seconds <= 3_600) return seconds;
  throw new InvalidArgumentError('It is a number of seconds, from 0.5 to 3600.');
}
