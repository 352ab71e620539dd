import { Breaker, type Sign } from '../base/breaker.ts';
import { isGivenUp } from '../base/deadline-signal.ts';
import { startTimeLimit } from '../base/time-limit.ts';
import { askAsAble } from './as-able.ts';
import { CallQueue } from './call-queue.ts';
import { callToLoad } from './call-to-load.ts';
import { callChat } from './chat-call.ts';
import type { Completion } from './completion.ts';
import { LoadRest } from './load-rest.ts';
import { ModelError } from './model-error.ts';
import { ProfileBook } from './profile-book.ts';
import type { ModelProvider, ModelQuestion, ModelServer } from './provider.ts';
import { Slots } from './slots.ts';
import { toCompletion } from './to-completion.ts';
import { createTransport } from './transport.ts';
import { crowded, givenUp, paused, resting, unanswered } from './trouble.ts';

const MAX_RESPONSE_BYTES = 262_144;
/** As a request has that names none. */
const DEFAULT_PRIORITY = 5;
/** A small model on one GPU answers in less. */
const FAIR_WAIT_MS = 1_000;

/** What a call gave; `isUnfair` where its caller left the model no time: that says nothing of the server. */
type Ended = { readonly completion: Completion } | { readonly error: ModelError; readonly isUnfair: boolean };

/** Chat completions of OpenAI. One call for each answer: nothing is retried, because the worker has the one retry loop. */
export function createOpenAiProvider(server: ModelServer): ModelProvider {
  const { clock, maxResponseBytes: maxBytes = MAX_RESPONSE_BYTES } = server;
  const transport = createTransport(server);
  const book = new ProfileBook({ clock, fixed: server.profile, onLearnt: server.onLearnt });
  const breaker = new Breaker<Ended>(clock, signOf);
  const rest = new LoadRest(clock);
  const slots = new Slots({ clock, transport, fixed: server.slots ?? null });
  // So that they are known before the first players come.
  slots.lookUp();
  const queue = new CallQueue({ clock, slots: () => slots.count() });
  const sharers = () => (Number.isFinite(slots.count()) ? slots.count() : queue.running);

  async function ask(question: ModelQuestion, signal: AbortSignal, onFirstWord: () => void): Promise<Ended> {
    const startMs = clock.nowMs();
    const deadline = startTimeLimit(clock, server.timeoutMs, signal);
    try {
      const { model } = question;
      const call = { transport, server, maxBytes, signal: deadline.signal, onFirstWord };
      const gathered = await askAsAble({
        ...{ model, book, server },
        call: (profile) => callChat(question, profile, call),
      });
      return { completion: toCompletion(gathered, question) };
    } catch (error) {
      if (isGivenUp(signal)) return { error: givenUp(), isUnfair: true };
      const waitedMs = clock.nowMs() - startMs;
      const isTimeout = deadline.signal.aborted;
      const isUnfair = signal.aborted && waitedMs < FAIR_WAIT_MS;
      const known = error instanceof ModelError && !isTimeout;
      return {
        error: known ? error : unanswered(error, { server, isTimeout, waitedMs, maxBytes }),
        isUnfair,
      };
    } finally {
      deadline.end();
    }
  }

  /** Not while the server asked for a rest, nor while it is away. */
  async function askInPeace(
    question: ModelQuestion,
    signal: AbortSignal,
    onFirstWord: () => void,
  ): Promise<Completion> {
    const restMs = rest.leftMs();
    if (restMs > 0) throw resting(server, restMs);
    const ended = await breaker.run((taken) =>
      askToFit(question, { ask: (fit) => ask(fit, signal, first(taken, onFirstWord)), sharers }),
    );
    if (ended === 'rejected') throw paused(server);
    if ('completion' in ended) {
      rest.answered();
      slots.answered(queue.running);
      return ended.completion;
    }
    const { error } = ended;
    // A model that is being loaded asks for no rest: whoever warms it up sees to that.
    if (error.kind !== 'load' || error.reason === 'loading') throw error;
    if (error.retryAfterMs === null) slots.wereTooMany(queue.running);
    throw afterRest(error, rest);
  }

  return {
    async complete(question, signal, onFirstWord = () => undefined) {
      const startMs = clock.nowMs();
      slots.lookUp();
      const place = { signal, priority: question.priority ?? DEFAULT_PRIORITY };
      const completion = question.isQuiet
        ? await queue.runQuietly((quiet) => askInPeace(question, quiet, onFirstWord), signal)
        : await queue.run(() => askInPeace(question, signal, onFirstWord), place);
      if (typeof completion !== 'string') return completion;
      throw question.isQuiet || isGivenUp(signal) ? givenUp() : crowded(server, clock.nowMs() - startMs);
    },

    warmUp: (model, signal) =>
      callToLoad(model, { transport, server, maxBytes, signal, profile: book.profileOf(model) }),
  };
}

interface Fitting {
  readonly ask: (question: ModelQuestion) => Promise<Ended>;
  /** How many calls may be under way together. */
  readonly sharers: () => number;
}

/** With what fits by now, in its slot still: whoever has the next one knows what was learnt. */
async function askToFit(question: ModelQuestion, { ask, sharers }: Fitting): Promise<Ended> {
  const now = { ...question, ...(await question.atItsTurn?.()) };
  const ended = await ask(now);
  if ('completion' in ended || ended.error.reason !== 'shared_full') return ended;
  const shorter = (await question.whenShared?.(sharers())) ?? null;
  return shorter === null ? ended : await ask({ ...now, ...shorter });
}

/** A server that begins to answer is there, however long it takes; and whoever waits for its first word has it. */
function first(taken: () => void, onFirstWord: () => void): () => void {
  return () => {
    taken();
    onFirstWord();
  };
}

/** The server is left alone from now on, and whoever asked learns for how long. */
function afterRest(error: ModelError, rest: LoadRest): ModelError {
  const retryAfterMs = rest.begin(error.retryAfterMs);
  return new ModelError('model_failed', error.message, { kind: 'load', retryAfterMs });
}

/** Only trouble with the server itself says that it is down: one that refuses or is busy is there. */
function signOf(ended: Ended): Sign {
  if ('completion' in ended) return 'up';
  if (ended.isUnfair) return 'neither';
  return ended.error.isOutage ? ended.error : 'up';
}
