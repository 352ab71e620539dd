import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { AiIpcError } from '../../base/errors.ts';
import type { Settings } from '../../config/load.ts';
import { SQLITE } from '../../config/schema.ts';
import { databaseName } from '../../store/open-store.ts';
import { wholeNumberFrom } from '../base/client-command.ts';
import { loadedFrom, type SettingsOptions, withSettingsOptions } from '../base/settings-options.ts';
import { type Stop, withStop } from '../base/stop.ts';
import { adminSettings } from '../setup/admin.ts';
import { secretOf } from '../setup/secret.ts';
import { BenchReport } from './report.ts';
import { runBench } from './run.ts';

interface BenchOptions extends SettingsOptions {
  readonly seconds: string;
  /** true: without a value. */
  readonly dbAdmin?: string | true;
  readonly clean?: boolean;
  readonly json?: boolean;
}

/** Fewer are too short for the slowest disks, more are no better. */
const SECONDS = { least: 5, most: 120, usual: 20 } as const;

/** `ai-ipc bench`: how fast an admin's own database server is for the queue, in a database of its own. */
export function benchCommand(): Command {
  const command = new Command('bench')
    .description(
      "measure your own database server, in a database of the bench's own that is deleted at the end",
    )
    .option(
      '--seconds <NUMBER>',
      `how long it measures, ${SECONDS.least} to ${SECONDS.most}`,
      String(SECONDS.usual),
    )
    .option(
      '--db-admin [WHERE]',
      'who makes the database, where the user of the settings may not: root, root@host:port or root@/path/of/the/socket ' +
        '(without a value: root through the socket, as sudo mariadb)',
    )
    .option('--clean', 'delete what a bench that was killed has left, and measure nothing')
    .option(
      '--json',
      'print {"server", "facts", "seconds", "figures", "limit", "notes", "isStopped", "removed", "warnings", "error"}',
    )
    .addHelpText(
      'after',
      `
It measures a trip to the server, a read, a commit, how long a request takes from its INSERT to its answer, and how fast
a queue is drained, with a worker and an AI service of its own in this process, and says what limits it. The worker has
your settings (BATCH_SIZE, CONCURRENCY, DB_MAX_POOL_SIZE).

It works in a database ai_ipc_bench_… of its own (embedded: in a folder ai-ipc-bench-… beside your file), bounded in
time and rows, and deletes it at the end, also at Ctrl-C. What a killed one has left, the next one deletes. Your own
tables and requests are not touched. But the server has more to do meanwhile: choose a quiet hour. The password of
--db-admin comes from DB_ADMIN_PASSWORD in the environment, or from the file that DB_ADMIN_PASSWORD_FILE names there.

Exit codes: 0 measured; 1 the server is away, takes no writes or is a replica, or another bench is at work; 2 the call
was wrong; 78 the settings are wrong, or the user has not the right; 130 stopped by Ctrl-C.

Examples:
  sudo ai-ipc bench --db-admin
  ai-ipc bench --database mariadb://bench@10.0.0.5/ragnarok --seconds 60`,
    );
  return withSettingsOptions(command).action((options: BenchOptions) =>
    withStop((stop) => bench(options, stop)),
  );
}

async function bench(options: BenchOptions, stop: Stop): Promise<void> {
  const seconds = secondsFrom(options.seconds);
  const report = new BenchReport({ isJson: options.json ?? false, seconds });
  let failure: unknown;
  try {
    const cleansOnly = options.clean ?? false;
    await runBench({ settings: settingsFor(options), seconds, cleansOnly, stop, report });
  } catch (error) {
    failure = options.dbAdmin === undefined ? error : asAdmins(error);
  }
  report.end(failure, { isStopped: stop.signal.aborted });
  process.exitCode = stop.exitCode() ?? (report.isClean ? 0 : 1);
  if (failure !== undefined) throw failure;
}

/** Advice of a connection names the settings of it, and the administrator's way has others. */
function asAdmins(error: unknown): unknown {
  if (!(error instanceof AiIpcError) || !/\bDB_(USER|PASSWORD|HOST|PORT)\b/.test(error.message)) return error;
  return new AiIpcError(
    error.code,
    `${error.message} Here --db-admin stands in the place of DB_USER, DB_HOST and DB_PORT, and DB_ADMIN_PASSWORD (or ` +
      'DB_ADMIN_PASSWORD_FILE) in that of DB_PASSWORD.',
    { cause: error },
  );
}

function secondsFrom(text: string): number {
  const seconds = wholeNumberFrom('--seconds', text);
  if (seconds >= SECONDS.least && seconds <= SECONDS.most) return seconds;
  throw new AiIpcError(
    'bad_argument',
    `--seconds is ${seconds}. Allowed: ${SECONDS.least} to ${SECONDS.most}.`,
  );
}

/** Those of the worker, with the administrator's way to the database where he is named. */
function settingsFor(options: BenchOptions): Settings {
  const { settings, sources, effective } = loadedFrom(options);
  const { database } = settings;
  const { dbAdmin } = options;
  if (database.kind === 'mariadb') {
    if (dbAdmin === undefined) return settings;
    const password = secretOf('DB_ADMIN_PASSWORD');
    const admin = adminSettings(database, { option: dbAdmin === true ? undefined : dbAdmin, password });
    return { ...settings, database: { ...admin, kind: 'mariadb' } };
  }
  if (dbAdmin !== undefined)
    throw new AiIpcError(
      'bad_argument',
      `--db-admin is for a server, and ${databaseName(database)} is a file. Name the server with --database mariadb://user@host/database.`,
    );
  const isNamed =
    sources.choice.reason !== undefined ||
    effective.find(({ key }) => key === SQLITE.file.key)?.source !== 'default';
  if (isNamed || existsSync(database.file)) return settings;
  throw new AiIpcError(
    'database_unknown',
    `${databaseName(database)}: there is no such file, and nothing here names another database. Go into the folder of your ` +
      '.env, or name it with --database.',
  );
}
