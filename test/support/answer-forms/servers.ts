import { type AnswerForm, DRAFT, OBJECT, silent, spoken, THOUGHT, WORDS } from './form.ts';

const MISTRAL = 'https://docs.mistral.ai/capabilities/reasoning/';
const LITELLM = 'https://docs.litellm.ai/docs/reasoning_content';
const ISSUE = 'reports of admins, tried on the build of November 2026';

/** Thoughts that the server tells apart. */
export const SERVER_FORMS: readonly AnswerForm[] = [
  spoken('DeepSeek', 'https://api-docs.deepseek.com/guides/reasoning_model', OBJECT, {
    reasoning: { reasoning_content: THOUGHT },
  }),
  spoken('LiteLLM', LITELLM, OBJECT, {
    reasoning: { reasoning_content: THOUGHT, thinking_blocks: [{ type: 'thinking', thinking: THOUGHT }] },
  }),
  spoken('OpenRouter', 'https://openrouter.ai/docs/use-cases/reasoning-tokens', WORDS, {
    reasoning: { reasoning: THOUGHT, reasoning_details: [{ type: 'reasoning.text', text: THOUGHT }] },
  }),
  spoken('Ollama', 'https://docs.ollama.com/capabilities/thinking', OBJECT, {
    reasoning: { thinking: THOUGHT },
  }),
  spoken('vLLM, newer', 'https://docs.vllm.ai/en/latest/features/reasoning_outputs.html', OBJECT, {
    reasoning: { reasoning: THOUGHT },
  }),
  spoken('llama.cpp, auto', 'https://github.com/ggml-org/llama.cpp/pull/16394', WORDS, {
    reasoning: { reasoning_content: `${THOUGHT} ${DRAFT}` },
  }),
  spoken('Nemotron over NIM', 'https://github.com/NVIDIA-NeMo/Guardrails/pull/2316', OBJECT, {
    reasoning: { reasoning_content: THOUGHT },
  }),
  silent('vLLM, the answer in the thoughts', 'https://github.com/mindcraft-bots/mindcraft/issues/789', null, {
    reasoning: { reasoning_content: `${THOUGHT} ${DRAFT}` },
  }),
  silent('a model that thinks to its end, content null', 'https://github.com/kekzl/imp/pull/1442', null, {
    finish: 'length',
    reasoning: { reasoning: THOUGHT },
  }),
  silent('blank content', 'https://github.com/kekzl/imp/pull/1442', '\n\n', {
    reasoning: { reasoning_content: THOUGHT },
  }),
  silent('nothing at all', 'https://github.com/mindcraft-bots/mindcraft/issues/789', null),
  spoken('Mistral, parts', MISTRAL, [
    { type: 'thinking', thinking: [{ type: 'text', text: THOUGHT }] },
    { type: 'text', text: OBJECT },
  ]),
  spoken('Mistral over Spring AI', 'https://github.com/spring-projects/spring-ai/pull/5020', [
    { type: 'thinking', thinking: [{ type: 'text', text: THOUGHT }], closed: true },
    { type: 'text', text: WORDS },
  ]),
  silent(
    'Mistral, cut in its thought',
    MISTRAL,
    [{ type: 'thinking', thinking: [{ type: 'text', text: `${THOUGHT} ${DRAFT}` }] }],
    { finish: 'length' },
  ),
  spoken(
    'a part of reasoning',
    'https://reference.langchain.com/python/langchain-core/messages/content/ReasoningContentBlock',
    [
      { type: 'reasoning', text: THOUGHT },
      { type: 'text', text: WORDS },
    ],
  ),
  spoken(
    'a part of reasoning with its own field',
    'https://reference.langchain.com/python/langchain-core/messages/content/ReasoningContentBlock',
    [
      { type: 'reasoning', reasoning: THOUGHT },
      { type: 'text', text: OBJECT },
    ],
  ),
  spoken('Anthropic, parts passed on', LITELLM, [
    { type: 'thinking', thinking: THOUGHT, signature: 'secretly' },
    { type: 'text', text: WORDS },
  ]),
  spoken('Anthropic, thoughts that are hidden', LITELLM, [
    { type: 'redacted_thinking', data: 'secretly' },
    { type: 'text', text: OBJECT },
  ]),
  spoken('parts of text alone', 'https://platform.openai.com/docs/api-reference/chat/object', [
    { type: 'text', text: '{"text": "Well met, ' },
    { type: 'text', text: 'traveler."}' },
  ]),
  spoken('the part of text between thoughts', LITELLM, [
    { type: 'text', text: 'Secretly, hm.' },
    { type: 'thinking', thinking: THOUGHT },
    { type: 'text', text: WORDS },
  ]),
  silent('a part that is a picture', 'https://platform.openai.com/docs/api-reference/chat/object', [
    { type: 'image_url', image_url: { url: 'data:secretly' } },
  ]),
  silent(
    'thoughts in a part, cut words in another',
    'https://github.com/jundot/omlx/issues/2860',
    [
      { type: 'thinking', thinking: THOUGHT },
      { type: 'text', text: 'and secretly he' },
    ],
    { finish: 'length' },
  ),
  silent('a page of a proxy', ISSUE, '<!doctype html><html><body>Secretly.</body></html>'),
];
