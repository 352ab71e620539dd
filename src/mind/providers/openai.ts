import { Breaker, type Sign } from '../../base/breaker.ts';
import { ModelError } from '../talk/mind-error.ts';
import { askAsAble } from './as-able.ts';
import { startCallDeadline } from './call-deadline.ts';
import { callChat } from './chat-call.ts';
import type { Completion } from './completion.ts';
import { LoadRest } from './load-rest.ts';
import { ProfileBook } from './profile-book.ts';
import type { ModelProvider, ModelQuestion, ModelServer } from './provider.ts';
import { toCompletion } from './to-completion.ts';
import { createTransport } from './transport.ts';
import { paused, resting, unanswered } from './trouble.ts';

const MAX_RESPONSE_BYTES = 262_144;
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

  async function ask(question: ModelQuestion, signal: AbortSignal): Promise<Ended> {
    const startMs = clock.nowMs();
    const deadline = startCallDeadline(server, signal);
    const onFirstWord = () => undefined;
    try {
      const { model } = question;
      const call = { transport, server, maxBytes, signal: deadline.signal, onFirstWord };
      const gathered = await askAsAble({
        ...{ model, book, server },
        call: (profile) => callChat(question, profile, call),
      });
      return { completion: toCompletion(gathered, question) };
    } catch (error) {
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

  return {
    async complete(question, signal) {
      const restMs = rest.leftMs();
      if (restMs > 0) throw resting(server, restMs);
      const ended = await breaker.run(() => ask(question, signal));
      if (ended === 'rejected') throw paused(server);
      if ('completion' in ended) {
        rest.answered();
        return ended.completion;
      }
      throw ended.error.kind === 'load' ? afterRest(ended.error, rest) : ended.error;
    },
  };
}

/** The server is left alone from now on, and whoever asked learns for how long. */
function afterRest(error: ModelError, rest: LoadRest): ModelError {
  const { reason } = error;
  const retryAfterMs = rest.begin(error.retryAfterMs);
  const options = { kind: 'load', retryAfterMs, ...(reason === null ? {} : { reason }) } as const;
  return new ModelError('model_failed', error.message, options);
}

/** Only trouble with the server itself says that it is down: one that refuses or is busy is there. */
function signOf(ended: Ended): Sign {
  if ('completion' in ended) return 'up';
  if (ended.isUnfair) return 'neither';
  return ended.error.isOutage ? ended.error : 'up';
}
