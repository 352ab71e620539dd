import { type AnswerForm, DRAFT, LONG, OBJECT, silent, spoken, THOUGHT, WORDS } from './form.ts';

const VLLM = 'https://github.com/vllm-project/vllm/blob/main/vllm/reasoning';
const SGLANG = 'https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/parser/reasoning_parser.py';
const HUB = 'https://huggingface.co';
const TEXTGEN = 'https://github.com/oobabooga/text-generation-webui/blob/v4.7.2/modules/reasoning.py';

/** Thoughts that max_tokens cut, or that their model did not end. */
const CUT: readonly AnswerForm[] = [
  silent('a thought cut by max_tokens', 'https://github.com/1CatAI/1Cat-vLLM/pull/47', `<think>${THOUGHT}`, {
    finish: 'length',
  }),
  silent(
    'the same with a draft',
    'https://github.com/1CatAI/1Cat-vLLM/pull/47',
    `<think>${THOUGHT} ${DRAFT}`,
    { finish: 'length' },
  ),
  silent(
    'the same, cut within the draft',
    'https://github.com/1CatAI/1Cat-vLLM/pull/47',
    `<think>${THOUGHT} {"text": "You look secretly tired. Co`,
    { finish: 'length' },
  ),
  silent(
    'the template opens the thought, cut with a draft',
    'https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/parser/reasoning_parser.py',
    `${THOUGHT} ${DRAFT} Or rather`,
    { finish: 'length' },
  ),
  silent(
    'a thought without an end that was not cut',
    'https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/parser/reasoning_parser.py',
    `<think>${THOUGHT} ${DRAFT}`,
  ),
  silent(
    'thoughts in plain words, cut',
    'https://github.com/jundot/omlx/issues/2860',
    `The road is ${'secretly '}long and the answer should be short. I could tell of bandits. Then`,
    { finish: 'length' },
  ),
  silent(
    'fragments of thoughts beside thoughts, cut',
    'https://github.com/jundot/omlx/issues/2860',
    'secretly tired, so a short answer. It has to',
    { finish: 'length', reasoning: { reasoning_content: THOUGHT } },
  ),
  silent('thoughts given twice, cut', 'https://github.com/raullenchai/Rapid-MLX/pull/794', THOUGHT, {
    finish: 'length',
    reasoning: { reasoning_content: THOUGHT },
  }),
  silent('thoughts given twice, stopped', 'https://github.com/raullenchai/Rapid-MLX/pull/794', THOUGHT, {
    reasoning: { reasoning_content: THOUGHT },
  }),
  silent('thinking used up max_tokens', 'https://github.com/sipeed/picoclaw/issues/966', null, {
    finish: 'length',
    reasoning: { reasoning_content: THOUGHT },
  }),
  silent('thinking used up max_tokens, empty content', 'https://github.com/codelibs/fess/pull/3061', '', {
    finish: 'length',
  }),
  silent('cut within the closing mark', TEXTGEN, `<think>${THOUGHT}</thi`, { finish: 'length' }),
  silent('cut within the opening mark', TEXTGEN, '<thi', { finish: 'length' }),
  silent('thoughts alone', SGLANG, `<think>${THOUGHT}</think>`),
  silent('thoughts alone, the opening mark missing', SGLANG, `${THOUGHT} ${DRAFT}</think>\n`),
  spoken('cut behind closed thoughts', SGLANG, `<think>${THOUGHT}</think>${LONG} And then I wo`, {
    finish: 'length',
    says: LONG,
  }),
  spoken(
    'an object cut behind closed thoughts',
    SGLANG,
    `<think>${THOUGHT} ${DRAFT}</think>{"emotion": "calm", "text": "${LONG} And then I wo`,
    { finish: 'length', says: LONG },
  ),
  silent(
    'an element of the answer within a thought that has no end',
    SGLANG,
    `<think>${THOUGHT}<answer>Oh, secretly</answer>`,
  ),
];

/** Thoughts within brackets. */
const BRACKETS: readonly AnswerForm[] = [
  spoken('Magistral 2507', `${HUB}/mistralai/Magistral-Small-2507`, `[THINK]${THOUGHT}[/THINK]${OBJECT}`),
  spoken('Mistral Small 4', SGLANG, `[THINK]${THOUGHT} ${DRAFT}[/THINK]${WORDS}`),
  silent('Mistral, cut in its thought', `${VLLM}/mistral_reasoning_parser.py`, `[THINK]${THOUGHT} ${DRAFT}`, {
    finish: 'length',
  }),
  spoken('Kimi-VL-Thinking', SGLANG, `◁think▷${THOUGHT}◁/think▷${WORDS}`),
  silent('Kimi-VL-Thinking, cut', SGLANG, `◁think▷${THOUGHT} ${DRAFT}`, { finish: 'length' }),
  spoken(
    'Apriel 1.5 and 1.6',
    'https://github.com/ggml-org/llama.cpp/blob/master/models/templates/unsloth-Apriel-1.5.jinja',
    `Here are my reasoning steps:\n${THOUGHT}\n[BEGIN FINAL RESPONSE]\n${WORDS}\n[END FINAL RESPONSE]\n<|end|>`,
  ),
  silent(
    'Apriel, cut in its steps',
    'https://github.com/ggml-org/llama.cpp/blob/master/models/templates/unsloth-Apriel-1.5.jinja',
    `Here are my reasoning steps:\n${THOUGHT} ${DRAFT}`,
    { finish: 'length' },
  ),
  spoken('small letters in brackets', TEXTGEN, `[think]${THOUGHT}[/think]${WORDS}`),
];

export const CUT_FORMS: readonly AnswerForm[] = [...CUT, ...BRACKETS];
