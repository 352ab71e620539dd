import type { AnswerSchema } from './answer-format.ts';
import type { ModelQuestion } from './provider.ts';
import type { ServerProfile } from './server-profile.ts';

/** The body of a call of chat completions, in the words that its server understands. */
export function toChatRequest(
  question: ModelQuestion,
  profile: ServerProfile,
  ownFields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { model, schema, temperature, maxTokens, thinkingTokens = 0, reasoningEffort } = question;
  const format = toResponseFormat(schema, profile);
  return {
    model,
    messages: toMessages(question, profile),
    ...(profile.tokenLimit === 'none' ? {} : { [profile.tokenLimit]: maxTokens + thinkingTokens }),
    ...(format === undefined ? {} : { response_format: format }),
    ...(temperature === undefined || profile.temperature === 'left_out' ? {} : { temperature }),
    ...(!reasoningEffort || profile.reasoningEffort === 'left_out'
      ? {}
      : { reasoning_effort: reasoningEffort }),
    ...ownFields,
    // Always named: some servers stream where it is missing.
    stream: profile.stream !== 'off',
    ...(profile.stream === 'usage' ? { stream_options: { include_usage: true } } : {}),
  };
}

/** Two messages, or one: roles alternate in any case. */
function toMessages({ system, user }: ModelQuestion, { instructions }: ServerProfile) {
  if (instructions === 'user') return [{ role: 'user', content: `${system}\n\n${user}` }];
  return [
    { role: instructions, content: system },
    { role: 'user', content: user },
  ];
}

function toResponseFormat({ name, schema }: AnswerSchema, { format }: ServerProfile) {
  if (format === 'text') return undefined;
  if (format === 'json_object') return { type: format };
  return { type: format, json_schema: { name, strict: true, schema: { ...schema } } };
}
