import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** readable for a person at a terminal, json for journald and collectors. Both have the word ERROR in error lines. */
  readonly format: 'readable' | 'json';
  /** A file descriptor: 1 or 2. */
  readonly fd: 1 | 2;
}

/** What must never reach a log, wherever it stands in a record. */
const SECRETS = ['password', '*.password', 'headers.authorization', '*.headers.authorization'];

export function createLogger({ level, format, fd }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    redact: SECRETS,
    formatters: { level: (label: string) => ({ level: label.toUpperCase() }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  if (format === 'json') {
    const destination = pino.destination({ fd, sync: true });
    // A full disk behind stdout loses log lines; it must not end a worker that still serves.
    destination.on('error', () => undefined);
    return pino(options, destination);
  }
  return pino(
    options,
    pretty({ destination: fd, sync: true, colorize: false, translateTime: 'SYS:HH:MM:ss.l' }),
  );
}
