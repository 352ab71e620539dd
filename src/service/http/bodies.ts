import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { MAX_BODY_BYTES } from '../base/contract.ts';
import { type Refusal, refuse } from './http-error.ts';

/** A megabyte at 100 KB a second; the worker's own bodies come with their headers. */
const MOST_MS = 10_000;
/** What is left of the time that its caller waits is for the answer. */
const PART_OF_DEADLINE = 0.5;
/** Of all bodies on their way together: 64 of the largest. */
const MOST_BYTES_OF_ALL = 64 * MAX_BODY_BYTES;
const LOOK_MS = 500;

export interface BodiesOptions {
  readonly clock: Clock;
  readonly stopped: AbortSignal;
  readonly mostMs?: number;
  readonly mostBytesOfAll?: number;
}

/** A body that is on its way. */
interface Coming {
  readonly untilMs: number;
  readonly mostMs: number;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  bytes: number;
  isCut: boolean;
}

/**
 * Reads bodies, at most MAX_BODY_BYTES of each. One that is slow holds nobody else: it takes no place among the calls that
 * are answered, is cut after half of its caller's time (10 s at the most), and before that where all of them together get too much: the oldest first, which of
 * honest callers is there within milliseconds.
 */
export class Bodies {
  readonly #options: Required<BodiesOptions>;
  /** The oldest first. */
  readonly #coming = new Set<Coming>();
  #bytesOfAll = 0;
  #isLooking = false;

  constructor(options: BodiesOptions) {
    this.#options = { mostMs: MOST_MS, mostBytesOfAll: MOST_BYTES_OF_ALL, ...options };
  }

  async read(request: Pick<Request, 'headers' | 'body'>, deadlineMs: number): Promise<Uint8Array | Refusal> {
    const { headers } = request;
    const wrong = refusalOfType(headers.get('content-type'));
    if (wrong !== undefined) return wrong;
    // The length is believed only when it is too large already.
    if (Number(headers.get('content-length')) > MAX_BODY_BYTES) return tooLarge();
    // Not looked at before: it begins to be read then, and what is left of it is no longer drained.
    const { body } = request;
    if (body === null) return new Uint8Array();
    const mostMs = Math.min(this.#options.mostMs, deadlineMs * PART_OF_DEADLINE);
    const untilMs = this.#options.clock.nowMs() + mostMs;
    const coming = { untilMs, mostMs, reader: body.getReader(), bytes: 0, isCut: false };
    this.#coming.add(coming);
    this.#look();
    try {
      return await this.#gather(coming);
    } catch (error) {
      // Whoever hangs up here reads no answer, and the service did nothing wrong that its log should tell.
      return refuse('bad_json', `The body broke off (${messageOf(error)}). Send all of it.`);
    } finally {
      this.#coming.delete(coming);
      this.#bytesOfAll -= coming.bytes;
    }
  }

  async #gather(coming: Coming): Promise<Uint8Array | Refusal> {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await coming.reader.read();
      if (coming.isCut) return tooSlow(coming);
      if (done) return Buffer.concat(chunks, coming.bytes);
      coming.bytes += value.length;
      this.#bytesOfAll += value.length;
      if (coming.bytes > MAX_BODY_BYTES) {
        letGo(coming);
        return tooLarge();
      }
      chunks.push(value);
      if (this.#bytesOfAll > this.#options.mostBytesOfAll) this.#cutOldest();
    }
  }

  #cutOldest(): void {
    for (const coming of this.#coming)
      if (!coming.isCut) {
        this.#cut(coming);
        return;
      }
  }

  #cut(coming: Coming): void {
    coming.isCut = true;
    letGo(coming);
  }

  /** One look for all of them: a timer for each costs more than most bodies do. */
  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const run = async () => {
      const { clock, stopped } = this.#options;
      while (this.#coming.size > 0 && !stopped.aborted) {
        await clock.sleep(LOOK_MS, stopped);
        const nowMs = clock.nowMs();
        for (const coming of this.#coming) if (nowMs >= coming.untilMs && !coming.isCut) this.#cut(coming);
      }
      this.#isLooking = false;
    };
    // A clock never rejects.
    run().catch(() => undefined);
  }
}

function tooSlow({ mostMs }: Coming): Refusal {
  const message = `The body was not there within ${mostMs / 1000} s, or others needed its place. Send all of it at once.`;
  return refuse('body_too_slow', message);
}

/** A read that waits is over then; what the stream says to it has nobody to hear it. */
function letGo({ reader }: Coming): void {
  reader.cancel().catch(() => undefined);
}

function tooLarge(): Refusal {
  return refuse('body_too_large', `The body has more than ${MAX_BODY_BYTES} bytes. Send less of it.`);
}

/** What a page of another site may post without asking is never JSON: text/plain, a form, or no type at all. */
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

function refusalOfType(type: string | null): Refusal | undefined {
  if (type !== null && JSON_TYPE.test(type.trim())) return undefined;
  const found = type === null ? 'missing' : JSON.stringify(type.slice(0, 60));
  const message = `The header Content-Type must be application/json; it was ${found}. With curl: -H 'Content-Type: application/json'.`;
  return refuse('wrong_type', message);
}
