import { availableParallelism, hostname, loadavg } from 'node:os';
import { systemClock } from '../../base/clock.ts';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import type { Settings } from '../../config/load.ts';
import { migrate } from '../../database/migrate.ts';
import { openBenchGround } from '../../store/bench-ground.ts';
import { BEAT_MS, findLeft, giveWay } from '../../store/bench-others.ts';
import type { BenchGround, BenchPlace } from '../../store/bench-place.ts';
import { databaseName } from '../../store/open-store.ts';
import { progressBar } from '../base/progress.ts';
import type { Stop } from '../base/stop.ts';
import { announcement, nothingLeft } from './lines.ts';
import type { BenchReport } from './report.ts';
import { runStages, STAGE_WORDS, type Stage } from './stages.ts';

/** A server that hangs ends it so long after its time. */
const PATIENCE_MS = 15_000;
const SHOW_EVERY_MS = 200;

export interface BenchWork {
  readonly settings: Settings;
  readonly seconds: number;
  /** Removes what killed benches have left, and measures nothing. */
  readonly cleansOnly: boolean;
  readonly stop: Stop;
  readonly report: BenchReport;
}

/** Throws AiIpcError for what is in the way; what was measured until then stands in the report. */
export async function runBench(work: BenchWork): Promise<void> {
  const { settings, seconds, cleansOnly, stop, report } = work;
  const ground = await openBenchGround(settings.database);
  report.begin(ground);
  try {
    const isSqlite = settings.database.kind === 'sqlite';
    if (!cleansOnly) report.say(...announcement({ isSqlite, ...ground, seconds }));
    const isAnyLeft = await removeLeft(ground, work);
    if (cleansOnly && !isAnyLeft) report.say(...nothingLeft({ isSqlite, ...ground }));
    if (!cleansOnly) warnIfBusy(report);
    if (!cleansOnly && !stop.signal.aborted) await measureOn(ground, work);
  } finally {
    await ground.close();
  }
}

/** Windows has no such figure, and gives 0. */
function warnIfBusy(report: BenchReport): void {
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (load <= cores) return;
  report.warn(
    `This machine has other work (load ${load.toFixed(1)} on ${cores} core${cores === 1 ? '' : 's'}): the figures are those ` +
      'of a busy machine.',
  );
}

/** Whether there was anything. */
async function removeLeft(ground: BenchGround, { stop, report }: BenchWork): Promise<boolean> {
  const { places, strangers } = await findLeft(ground, {
    clock: systemClock,
    signal: stop.signal,
    onWatch: ({ name, owner }, ms) =>
      report.say(
        `There is ${name} of another bench (${owner}): looking for ${ms / 1_000} s whether it still lives.`,
      ),
  });
  for (const { name, owner } of places) {
    await ground.removeOther(name);
    report.remove(name, owner);
  }
  for (const { name, why } of strangers)
    report.warn(
      `${name} has a name as a bench gives it, but ${why}: it was left alone. If nobody needs it, delete it yourself.`,
    );
  return places.length + strangers.length > 0;
}

async function measureOn(ground: BenchGround, work: BenchWork): Promise<void> {
  const place = await ground.make(`process ${process.pid} on ${hostname()}`);
  try {
    await giveWay(ground, place);
    await withBeats(place, () => measureIn(place, work));
  } finally {
    await remove(place, work);
  }
}

/** Shows others that this bench lives, as long as `work` takes. */
async function withBeats(place: BenchPlace, work: () => Promise<void>): Promise<void> {
  // A server that does not answer is told of by what is measured there.
  const timer = setInterval(() => place.beat().catch(() => undefined), BEAT_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

async function measureIn(place: BenchPlace, { settings, seconds, stop, report }: BenchWork): Promise<void> {
  const late = AbortSignal.timeout(seconds * 1_000 + PATIENCE_MS);
  const signal = AbortSignal.any([stop.signal, late]);
  if (place.settings.kind === 'mariadb')
    await migrate({
      settings: place.settings,
      confirm: async () => true,
      onStep: () => undefined,
      signal,
    });
  const { worker } = settings;
  await withProgress(seconds, (onStage) =>
    runStages({ place: place.settings, worker, seconds, signal, onStage }, report.measured),
  );
  if (late.aborted)
    report.warn('The server was so slow that not all could be measured in the time: more --seconds help.');
}

/** On a terminal. */
async function withProgress(seconds: number, work: (onStage: (stage: Stage) => void) => Promise<void>) {
  const bar = progressBar();
  const startMs = systemClock.nowMs();
  let label = '';
  const show = () =>
    bar.show({
      label,
      done: Math.min(systemClock.nowMs() - startMs, seconds * 1_000),
      whole: seconds * 1_000,
    });
  const timer = setInterval(show, SHOW_EVERY_MS);
  try {
    await work((stage) => {
      label = STAGE_WORDS[stage];
    });
  } finally {
    clearInterval(timer);
    bar.clear();
  }
}

/** Whatever was the matter before is told all the same. */
async function remove(place: BenchPlace, { report }: BenchWork): Promise<void> {
  try {
    await place.remove();
    report.tidied(place.name);
  } catch (error) {
    const code = error instanceof AiIpcError ? error.code : 'database_failed';
    report.fail(
      `${databaseName(place.settings)} could not be deleted (${code}: ${messageOf(error)}). \`ai-ipc bench --clean\` does it ` +
        'as soon as that is possible.',
    );
  }
}
