import { connect, createServer, type Socket } from 'node:net';
import { AiIpcError } from '../../base/errors.ts';
import { preparePath, reachablePaths, stopPipePath } from './stop-pipe-path.ts';

/** What is said through the pipe: to stop when calls under way have ended, or at once. */
export type StopWord = (typeof WORDS)[number];

const WORDS = ['stop', 'stop now'] as const;
const HEARD = 'heard';
const LONGEST_WORD = 'stop now'.length;
/** A process that lives answers within a millisecond, a busy one within a second. */
const ANSWER_LIMIT_MS = 10_000;

/**
 * Lets `ai-ipc … stop` end this process where no signal reaches it: a Windows service has no console. `name` is known to
 * both. Resolves with a function that closes the pipe, or undefined where none can be made.
 */
export async function listenForStop(
  name: string,
  onStop: (word: StopWord) => void,
): Promise<(() => void) | undefined> {
  const path = stopPipePath(name);
  if (path === undefined || !preparePath(path)) return undefined;
  const server = createServer((socket) => hear(socket, onStop));
  server.unref();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(path, () => resolve(() => server.close()));
  });
}

/** Says the word to the process of that name. False where nobody listens under it. */
export async function sayStop(name: string, word: StopWord): Promise<boolean> {
  for (const path of reachablePaths(name)) if (await sayTo(path, word)) return true;
  return false;
}

async function sayTo(path: string, word: StopWord): Promise<boolean> {
  const socket = connect(path);
  socket.setTimeout(ANSWER_LIMIT_MS, () => socket.destroy(notAnswering(path)));
  socket.write(`${word}\n`);
  try {
    return (await lineOf(socket, HEARD.length)) === HEARD;
  } catch (error) {
    if (isNobody(error)) return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

/** Who says anything else, or nothing, gets no answer: his connection is closed, with the limit at the latest. */
function hear(socket: Socket, onStop: (word: StopWord) => void): void {
  socket.unref();
  socket.setTimeout(ANSWER_LIMIT_MS, () => socket.destroy());
  // He may be gone before he has said it, or before he is answered.
  socket.on('error', () => socket.destroy());
  heardWord(socket).then(
    (word) => {
      if (word === undefined) return socket.destroy();
      onStop(word);
      return socket.end(`${HEARD}\n`);
    },
    () => socket.destroy(),
  );
}

async function heardWord(socket: Socket): Promise<StopWord | undefined> {
  const said = await lineOf(socket, LONGEST_WORD);
  return WORDS.find((word) => word === said);
}

/**
 * A line of the other end, since a pipe of Windows cannot be closed one way to say that this is all; undefined where it is
 * longer, or has no end. The socket stays for an answer.
 */
async function lineOf(socket: Socket, longest: number): Promise<string | undefined> {
  let said = '';
  for await (const chunk of socket.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += chunk;
    const end = said.indexOf('\n');
    if (end >= 0) return said.slice(0, end);
    if (said.length > longest) return undefined;
  }
  return undefined;
}

function isNobody(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

function notAnswering(path: string): AiIpcError {
  return new AiIpcError(
    'not_stopped',
    `What listens on ${path} does not answer. End its process by the means of the system.`,
  );
}
