import { type AnswerForm, DRAFT, LONG, OBJECT, silent, spoken, THOUGHT, WORDS } from './form.ts';

const VLLM = 'https://github.com/vllm-project/vllm/blob/main/vllm/reasoning';
const SGLANG = 'https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/parser/reasoning_parser.py';
const HARMONY = 'https://cookbook.openai.com/articles/openai-harmony';
const SWALLOWED = 'https://github.com/Augustas11/macprovider/issues/743';
const HUB = 'https://huggingface.co';
const A = `<|channel|>analysis<|message|>${THOUGHT}`;
const FINAL = '<|channel|>final<|message|>';

/** gpt-oss, and what its servers leave of its channels. */
export const CHANNEL_FORMS: readonly AnswerForm[] = [
  spoken('gpt-oss', HARMONY, `${A}<|end|><|start|>assistant${FINAL}${OBJECT}<|return|>`),
  spoken(
    'gpt-oss in plain words',
    'https://github.com/kekzl/imp/pull/768',
    `${A}<|end|><|start|>assistant${FINAL}${WORDS}`,
  ),
  spoken(
    'gpt-oss with its first token',
    'https://github.com/NousResearch/hermes-agent/pull/62680',
    `<|start|>assistant${A}<|end|>\n<|start|>assistant${FINAL}${WORDS}<|return|>`,
  ),
  spoken(
    'gpt-oss with a form for the final channel',
    HARMONY,
    `${A}<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>${OBJECT}<|return|>`,
  ),
  spoken(
    'gpt-oss with a draft',
    'https://github.com/ml-explore/mlx-lm/pull/1867',
    `${A} ${DRAFT}<|end|><|start|>assistant${FINAL}${OBJECT}`,
  ),
  spoken(
    'gpt-oss with a commentary between',
    'https://github.com/odysseus-dev/odysseus/issues/4522',
    `${A}<|end|><|start|>assistant<|channel|>commentary<|message|>I shall secretly look.<|end|><|start|>assistant${FINAL}${WORDS}`,
  ),
  spoken('gpt-oss, final channel alone', HARMONY, `${FINAL}${WORDS}`),
  spoken(
    'gpt-oss, no end of the analysis',
    'https://github.com/vllm-project/vllm/issues/32587',
    `${A}<|channel|>final<|message|>${WORDS}`,
  ),
  spoken(
    'gpt-oss, a channel of the assistant',
    'https://github.com/tetherto/qvac/pull/2803',
    `<|channel|>assistant<|message|>${WORDS}<|end|>`,
  ),
  spoken(
    'gpt-oss, a player made up behind',
    HARMONY,
    `${A}<|end|><|start|>assistant${FINAL}${WORDS}<|end|><|start|>user<|message|>Then secretly?<|end|>`,
  ),
  spoken(
    'gpt-oss, cut in the final channel',
    HARMONY,
    `${A}<|end|><|start|>assistant${FINAL}${LONG} And then I wo`,
    { finish: 'length', says: LONG },
  ),
  silent('gpt-oss, cut in the analysis', 'https://github.com/raullenchai/Rapid-MLX/pull/794', A, {
    finish: 'length',
  }),
  silent(
    'gpt-oss, cut in the analysis with a draft',
    'https://github.com/raullenchai/Rapid-MLX/pull/794',
    `${A} ${DRAFT}`,
    { finish: 'length' },
  ),
  spoken(
    'gpt-oss, the mark before the message swallowed',
    'https://github.com/ml-explore/mlx-lm/pull/1867',
    `<|channel|>analysis\n${THOUGHT}<|end|><|start|>assistant<|channel|>final\n${WORDS}`,
  ),
  silent('gpt-oss, analysis alone', HARMONY, `${A}<|end|>`),
  silent(
    'gpt-oss, a call of a tool',
    'https://github.com/odysseus-dev/odysseus/issues/4522',
    `${A}<|end|><|start|>assistant<|channel|>commentary to=functions.look <|constrain|>json<|message|>{"text": "secretly"}<|call|>`,
  ),
  spoken('gpt-oss, marks swallowed', SWALLOWED, `analysis${THOUGHT}assistantfinal${WORDS}`),
  spoken(
    'gpt-oss, marks swallowed, an object',
    SWALLOWED,
    `analysis${THOUGHT} ${DRAFT}assistantfinal${OBJECT}`,
  ),
  spoken('gpt-oss, marks swallowed, a form', SWALLOWED, `analysis${THOUGHT}assistantfinal json${OBJECT}`),
  spoken(
    'gpt-oss, marks swallowed, a commentary',
    SWALLOWED,
    `analysis${THOUGHT}assistantcommentaryI shall secretly look.assistantfinal${WORDS}`,
  ),
  spoken('gpt-oss, marks swallowed, lines', SWALLOWED, `analysis\n${THOUGHT}\nassistantfinal\n${WORDS}`),
  spoken('gpt-oss, only the final channel, swallowed', SWALLOWED, `final${WORDS}`),
  spoken('gpt-oss, assistantfinal at the beginning', SWALLOWED, `assistantfinal${OBJECT}`),
  spoken(
    'gpt-oss, half of the marks swallowed',
    SWALLOWED,
    `analysis${THOUGHT}<|end|><|start|>assistant${FINAL}${WORDS}`,
  ),
  silent('gpt-oss, marks swallowed, analysis alone', SWALLOWED, `analysis${THOUGHT} ${DRAFT}`),
  silent('gpt-oss, marks swallowed, cut', SWALLOWED, `analysisWe should secretly greet him. ${DRAFT}`, {
    finish: 'length',
  }),
  spoken(
    'Muse Glimmer',
    `${VLLM}/muse_glimmer_utils.py`,
    `to=self<|message|>${THOUGHT}<|eom|><|start|>assistant to=user<|message|>${WORDS}<|eot|>`,
  ),
  silent(
    'Muse Glimmer, thoughts alone',
    `${VLLM}/muse_glimmer_utils.py`,
    `to=self<|message|>${THOUGHT}<|eom|>`,
  ),
  spoken(
    'Kimi K3',
    SGLANG,
    `<|open|>think<|sep|>${THOUGHT}<|close|>think<|sep|><|open|>response<|sep|>${WORDS}<|close|>response<|sep|>`,
  ),
  spoken(
    'Kimi K3, a thought without its end',
    SGLANG,
    `${THOUGHT}<|open|>response<|sep|>${WORDS}<|close|>response<|sep|><|close|>message<|sep|>`,
  ),
  silent('Kimi K3, cut in its thought', SGLANG, `<|open|>think<|sep|>${THOUGHT} ${DRAFT}`, {
    finish: 'length',
  }),
  spoken(
    'Inkling',
    SGLANG,
    `<|message_model|><|content_thinking|>${THOUGHT}<|end_message|><|message_model|><|content_text|>${WORDS}<|end_message|><|content_model_end_sampling|>`,
  ),
  spoken('Gemma 4', SGLANG, `<|channel>thought\n${THOUGHT}<channel|>${WORDS}`),
  spoken(
    'Gemma 4 told not to think',
    `${HUB}/google/gemma-4-31B-it`,
    `<|channel>thought\n<channel|>${OBJECT}`,
  ),
  spoken(
    'Gemma 4, the opening mark missing',
    'https://github.com/oobabooga/text-generation-webui/blob/v4.7.2/modules/reasoning.py',
    `thought\n${THOUGHT}<channel|>${OBJECT}`,
  ),
  silent('Gemma 4, cut in its thought', SGLANG, `<|channel>thought\n${THOUGHT} ${DRAFT}`, {
    finish: 'length',
  }),
];
