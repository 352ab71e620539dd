import type { OutputFormat } from './answer-format.ts';

/** What a model server takes in a request. Servers that speak "the OpenAI API" differ in these. */
export interface ServerAbilities {
  readonly format: OutputFormat;
  /** OpenAI's newer models refuse max_tokens; Ollama knows nothing else. */
  readonly tokenLimit: 'max_tokens' | 'max_completion_tokens';
  /** Reasoning models refuse any temperature but their own. */
  readonly hasTemperature: boolean;
}

export const ALL_ABILITIES: ServerAbilities = {
  format: 'json_schema',
  tokenLimit: 'max_tokens',
  hasTemperature: true,
};

/** Invalid, unprocessable, not implemented; old llama.cpp servers say 500 to a response_format that they do not know. */
const REFUSALS = new Set([400, 422, 501]);
const FORMAT_WORDS = /response_format|json_schema|json_object|grammar|structured output/i;
const LOWER_FORMAT = { json_schema: 'json_object', json_object: 'text' } as const;

/**
 * What to try after a server refused a request: without the field that it names, else in the next plainer format.
 * undefined when the refusal can have no such reason.
 */
export function lesserAbilities(
  abilities: ServerAbilities,
  { status, words }: { readonly status: number; readonly words: string },
): ServerAbilities | undefined {
  if (!REFUSALS.has(status) && !(status === 500 && FORMAT_WORDS.test(words))) return undefined;
  if (abilities.hasTemperature && /temperature/i.test(words)) return { ...abilities, hasTemperature: false };
  if (abilities.tokenLimit === 'max_tokens' && /max_tokens.*max_completion_tokens/is.test(words)) {
    return { ...abilities, tokenLimit: 'max_completion_tokens' };
  }
  if (abilities.format === 'text') return undefined;
  return { ...abilities, format: LOWER_FORMAT[abilities.format] };
}
