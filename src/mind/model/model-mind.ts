import { type Clock, systemClock } from '../../base/clock.ts';
import { MAX_ANSWER_CHARACTERS } from '../answer/clean-answer.ts';
import { cleanModelAnswer, MAX_READ_CHARACTERS } from '../answer/clean-model-answer.ts';
import { createLeakCheck } from '../answer/leak-check.ts';
import { takesOtherName } from '../answer/name-check.ts';
import { EMOTION_NAMES, EMOTIONS, emotionOf, feelingFrom } from '../language/emotion.ts';
import { languageOf } from '../language/language.ts';
import { toWords } from '../language/words.ts';
import type { Persona } from '../persona/persona.ts';
import { ownNames } from '../persona/persona-names.ts';
import type { AnswerSchema } from '../providers/answer-format.ts';
import type { Completion } from '../providers/completion.ts';
import { createOpenAiProvider } from '../providers/openai.ts';
import type { ModelProvider } from '../providers/provider.ts';
import type {
  AnswerSource,
  Decision,
  FeltAnswer,
  Mind,
  NpcEvent,
  PlayerLine,
  Situation,
  SpokenAnswer,
} from '../talk/mind.ts';
import { ModelError } from '../talk/mind-error.ts';
import { emotionIn, fieldIn, isEmotion, namedIn, numberIn, optionIn, textIn } from './answer-fields.ts';
import { ANSWER_SCHEMAS } from './answer-schemas.ts';
import { ContextBudget, type ContextNotice } from './context-budget.ts';
import { decidePrompt, feelPrompt, type Prompt, speakPrompt } from './prompt.ts';
import { type ModelAnswer, readModelAnswer } from './read-answer.ts';
import { createServerFacts } from './server-facts.ts';

export interface ModelMindOptions {
  /** Up to and with the version, such as http://127.0.0.1:11434/v1. */
  readonly baseUrl: string;
  /** Empty or null for a server that wants none. */
  readonly apiKey: string | null;
  /** The model for personas that name none. */
  readonly model: string;
  /** Sent with each call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The longest that one answer may take. */
  readonly timeoutMs: number;
  /** For personas that name no max_tokens. Default 500: an answer has about 150, and a runaway model ends some time. */
  readonly maxTokens?: number;
  /** For personas that name no temperature. Default 0.8: varied, and still to the point. */
  readonly temperature?: number;
  /** Default 262,144. */
  readonly maxResponseBytes?: number;
  /** What prompt and answer may have together; 0 or left out: as the server tells. */
  readonly contextTokens?: number;
  /** Told of the context, and of what does not fit into it. */
  readonly onContext?: (notice: ContextNotice) => void;
  readonly clock?: Clock;
}

const DEFAULTS = { maxTokens: 500, temperature: 0.8 } as const;
const MAX_ACTION_CHARACTERS = 100;
const MAX_REASON_CHARACTERS = 200;

/**
 * Any model behind a server that speaks OpenAI's chat completions. What it writes is read leniently, checked (it must
 * not read out its prompt nor take another name) and cleaned; what does not pass is AiIpcError model_failed.
 */
export function createModelMind(options: ModelMindOptions): Mind {
  const provider = createOpenAiProvider({ ...options, clock: options.clock ?? systemClock });
  const model: Model = { provider, options, budget: budgetOf(options) };
  return {
    name: 'openai',
    model: options.model,
    speak: (line, signal) => speak(model, line, signal),
    decide: (situation, signal) => decide(model, situation, signal),
    feel: (event, signal) => feel(model, event, signal),
  };
}

interface Model {
  readonly provider: ModelProvider;
  readonly options: ModelMindOptions;
  readonly budget: ContextBudget;
}

function budgetOf({
  clock = systemClock,
  contextTokens,
  onContext,
  ...server
}: ModelMindOptions): ContextBudget {
  return new ContextBudget({
    contextTokens: contextTokens || null,
    facts: createServerFacts(server),
    clock,
    ...(onContext === undefined ? {} : { onNotice: onContext }),
  });
}

async function speak(model: Model, line: PlayerLine, signal: AbortSignal): Promise<SpokenAnswer> {
  const prompt = speakPrompt(line);
  const reply = await ask(model, { prompt, schema: ANSWER_SCHEMAS.speak, persona: line.persona, signal });
  const said = textIn(reply.answer);
  const text = toSpeech(said, { reply, maxCharacters: line.maxCharacters });
  const action = toSpeech(fieldIn(reply.answer, 'action'), { reply, maxCharacters: MAX_ACTION_CHARACTERS });
  if (text === '') throw reply.useless('nothing that an NPC could say');
  const chosenOption = optionIn(reply.answer, line.options);
  return {
    text,
    emotion:
      emotionIn(reply.answer) ?? emotionOf(toWords(text, languageOf(line.language))) ?? line.persona.mood,
    ...(action === '' ? {} : { action }),
    ...(chosenOption === undefined ? {} : { chosenOption }),
    ...reply.source,
  };
}

