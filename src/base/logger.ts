import { createRequire } from 'node:module';
import pino, { type Logger } from 'pino';

/** Loaded where it is used: what logs as JSON does without 30 ms of CPU at its start. */
const load = createRequire(import.meta.url);

export type { Logger };

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** readable for a person, with the time of day or with the date, too; json for journald and collectors. All have the word ERROR in error lines. */
  readonly format: 'readable' | 'readable with date' | 'json';
  readonly to: LogDestination;
}

/** Takes lines, and has written each when it returns: the last one before an end counts. */
export interface LogDestination {
  write(line: string): unknown;
}

/** What must never reach a log, wherever it stands in a record. */
const SECRETS = ['password', '*.password', 'headers.authorization', '*.headers.authorization'];
const TIMES = { readable: 'SYS:HH:MM:ss.l', 'readable with date': 'SYS:yyyy-mm-dd HH:MM:ss.l' } as const;

export function createLogger({ level, format, to }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    redact: SECRETS,
    formatters: { level: (label: string) => ({ level: label.toUpperCase() }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return pino(options, format === 'json' ? to : readable(TIMES[format], to));
}

/** A file descriptor: 1 or 2. A full disk behind it loses log lines; it must not end a worker that still serves. */
export function descriptor(fd: 1 | 2): LogDestination {
  const destination = pino.destination({ fd, sync: true });
  destination.on('error', () => undefined);
  return destination;
}

/** On Windows, text reaches a console whole through its stream alone: bytes are taken for those of its code page. */
function readable(translateTime: string, to: LogDestination): LogDestination {
  const { prettyFactory } = load('pino-pretty') as typeof import('pino-pretty');
  const pretty = prettyFactory({ colorize: false, translateTime });
  return { write: (line) => to.write(pretty(line)) };
}
