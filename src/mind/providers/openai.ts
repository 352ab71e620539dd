import OpenAI from 'openai';
import { Breaker, type Sign } from '../../base/breaker.ts';
import type { ModelError } from '../talk/mind-error.ts';
import type { AnswerSchema } from './answer-format.ts';
import { type Completion, toCompletion } from './completion.ts';
import { createLimitedFetch } from './limited-fetch.ts';
import { paused, refusalOf, toModelError } from './openai-trouble.ts';
import type { ModelProvider, ModelQuestion, ModelServer } from './provider.ts';
import { ALL_ABILITIES, lesserAbilities, type ServerAbilities } from './server-abilities.ts';

const MAX_RESPONSE_BYTES = 262_144;
/** A small model on one GPU answers in less. */
const FAIR_WAIT_MS = 1_000;

/** What a call gave; `isUnfair` where its caller left the model no time: that says nothing of the server. */
type Ended = { readonly completion: Completion } | { readonly error: ModelError; readonly isUnfair: boolean };

/** Chat completions of OpenAI. One call for each answer: nothing is retried, because the worker has the one retry loop. */
export function createOpenAiProvider(server: ModelServer): ModelProvider {
  const client = createClient(server);
  const abilitiesOf = new Map<string, ServerAbilities>();
  const breaker = new Breaker<Ended>(server.clock, signOf);

  async function ask(question: ModelQuestion, signal: AbortSignal): Promise<Ended> {
    const startMs = server.clock.nowMs();
    try {
      const answer = await completeAsAble(client, question, { abilitiesOf, signal });
      return { completion: toCompletion(answer, question.system + question.user) };
    } catch (error) {
      const waitedMs = server.clock.nowMs() - startMs;
      const isUnfair = signal.aborted && waitedMs < FAIR_WAIT_MS;
      return { error: toModelError(error, { server, signal, waitedMs }), isUnfair };
    }
  }

  return {
    async complete(question, signal) {
      const ended = await breaker.run(() => ask(question, signal));
      if (ended === 'rejected') throw paused(server);
      if ('error' in ended) throw ended.error;
      return ended.completion;
    },
  };
}

function signOf(ended: Ended): Sign {
  if ('completion' in ended) return 'up';
  if (ended.isUnfair) return 'neither';
  return ended.error.isOutage ? ended.error : 'up';
}

function createClient({ baseUrl, apiKey, headers, timeoutMs, maxResponseBytes }: ModelServer): OpenAI {
  return new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey || 'none',
    // Named, so that OPENAI_ORG_ID and the like in the environment change nothing.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: timeoutMs,
    // Its debug log would show what players say.
    logLevel: 'off',
    fetch: createLimitedFetch(maxResponseBytes ?? MAX_RESPONSE_BYTES),
    defaultHeaders: { ...(apiKey ? {} : { Authorization: null }), ...headers },
  });
}

interface Attempt {
  readonly abilitiesOf: Map<string, ServerAbilities>;
  readonly signal: AbortSignal;
}

/** Asks with all that the server is known to take, and with less where it refuses; what it took is remembered. */
async function completeAsAble(
  client: OpenAI,
  question: ModelQuestion,
  { abilitiesOf, signal }: Attempt,
): Promise<unknown> {
  let abilities: ServerAbilities | undefined = abilitiesOf.get(question.model) ?? ALL_ABILITIES;
  for (;;) {
    try {
      const completion: unknown = await client.chat.completions.create(toRequest(question, abilities), {
        signal,
      });
      abilitiesOf.set(question.model, abilities);
      return completion;
    } catch (error) {
      // Each round has one ability less, so there are at most five.
      abilities = lesserAbilities(abilities, refusalOf(error));
      if (!abilities) throw error;
    }
  }
}

function toRequest(question: ModelQuestion, abilities: ServerAbilities) {
  const { model, system, user, temperature, maxTokens } = question;
  const format = toResponseFormat(question.schema, abilities);
  return {
    model,
    messages: [{ role: 'system', content: system } as const, { role: 'user', content: user } as const],
    [abilities.tokenLimit]: maxTokens,
    ...(format === undefined ? {} : { response_format: format }),
    ...(temperature === undefined || !abilities.hasTemperature ? {} : { temperature }),
  };
}

function toResponseFormat({ name, schema }: AnswerSchema, { format }: ServerAbilities) {
  if (format === 'text') return undefined;
  if (format === 'json_object') return { type: format };
  return { type: format, json_schema: { name, strict: true, schema: { ...schema } } };
}
