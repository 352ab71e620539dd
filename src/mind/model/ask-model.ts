import type { Completion } from '../../providers/completion.ts';
import { ModelError } from '../../providers/model-error.ts';
import type { ModelProvider } from '../../providers/provider.ts';
import { type Reading, toMessage } from '../../reading/message.ts';
import { readMessage } from '../../reading/read-message.ts';
import { MAX_ANSWER_CHARACTERS } from '../answer/clean-answer.ts';
import { cleanModelAnswer, MAX_READ_CHARACTERS } from '../answer/clean-model-answer.ts';
import { createLeakCheck } from '../answer/leak-check.ts';
import { takesOtherName } from '../answer/name-check.ts';
import { ownNames } from '../persona/persona-names.ts';
import { modelFor } from '../persona/persona-server.ts';
import type { AnswerSource } from '../talk/mind.ts';
import type { AskedAnswer } from './answer-schemas.ts';
import type { ContextBudget, Fitted } from './context-budget.ts';
import { type LineSpeakers, lineNamesOf } from './line-names.ts';
import type { Prompt } from './prompt.ts';

const DEFAULTS = { maxTokens: 500, temperature: 0.8 } as const;

/** A model, and how it is asked. */
export interface Model {
  readonly provider: ModelProvider;
  readonly options: {
    readonly server?: string;
    readonly model: string;
    readonly maxTokens?: number;
    readonly thinkingTokens?: number;
    readonly reasoningEffort?: string | null;
    readonly temperature?: number;
    readonly onAsk?: AskListener;
    readonly onReading?: ReadingListener;
  };
  readonly budget: ContextBudget;
}

export type ReadingListener = (
  reading: Reading,
  of: { readonly persona: string; readonly model: string },
) => void;

/** Told of each prompt as it is sent: the one of a call that waited for its turn may be sent in another form. */
export type AskListener = (
  prompt: { readonly system: string; readonly user: string },
  of: { readonly persona: string; readonly model: string },
) => void;

interface Question {
  readonly prompt: Prompt;
  readonly schema: AskedAnswer;
  readonly speakers: LineSpeakers;
  /** What the answer needs, where that may be more than a persona's max_tokens, which are for what it says to a player. */
  readonly leastTokens?: number;
  /** Nobody waits for it: see ModelQuestion. */
  readonly isQuiet?: boolean;
  readonly signal: AbortSignal;
}

/** A completion that has been read, with what is needed to judge and to answer. */
export interface Reply {
  readonly answer: Reading;
  readonly isCut: boolean;
  readonly source: AnswerSource;
  readonly leaks: (text: string) => boolean;
  /** Every name by which the NPC may go. */
  readonly names: readonly string[];
  /** The error that says what was wrong with it; what it cost is not lost. */
  useless(what: string): ModelError;
}

/** One answer of the model, read. Throws ModelError where it gives none, or none that can be used. */
export async function ask(
  { provider, options, budget }: Model,
  { prompt, schema, speakers, leastTokens = 0, isQuiet = false, signal }: Question,
): Promise<Reply> {
  const { persona } = speakers;
  const settings = persona.model_settings;
  const model = modelFor(persona, options);
  const wanted = settings.max_tokens ?? options.maxTokens ?? DEFAULTS.maxTokens;
  const maxTokens = Math.max(leastTokens, wanted);
  const about = { model, persona: persona.id, maxTokens, signal };
  const toSend = (fitted: Fitted) => {
    const texts = textsOf(fitted);
    options.onAsk?.(texts, { persona: persona.id, model });
    return texts;
  };
  const completion = await budget.complete(prompt, about, (fitted, { atItsTurn, whenShared }) =>
    provider.complete(
      {
        model,
        ...toSend(fitted),
        atItsTurn: async () => toSend(await atItsTurn()),
        async whenShared(sharers) {
          const shorter = await whenShared(sharers);
          return shorter === null ? null : toSend(shorter);
        },
        schema,
        temperature: settings.temperature ?? options.temperature ?? DEFAULTS.temperature,
        thinkingTokens: options.thinkingTokens,
        reasoningEffort: options.reasoningEffort ?? undefined,
        priority: speakers.priority,
        trace: speakers.trace,
        isQuiet,
      },
      signal,
    ),
  );
  const answer = readMessage(toMessage(completion), { form: schema.form, names: lineNamesOf(speakers) });
  options.onReading?.(answer, { persona: persona.id, model });
  return toReply(answer, completion, { model, prompt, names: ownNames(persona, speakers.reveals) });
}

function textsOf({ prompt: { system, user }, maxTokens }: Fitted) {
  return { system, user, maxTokens };
}

function toReply(
  answer: Reading,
  { usage: tokens }: Completion,
  { model, prompt, names }: { model: string; prompt: Prompt; names: readonly string[] },
): Reply {
  const useless = (what: string) =>
    new ModelError('model_failed', `The model ${model} wrote ${what}. ${adviceFor(what)}`, {
      tokens,
      hasAnswered: true,
    });
  if (answer.kind === 'nothing') throw useless(answer.why);
  const leaks = createLeakCheck(prompt.secret);
  const source = { provider: 'openai', model, tokens };
  return { answer, isCut: answer.isCut, source, leaks, names, useless };
}

function adviceFor(what: string): string {
  return what.includes('max_tokens')
    ? 'Raise max_tokens in the model_settings of the persona or AI_THINKING_TOKENS, or turn thinking off (docs/models.md).'
    : 'Try another model if this happens often.';
}

interface Fit {
  readonly reply: Reply;
  readonly maxCharacters: number;
}

/** What the model wrote as words of an NPC, which has no other name. */
export function toSpeech(text: string, fit: Fit): string {
  const { whole, clean } = toCleanText(text, fit);
  if (takesOtherName(whole, fit.reply.names)) throw fit.reply.useless('another name for the NPC');
  return clean;
}

/**
 * What the model wrote as text. It is checked before it is cleaned (tags could be put between the words of a secret) and
 * after (they may have been).
 */
export function toCleanText(
  text: string,
  { reply, maxCharacters }: Fit,
): { readonly whole: string; readonly clean: string } {
  if (reply.leaks(text.slice(0, MAX_READ_CHARACTERS)))
    throw reply.useless('parts of its own instructions, or what is locked');
  const whole = cleanModelAnswer(text, {
    maxCharacters: Math.max(maxCharacters, MAX_ANSWER_CHARACTERS) * 10,
  });
  if (reply.leaks(whole)) throw reply.useless('parts of its own instructions, or what is locked');
  return { whole, clean: cleanModelAnswer(text, { maxCharacters, isCut: reply.isCut }) };
}
