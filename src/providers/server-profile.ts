import type { OutputFormat } from './answer-format.ts';
import { allWords, type ServerWords } from './server-words.ts';

/** How one model on one server wants to be asked. Servers that speak "the OpenAI API" differ in these. */
export interface ServerProfile {
  /** How it is told to answer in JSON. */
  readonly format: OutputFormat;
  /** As what the instructions are sent: user folds them into the player's message, for templates without a system role. */
  readonly instructions: 'system' | 'developer' | 'user';
  /** OpenAI's newer models refuse max_tokens; Ollama knows nothing else. */
  readonly tokenLimit: 'max_tokens' | 'max_completion_tokens' | 'none';
  /** Reasoning models refuse any temperature but their own. */
  readonly temperature: 'sent' | 'left_out';
  readonly reasoningEffort: 'sent' | 'left_out';
  /** usage: tokens are counted in a last event, which is asked for; some servers refuse to be asked. */
  readonly stream: 'usage' | 'plain' | 'off';
}

export const FULL_PROFILE: ServerProfile = {
  format: 'json_schema',
  instructions: 'system',
  tokenLimit: 'max_tokens',
  temperature: 'sent',
  reasoningEffort: 'sent',
  stream: 'usage',
};

/** Invalid, unprocessable, not implemented; some servers say 500 to a field or a template that they cannot take. */
const REFUSALS: ReadonlySet<number> = new Set([400, 404, 422, 500, 501]);
const LOWER_FORMAT = { json_schema: 'json_object', json_object: 'text', text: undefined } as const;
const LOWER_STREAM = { usage: 'plain', plain: 'off', off: undefined } as const;

/** What a server's words say about a field, and the profile without it; in the order in which they are looked for. */
const LESSONS: readonly {
  readonly words: RegExp;
  readonly lesser: (profile: ServerProfile) => Partial<ServerProfile> | undefined;
}[] = [
  {
    words: /\bsystem\b.{0,80}\buse ['"`]?developer/i,
    lesser: ({ instructions }) => (instructions === 'system' ? { instructions: 'developer' } : undefined),
  },
  // Templates of Gemma and older Mistral models: a system message breaks the order that they check.
  {
    words:
      /system (?:role|message|prompt|instruction)s?\b.{0,40}not (?:be )?(?:supported|enabled|allowed)|(?:not|n't) support.{0,20}\bsystem\b|developer instruction is not enabled|roles must alternate|only user and assistant roles/i,
    lesser: ({ instructions }) => (instructions === 'user' ? undefined : { instructions: 'user' }),
  },
  {
    words: /reasoning_effort|reasoning effort/i,
    lesser: ({ reasoningEffort }) =>
      reasoningEffort === 'sent' ? { reasoningEffort: 'left_out' } : undefined,
  },
  {
    words: /stream_options|include_usage/i,
    lesser: ({ stream }) => (stream === 'usage' ? { stream: 'plain' } : undefined),
  },
  {
    words: /max_tokens.*max_completion_tokens/is,
    lesser: ({ tokenLimit }) =>
      tokenLimit === 'max_tokens' ? { tokenLimit: 'max_completion_tokens' } : undefined,
  },
  {
    words: /max_completion_tokens/i,
    lesser: ({ tokenLimit }) =>
      tokenLimit === 'max_completion_tokens' ? { tokenLimit: 'max_tokens' } : undefined,
  },
  {
    words: /temperature/i,
    lesser: ({ temperature }) => (temperature === 'sent' ? { temperature: 'left_out' } : undefined),
  },
  {
    words: /response_format|json_schema|json_object|\bgrammar\b|structured[ _]output|guided|json[ _]mode/i,
    lesser: ({ format }) => lesserFormat(format),
  },
  {
    words: /\bstream(?:ing|ed)?\b/i,
    lesser: ({ stream }) => {
      const lower = LOWER_STREAM[stream];
      return lower === undefined ? undefined : { stream: lower === 'plain' ? 'off' : lower };
    },
  },
];

/** The next plainer format; undefined for the plainest. */
export function lesserFormat(format: OutputFormat): Pick<ServerProfile, 'format'> | undefined {
  const lower = LOWER_FORMAT[format];
  return lower === undefined ? undefined : { format: lower };
}

/** What to change after a refusal that names a field; undefined where it names none that can be changed. */
export function lessonOf(
  profile: ServerProfile,
  { status, words }: { readonly status: number; readonly words: ServerWords },
): Partial<ServerProfile> | undefined {
  if (!REFUSALS.has(status)) return undefined;
  const said = allWords(words);
  for (const lesson of LESSONS) {
    const lesser = lesson.words.test(said) ? lesson.lesser(profile) : undefined;
    if (lesser !== undefined) return lesser;
  }
  return undefined;
}

/** Whether a refusal that names nothing may be one of the format: some servers fail on it without a word. */
export function mayMeanFormat(status: number): boolean {
  return status !== 404 && REFUSALS.has(status);
}
