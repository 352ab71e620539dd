import { createParser, type EventSourceParser, type ParseError } from 'eventsource-parser';
import { type Gathered, Gathering } from './gathering.ts';

/** A body as it comes in. */
export type Body = AsyncIterable<Uint8Array>;

export interface BodyLimits {
  /** What is kept of it, and the longest single event. */
  readonly maxBytes: number;
  /** Called at the first byte that is no keep-alive: from then on the model is there. */
  readonly onFirstWord?: () => void;
}

/** The body is longer than it may be. */
export class TooLongBody extends Error {}

/** What a body holds that has no answer in it: another API, a page of a proxy. */
export interface NoAnswer {
  readonly otherText: string;
}

/**
 * Of each token of a stream some 250 bytes come in, for the 4 that are kept: a stream may be so much longer than what is
 * kept of it.
 */
const ENVELOPE = 64;
/** A page of a proxy has more; the first words of it tell enough. */
const MAX_OTHER_CHARACTERS = 4_096;
const DONE = '[DONE]';
/** Some keep the connection alive with these before the answer. */
const BLANK = /^[\s\uFEFF]*/;
/** A field of a stream of events, or a comment. */
const EVENTS = /^(?::|(?:data|event|id|retry|error):)/;
const LONGEST_FIELD = 'retry:'.length;

/**
 * Reads one answer from a body: a stream of events or one JSON object, whichever it turns out to be, whatever was asked
 * for and whatever its headers say. Throws TooLongBody, and what the body throws.
 */
export async function readAnswer(body: Body, limits: BodyLimits): Promise<Gathered | NoAnswer> {
  const decoder = new TextDecoder();
  const reading = new AnswerReading(limits);
  for await (const bytes of body) {
    reading.add(decoder.decode(bytes, { stream: true }), bytes.byteLength);
    if (reading.isOver) break;
  }
  return reading.end();
}

/** Reads a body of an error: not more of it than tells what is wrong. */
export async function readText(body: Body, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= maxBytes) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes));
}

class AnswerReading {
  readonly #limits: BodyLimits;
  readonly #gathering = new Gathering();
  #kind: 'unknown' | 'events' | 'text' = 'unknown';
  #text = '';
  #bytes = 0;
  #parser: EventSourceParser | undefined;
  #hasWord = false;
  #isDone = false;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Nothing that is still to come belongs to the answer. */
  get isOver(): boolean {
    return this.#isDone || this.#gathering.isBroken;
  }

  add(text: string, bytes: number): void {
    this.#bytes += bytes;
    if (this.#kind === 'events') this.#feed(text);
    else this.#text += text;
    if (this.#kind === 'unknown') this.#lookAtStart();
    this.#checkLength();
  }

  end(): Gathered | NoAnswer {
    if (this.#kind === 'events') {
      // The last event may lack the blank line that ends it.
      this.#feed('\n\n');
      return this.#gathering.end();
    }
    const value = parse(withoutDone(this.#text));
    if (typeof value !== 'object' || value === null)
      return { otherText: this.#text.slice(0, MAX_OTHER_CHARACTERS) };
    this.#gathering.add(value);
    return this.#gathering.end();
  }

  #checkLength(): void {
    const { maxBytes } = this.#limits;
    const isTooLong =
      this.#kind === 'events'
        ? this.#bytes > maxBytes * ENVELOPE || this.#gathering.characters > maxBytes
        : this.#bytes > maxBytes;
    if (isTooLong) throw new TooLongBody();
  }

  /** What it is shows in its first letters. */
  #lookAtStart(): void {
    const start = this.#text.replace(BLANK, '');
    this.#text = start;
    if (start === '' || (start.length < LONGEST_FIELD && /^[a-z]*:?$/.test(start))) return;
    if (!EVENTS.test(start)) {
      this.#kind = 'text';
      this.#noteWord();
      return;
    }
    this.#kind = 'events';
    this.#text = '';
    this.#feed(start);
  }

  #feed(text: string): void {
    this.#parser ??= createParser({
      maxBufferSize: this.#limits.maxBytes,
      onEvent: ({ data }) => this.#take(data),
      onError: (error) => this.#takeError(error),
    });
    this.#parser.feed(text);
  }

  #take(data: string): void {
    if (this.isOver) return;
    this.#noteWord();
    if (data.trim() === DONE) {
      this.#isDone = true;
      return;
    }
    const value = parse(data);
    if (value === undefined) this.#gathering.fail(data);
    else this.#gathering.add(value);
  }

  /** Older llama.cpp servers send an error as a field of its own, which is none of the standard. */
  #takeError({ type, field, value }: ParseError): void {
    if (type === 'max-buffer-size-exceeded') throw new TooLongBody();
    if (type === 'unknown-field' && field === 'error' && !this.isOver)
      this.#gathering.fail(parse(value ?? '') ?? value);
  }

  #noteWord(): void {
    if (this.#hasWord) return;
    this.#hasWord = true;
    this.#limits.onFirstWord?.();
  }
}

/** Some servers end an answer that is no stream like a stream. */
function withoutDone(text: string): string {
  const trimmed = text.trimEnd();
  if (!trimmed.endsWith(DONE)) return trimmed;
  const rest = trimmed.slice(0, -DONE.length).trimEnd();
  return rest.endsWith('data:') ? rest.slice(0, -'data:'.length) : rest;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller sees that it is something else.
    return undefined;
  }
}
