import { AiIpcError } from '../../base/errors.ts';
import type { ListenPlace, ListenWords } from '../../base/listen.ts';

export const DEFAULT_PORT = 8000;
export const DEFAULT_HOST = '127.0.0.1';

export const LISTEN_WORDS: ListenWords = {
  who: 'The AI service',
  portBy: '--port',
  placeBy: '--host or --port',
};

/** Where to listen. Throws AiIpcError bad_argument for a port that is none. */
export function checkAddress({
  port = DEFAULT_PORT,
  host = DEFAULT_HOST,
}: Partial<ListenPlace>): ListenPlace {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { port, host };
  throw new AiIpcError(
    'bad_argument',
    `The port ${port} is not one. Give a number from 0 (any free port) to 65535.`,
  );
}
