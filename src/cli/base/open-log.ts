import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { openLogFile } from '../../base/log-file.ts';
import { createLogger, descriptor, type Logger, type LoggerOptions } from '../../base/logger.ts';
import type { WorkerSettings } from '../../config/settings.ts';

const BYTES_PER_MB = 1_000_000;

interface Program {
  readonly name: 'worker' | 'service';
  /** Where its lines go without a log file. */
  readonly fd: 1 | 2;
  readonly settings: Pick<WorkerSettings, 'logLevel' | 'logFolder' | 'logFileMb'>;
}

/**
 * Runs a program with its log: lines for a person on a terminal and in a file, JSON for whatever else listens. The error
 * that ends it goes to standard error, which nobody may see where there is a log file: so into that, too.
 */
export async function withLog(program: Program, work: (logger: Logger) => Promise<void>): Promise<void> {
  const { settings } = program;
  const logger = createLogger({ level: settings.logLevel, ...destinationOf(program) });
  try {
    await work(logger);
  } catch (error) {
    if (settings.logFolder !== null) logger.error({ error: messageOf(error) }, 'Ended by an error');
    throw error;
  }
}

function destinationOf({ name, fd, settings }: Program): Pick<LoggerOptions, 'format' | 'to'> {
  const { logFolder, logFileMb } = settings;
  if (logFolder !== null) {
    const path = join(logFolder, `ai-ipc-${name}.log`);
    const to = openLogFile({ path, maxBytes: logFileMb * BYTES_PER_MB });
    process.stderr.write(`Log file: ${path}\n`);
    return { format: 'readable with date', to };
  }
  const stream = fd === 1 ? process.stdout : process.stderr;
  return stream.isTTY ? { format: 'readable', to: stream } : { format: 'json', to: descriptor(fd) };
}