async function decide(model: Model, situation: Situation, signal: AbortSignal): Promise<Decision> {
  const prompt = decidePrompt(situation);
  const { persona, actions } = situation;
  const reply = await ask(model, { prompt, schema: ANSWER_SCHEMAS.decide, persona, signal });
  const action = optionIn(reply.answer, actions) ?? namedIn(reply.answer, actions);
  if (action === undefined) throw reply.useless('none of the actions');
  const reason = toSpeech(fieldIn(reply.answer, 'reason'), { reply, maxCharacters: MAX_REASON_CHARACTERS });
  return {
    action,
    reason: reason === '' ? 'It seems best.' : reason,
    confidence: numberIn(reply.answer, 'confidence', { from: 0, to: 1 }) ?? 0.5,
    ...reply.source,
  };
}

async function feel(model: Model, { persona, ...event }: NpcEvent, signal: AbortSignal): Promise<FeltAnswer> {
  const prompt = feelPrompt({ persona, ...event });
  const reply = await ask(model, { prompt, schema: ANSWER_SCHEMAS.feel, persona, signal });
  const emotion = emotionIn(reply.answer) ?? namedIn(reply.answer, EMOTION_NAMES);
  if (!isEmotion(emotion)) throw reply.useless('no emotion of the list');
  return {
    emotion,
    intensity:
      numberIn(reply.answer, 'intensity', { from: 0, to: 1 }) ?? feelingFrom(event.event, emotion).intensity,
    valence: numberIn(reply.answer, 'valence', { from: -1, to: 1 }) ?? EMOTIONS[emotion],
    ...reply.source,
  };
}

interface Question {
  readonly prompt: Prompt;
  readonly schema: AnswerSchema;
  readonly persona: Persona;
  readonly signal: AbortSignal;
}

/** A completion that has been read, with what is needed to judge and to answer. */
interface Reply {
  readonly answer: ModelAnswer;
  readonly isCut: boolean;
  readonly source: AnswerSource;
  readonly leaks: (text: string) => boolean;
  readonly persona: Persona;
  /** The error that says what was wrong with it; what it cost is not lost. */
  useless(what: string): ModelError;
}

async function ask(
  { provider, options, budget }: Model,
  { prompt, schema, persona, signal }: Question,
): Promise<Reply> {
  const settings = persona.model_settings;
  const model = settings.model ?? options.model;
  const maxTokens = settings.max_tokens ?? options.maxTokens ?? DEFAULTS.maxTokens;
  const asked = { model, persona: persona.id, maxTokens, signal };
  const completion = await budget.complete(prompt, asked, (fitted) =>
    provider.complete(
      {
        model,
        system: fitted.prompt.system,
        user: fitted.prompt.user,
        schema,
        temperature: settings.temperature ?? options.temperature ?? DEFAULTS.temperature,
        maxTokens: fitted.maxTokens,
      },
      signal,
    ),
  );
  return toReply(completion, { model, prompt, persona });
}

function toReply(
  { content, isCut, tokens }: Completion,
  { model, prompt, persona }: { model: string; prompt: Prompt; persona: Persona },
): Reply {
  const useless = (what: string) =>
    new ModelError(
      'model_failed',
      `The model ${model} wrote ${what}. Try another model if this happens often.`,
      {
        tokens,
        hasAnswered: true,
      },
    );
  const answer = readModelAnswer(content);
  if (answer.kind === 'nonsense') {
    throw useless(content.trim() === '' ? 'an empty answer' : 'an answer that cannot be read');
  }
  const leaks = createLeakCheck(prompt.secret);
  return { answer, isCut, source: { provider: 'openai', model, tokens }, leaks, persona, useless };
}

/** Checked before it is cleaned (tags could be put between the words of a secret) and after (they may have been). */
function toSpeech(text: string, { reply, maxCharacters }: { reply: Reply; maxCharacters: number }): string {
  if (reply.leaks(text.slice(0, MAX_READ_CHARACTERS))) throw reply.useless('parts of its own instructions');
  const whole = cleanModelAnswer(text, {
    maxCharacters: Math.max(maxCharacters, MAX_ANSWER_CHARACTERS) * 10,
  });
  if (reply.leaks(whole)) throw reply.useless('parts of its own instructions');
  if (takesOtherName(whole, ownNames(reply.persona))) throw reply.useless('another name for the NPC');
  return cleanModelAnswer(text, { maxCharacters, isCut: reply.isCut });
}
