import { retryAfterMs } from '../base/retry-after.ts';
import { startSpan } from '../base/tracing.ts';
import { type Box, boxOf } from '../network/who-answered.ts';
import { readAnswer, readText } from './answer-body.ts';
import { toChatRequest } from './chat-request.ts';
import type { Gathered } from './gathering.ts';
import { ModelError } from './model-error.ts';
import type { ModelQuestion, ModelServer } from './provider.ts';
import type { ServerProfile } from './server-profile.ts';
import { readServerWords } from './server-words.ts';
import type { ServerResponse, Transport } from './transport.ts';
import { noChoices, noCompletion, type ServerRefusal } from './trouble.ts';

/** An error's body has a few hundred bytes; a gateway may put the whole request in front of its reason. */
const MAX_ERROR_BYTES = 65_536;

export interface ChatCall {
  readonly transport: Transport;
  readonly server: ModelServer;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly onFirstWord: () => void;
}

/** What the server made of one call. */
export type ChatOutcome = { readonly gathered: Gathered } | { readonly refusal: ServerRefusal };

/**
 * One call of chat completions, asked for as the profile says and read in whatever form it is answered. Throws ModelError
 * where that is no completion at all, and what the connection throws.
 */
export async function callChat(
  question: ModelQuestion,
  profile: ServerProfile,
  call: ChatCall,
): Promise<ChatOutcome> {
  const { model, trace } = question;
  const attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': model };
  const span = startSpan('ai_ipc.model', { kind: 'client', parent: trace, attributes });
  try {
    const outcome = await callTraced({ ...question, trace: span?.trace ?? trace }, profile, call);
    span?.end('refusal' in outcome ? { error: `HTTP ${outcome.refusal.status}` } : {});
    return outcome;
  } catch (error) {
    // Its words may repeat what a player said.
    span?.end({ error: error instanceof ModelError ? error.kind : 'connection' });
    throw error;
  }
}

async function callTraced(
  question: ModelQuestion,
  profile: ServerProfile,
  { transport, server, maxBytes, signal, onFirstWord }: ChatCall,
): Promise<ChatOutcome> {
  const body = JSON.stringify(toChatRequest(question, profile, server.body ?? {}));
  const response = await transport.post('/chat/completions', body, { signal, trace: question.trace });
  if (response.status !== 200) {
    const said = await readText(response.body, MAX_ERROR_BYTES);
    const refusal = refusalOf(said, { response, question, isIn200: false });
    return { refusal: { ...refusal, ...boxIn(response, said), proxy: transport.proxy } };
  }
  const answer = await readAnswer(response.body, { maxBytes, onFirstWord });
  if ('otherText' in answer) throw noCompletion(server);
  if (answer.error !== undefined)
    return { refusal: refusalOf(answer.error, { response, question, isIn200: true }) };
  if (answer.choices === 'none') throw noCompletion(server);
  if (answer.choices === 'empty') throw noChoices(server);
  return { gathered: answer };
}

function refusalOf(
  said: unknown,
  { response, question, isIn200 }: { response: ServerResponse; question: ModelQuestion; isIn200: boolean },
): ServerRefusal {
  const words = readServerWords(said);
  return {
    status: isIn200 ? (words.status ?? response.status) : response.status,
    isIn200,
    words,
    retryAfterMs: retryAfterIn(response),
    model: question.model,
    asked: question.user,
  };
}

/** A proxy or a web server between here and the model server answered in its place. */
function boxIn({ status, header }: ServerResponse, said: string): { box?: Box } {
  const box = boxOf({ status, header, text: said });
  return box === undefined ? {} : { box };
}

/** OpenAI gives milliseconds in a header of its own, too. */
function retryAfterIn({ header }: ServerResponse): number | null {
  const ms = Number(header('retry-after-ms') ?? Number.NaN);
  return Number.isFinite(ms) && ms >= 0 ? ms : retryAfterMs(header('retry-after'), header('date'));
}
