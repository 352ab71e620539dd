import { createServer } from 'node:http';
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
  close(): Promise<void>;
}

export async function startTimingsProxy(target: string): Promise<TimingsProxy> {
  const timings: Timings[] = [];
  const statuses: number[] = [];
  const proxy = createServer(async (request, response) => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      ...(body.length === 0 ? {} : { body: Buffer.concat(body) }),
    });
    const text = await answer.text();
    if (request.url?.endsWith('/chat/completions')) {
      statuses.push(answer.status);
      const told = /"timings":(\{[^{}]*\})/.exec(text)?.[1];
      if (told !== undefined) timings.push(JSON.parse(told) as Timings);
    }
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'application/json',
    });
    response.end(text);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    timings,
    statuses,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}
