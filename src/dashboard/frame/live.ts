import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { DashboardEnv, View } from './page.ts';

/** What is seen to move, and what a database does not notice. */
const LOOK_MS = 2_000;
/** A browser keeps six connections to a host; a dozen people with some tabs each. */
const MOST_STREAMS = 40;

interface LivePage {
  readonly show: () => Promise<View>;
  /** Whether who looks may look no more: his session has ended. */
  readonly isOver: () => boolean;
}

/** Pages that are open, and are sent what changes on them. */
export class LivePages {
  readonly #clock: Clock;
  readonly #stopped: AbortSignal;
  #open = 0;

  constructor(clock: Clock, stopped: AbortSignal) {
    this.#clock = clock;
    this.#stopped = stopped;
  }

  /** The same address as the page, asked for as a stream: its live sections, each when it has changed. */
  stream(context: Context<DashboardEnv>, { show, isOver }: LivePage): Response {
    if (this.#open >= MOST_STREAMS) return context.text('Too many pages are open.', 503);
    this.#open += 1;
    return streamSSE(context, async (stream) => {
      const left = new AbortController();
      stream.onAbort(() => left.abort());
      const end = AbortSignal.any([left.signal, this.#stopped]);
      try {
        await this.#follow(stream, { show, isOver }, end);
      } finally {
        this.#open -= 1;
      }
    });
  }

  async #follow(stream: SSEStreamingApi, { show, isOver }: LivePage, end: AbortSignal): Promise<void> {
    const sent = new Map<string, string>();
    while (!end.aborted && !isOver()) {
      try {
        await sendChanged(stream, await show(), sent);
      } catch (error) {
        await stream.writeSSE({ event: 'trouble', data: JSON.stringify(messageOf(error)) });
      }
      await this.#clock.sleep(LOOK_MS, end);
    }
  }
}

export function wantsStream(context: Context<DashboardEnv>): boolean {
  return (context.req.header('Accept') ?? '').includes('text/event-stream');
}

/** `look` also when nothing has changed: so the page knows that it is not stale. */
async function sendChanged(
  stream: SSEStreamingApi,
  { sections }: View,
  sent: Map<string, string>,
): Promise<void> {
  for (const { id, content, isLive } of sections) {
    if (!isLive) continue;
    const html = String(await content);
    if (sent.get(id) === html) continue;
    sent.set(id, html);
    await stream.writeSSE({ event: 'section', data: JSON.stringify({ id, html }) });
  }
  await stream.writeSSE({ event: 'look', data: '' });
}
