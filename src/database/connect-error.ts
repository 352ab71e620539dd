import { AiIpcError } from '../base/errors.ts';
import { serverWords, toDatabaseError } from './database-errors.ts';
import { mariadbName } from './database-name.ts';
import { readDriverError } from './driver-error.ts';
import { aboutStranger, adviceForNetwork } from './network-advice.ts';
import type { SeenLine } from './seen-line.ts';
import { adviceForTls } from './tls-advice.ts';

/** Access denied, and TLS demanded: what to do depends on whether there was TLS. */
const OF_THE_LINE = new Set([1045, 3159]);

/**
 * What went wrong while a connection was made, as far as the way to the server is the trouble; else the driver's error, in
 * which the server's own number stands.
 */
export function toConnectError(error: unknown, line: SeenLine): unknown {
  if (error instanceof AiIpcError) return error;
  const cause = readDriverError(error);
  const name = mariadbName(line.settings);
  if (line.greeting?.kind === 'stranger')
    return new AiIpcError('database_unavailable', `${name}: ${aboutStranger(line.greeting.words, line)}`);
  if (cause.errno !== undefined && OF_THE_LINE.has(cause.errno)) return toDatabaseError(error, name, line);
  const told = (code: 'bad_settings' | 'database_unavailable', advice: string) =>
    new AiIpcError(code, `${name}: ${serverWords(error)} ${advice}`, { cause: error });
  const aboutTls = adviceForTls(cause, line);
  if (aboutTls !== undefined) return told('bad_settings', aboutTls);
  const aboutNetwork = adviceForNetwork(cause, line);
  return aboutNetwork === undefined ? error : told('database_unavailable', aboutNetwork);
}
