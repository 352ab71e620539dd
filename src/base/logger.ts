import { createRequire } from 'node:module';
import pino, { type Logger } from 'pino';

/** Loaded where it is used: what logs as JSON does without 30 ms of CPU at its start. */
const load = createRequire(import.meta.url);

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
  const pretty = load('pino-pretty') as typeof import('pino-pretty');
  return pino(
    options,
    pretty({ destination: fd, sync: true, colorize: false, translateTime: 'SYS:HH:MM:ss.l' }),
  );
}
