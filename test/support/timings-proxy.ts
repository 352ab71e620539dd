import { Agent, createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What llama.cpp tells of one answer: the tokens of its prompt that it read, and those that it had read before. */
interface Timings {
  readonly prompt_n: number;
  readonly cache_n: number;
}

/** Stands before a llama.cpp server, and keeps what it tells of each answer, which the service does not pass on. */
export interface TimingsProxy {
  readonly url: string;
  /** Of each call of chat completions that was answered, in their order. */
  readonly timings: readonly Timings[];
  /** The status of each such call. */
  readonly statuses: readonly number[];
  /** What was asked in each such call, as it stood on the wire. */
  readonly bodies: readonly string[];
  /** What the model wrote in each. */
  readonly contents: readonly string[];
  close(): Promise<void>;
}

export async function startTimingsProxy(target: string): Promise<TimingsProxy> {
  const timings: Timings[] = [];
  const statuses: number[] = [];
  const bodies: string[] = [];
  const contents: string[] = [];
  // A connection each: one that is used again may be closed by the server at that moment.
  const agent = new Agent({ keepAlive: false });
  const proxy = createServer((request, response) => {
    const { method, headers, url = '/' } = request;
    const isAsked = url.endsWith('/chat/completions');
    const asked: Buffer[] = [];
    if (isAsked) request.on('data', (chunk: Buffer) => asked.push(chunk));
    const onward = forward(`${target}${url}`, { method, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        if (!isAsked) return;
        bodies.push(Buffer.concat(asked).toString());
        statuses.push(answer.statusCode ?? 502);
        const answered = Buffer.concat(chunks).toString();
        contents.push(contentOf(answered));
        const told = /"timings":(\{[^{}]*\})/.exec(answered)?.[1];
        if (told !== undefined) timings.push(JSON.parse(told) as Timings);
      });
      answer.pipe(response);
    });
    // Whichever end goes away, the other one learns of it.
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    timings,
    statuses,
    bodies,
    contents,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}

/** The pieces of a stream of answers, put together. */
function contentOf(stream: string): string {
  const pieces = stream.matchAll(/"delta":\{[^{}]*?"content":("(?:[^"\\]|\\.)*")/g);
  return [...pieces].map(([, piece = '""']) => JSON.parse(piece) as string).join('');
}
