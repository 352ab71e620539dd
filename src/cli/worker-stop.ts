import { hostname } from 'node:os';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { AiIpcError } from '../base/errors.ts';
import type { QueueStore } from '../queue/queue-store.ts';
import { databaseName, openStore } from '../store/open-store.ts';
import { wholeNumberFrom } from './base/client-command.ts';
import { type SettingsOptions, settingsFrom, withSettingsOptions } from './base/settings-options.ts';
import { type StopWord, sayStop } from './base/stop-pipe.ts';
import { print } from './base/terminal.ts';

interface Options extends SettingsOptions {
  readonly now?: boolean;
  readonly wait: string;
}

const LOOK_EVERY_MS = 100;

/** `ai-ipc worker stop`: ends workers of this machine where no signal can be sent, as to a Windows service. */
export function workerStopCommand(): Command {
  const command = new Command('stop')
    .description(
      'stop the workers of this machine that serve this database, or one of them, without a signal',
    )
    .argument('[id]', 'only this one, as ai_workers names it')
    .option('--now', 'calls under way are given back to the queue, in place of being waited for')
    .option('--wait <seconds>', 'how long it may take', '60')
    .addHelpText(
      'after',
      '\nRun it as the user that the worker runs as, or as root. Exit codes: 0 stopped; 1 none is there, or one still runs.',
    );
  return withSettingsOptions(command).action((id: string | undefined, options: Options) =>
    stopWorkers(id, options),
  );
}

/** The name of a worker's pipe: without its host, and with signs that every system bears. */
export function stopNameOf(workerId: string): string {
  return `worker-${workerId.split(':').slice(-2).join('-')}`;
}

async function stopWorkers(id: string | undefined, options: Options): Promise<void> {
  const waitMs = wholeNumberFrom('--wait', options.wait) * 1_000;
  const settings = settingsFrom(options);
  print(`Database: ${databaseName(settings.database)}`);
  const store = await openStore(settings.database);
  try {
    const asked = await askAll(await workersHere(store, id), options.now ? 'stop now' : 'stop');
    await untilGone(store, asked, waitMs);
  } finally {
    await store.close();
  }
}

async function workersHere(store: QueueStore, id: string | undefined): Promise<string[]> {
  const all = await store.sightings();
  const here = all.filter(({ host }) => host === hostname()).map((worker) => worker.id);
  const chosen = here.filter((worker) => id === undefined || worker === id);
  if (chosen.length > 0) return chosen;
  const others =
    all.length === 0 ? 'None is known at all.' : `Known are: ${all.map((one) => one.id).join(', ')}.`;
  const which = id === undefined ? 'No worker' : `No worker ${id}`;
  throw new AiIpcError(
    'not_stopped',
    `${which} of this machine (${hostname()}) serves this database. ${others}`,
  );
}

async function askAll(ids: readonly string[], word: StopWord): Promise<string[]> {
  const asked: string[] = [];
  for (const id of ids) {
    const isHeard = await sayStop(stopNameOf(id), word);
    print(isHeard ? `${id}: asked to stop` : `${id}: cannot be asked`);
    if (isHeard) asked.push(id);
  }
  if (asked.length > 0) return asked;
  throw new AiIpcError(
    'not_stopped',
    'No worker could be asked: it died a moment ago, runs as another user, or has a folder for temporary files of its own ' +
      '(a unit of systemd: systemctl stop).',
  );
}

/** The row of a worker is the last thing that it takes away. */
async function untilGone(store: QueueStore, asked: readonly string[], waitMs: number): Promise<void> {
  const endMs = performance.now() + waitMs;
  let left = asked;
  while (left.length > 0) {
    if (performance.now() > endMs) throw stillThere(left);
    await systemClock.sleep(LOOK_EVERY_MS);
    const known = new Set((await store.sightings()).map(({ id }) => id));
    for (const id of left.filter((one) => !known.has(one))) print(`${id}: stopped`);
    left = left.filter((one) => known.has(one));
  }
}

function stillThere(left: readonly string[]): AiIpcError {
  return new AiIpcError(
    'not_stopped',
    `${left.join(', ')} still runs: its calls under way have not ended. Run this again with --now to give them back.`,
  );
}
