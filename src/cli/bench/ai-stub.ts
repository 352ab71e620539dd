import { once } from 'node:events';
import { createServer } from 'node:http';
import { listen } from '../../base/listen.ts';

/** About as long as what an NPC says. */
const ANSWER = JSON.stringify({
  text: 'Welcome to Prontera, traveller. The castle is to the north, and the market is where you stand.',
  emotion: 'happy',
});
const HEADERS = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(ANSWER) };
const WORDS = { who: 'The AI stub of the bench', portBy: 'nothing', placeBy: 'address' } as const;

/** Gives `work` the URL of an AI service that answers everything at once, for this machine alone. */
export async function withAiStub<T>(work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200, HEADERS).end(ANSWER));
  });
  const { url } = await listen(server, { host: '127.0.0.1', port: 0 }, WORDS);
  try {
    return await work(url);
  } finally {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
