import OpenAI from 'openai';
import type { AnswerSchema } from './answer-format.ts';
import { toCompletion } from './completion.ts';
import { createLimitedFetch } from './limited-fetch.ts';
import { paused, refusalOf, toModelError } from './openai-trouble.ts';
import { createOutage } from './outage.ts';
import type { ModelProvider, ModelQuestion, ModelServer } from './provider.ts';
import { ALL_ABILITIES, lesserAbilities, type ServerAbilities } from './server-abilities.ts';

const MAX_RESPONSE_BYTES = 262_144;
/** A small model on one GPU answers in less. */
const FAIR_WAIT_MS = 1_000;

/** Chat completions of OpenAI. One call for each answer: nothing is retried, because the worker has the one retry loop. */
export function createOpenAiProvider(server: ModelServer): ModelProvider {
  const client = createClient(server);
  const abilitiesOf = new Map<string, ServerAbilities>();
  const outage = createOutage(server.clock);
  return {
    async complete(question, signal) {
      if (!outage.mayCall()) throw paused(server);
      const startMs = server.clock.nowMs();
      try {
        const completion = toCompletion(
          await completeAsAble(client, question, { abilitiesOf, signal }),
          question.system + question.user,
        );
        outage.noteEnd(false);
        return completion;
      } catch (error) {
        const waitedMs = server.clock.nowMs() - startMs;
        const modelError = toModelError(error, { server, signal, waitedMs });
        // A caller who gives a model no time learns nothing about it.
        if (!signal.aborted || waitedMs >= FAIR_WAIT_MS) outage.noteEnd(modelError.isOutage);
        throw modelError;
      }
    },
  };
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
