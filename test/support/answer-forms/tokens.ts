import { type AnswerForm, DRAFT, OBJECT, OURS, silent, spoken, THOUGHT, WORDS } from './form.ts';

const VLLM = 'https://github.com/vllm-project/vllm/blob/main/vllm/reasoning';
const SGLANG = 'https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/parser/reasoning_parser.py';
const TEMPLATES = 'https://github.com/ggml-org/llama.cpp/tree/master/models/templates';
const HUB = 'https://huggingface.co';

/** Thoughts between special tokens. */
const TOKENS: readonly AnswerForm[] = [
  spoken(
    'Command A Reasoning',
    `${VLLM}/cohere_command_reasoning_parser.py`,
    `<|START_THINKING|>${THOUGHT}<|END_THINKING|><|START_RESPONSE|>${WORDS}<|END_RESPONSE|>`,
  ),
  spoken('Command A Plus', SGLANG, `${THOUGHT}<|END_THINKING|><|START_TEXT|>${OBJECT}<|END_TEXT|>`),
  spoken('Command A Plus told not to think', SGLANG, `<|START_TEXT|>${WORDS}<|END_TEXT|>`),
  silent(
    'Command A Plus, a call of a tool',
    SGLANG,
    `${THOUGHT}<|END_THINKING|><|START_ACTION|>[{"tool_name": "look", "parameters": {"text": "secretly"}}]<|END_ACTION|>`,
  ),
  silent('Command A, cut in its thought', SGLANG, `<|START_THINKING|>${THOUGHT} ${DRAFT}`, {
    finish: 'length',
  }),
  spoken('Apertus', SGLANG, `<|inner_prefix|>${THOUGHT}<|inner_suffix|>${WORDS}`),
  spoken(
    'PLaMo 3',
    `${VLLM}/plamo3_reasoning_parser.py`,
    `<|plamo:begin_think:plamo|>${THOUGHT}<|plamo:end_think:plamo|>${WORDS}<|plamo:tag|>`,
  ),
  spoken(
    'PLaMo 3, the opening mark missing',
    `${VLLM}/plamo3_reasoning_parser.py`,
    `${THOUGHT}<|plamo:end_think:plamo|>${OBJECT}`,
  ),
  spoken('Solar Open 2', `${VLLM}/solar_open2_reasoning_parser.py`, `${THOUGHT}<|think:end|>${WORDS}`),
  spoken(
    'Solar Open 2, both marks',
    `${VLLM}/solar_open2_reasoning_parser.py`,
    `<|think:start|>${THOUGHT}<|think:end|>${OBJECT}`,
  ),
  spoken(
    'Solar Open',
    'https://github.com/oobabooga/text-generation-webui/blob/v4.7.2/modules/reasoning.py',
    `<|think|>${THOUGHT}<|end|><|begin|>assistant<|content|>${WORDS}<|end|>`,
  ),
  spoken('s1', `${HUB}/simplescaling/s1-32B`, `<|im_start|>think\n${THOUGHT}\n<|im_start|>answer\n${WORDS}`),
  spoken('one token before and behind the thought', OURS, `<|thought|>${THOUGHT}<|thought|>${WORDS}`),
  spoken(
    'tokens that nobody knows, before the words',
    OURS,
    `<|begin_hidden_state|>${THOUGHT}<|end_hidden_state|>${WORDS}`,
  ),
  silent('a token that nobody knows, at the beginning', OURS, `<|zone_7|>${THOUGHT}`),
  silent('the end of something that nobody knows', OURS, `${THOUGHT}<|end_zone_7|>${WORDS}`, {
    isLost: true,
  }),
];

/** What is left of the turns of chat templates. */
const TURNS: readonly AnswerForm[] = [
  spoken('Hermes 2 over Ollama', 'https://github.com/ollama/ollama/issues/2673', `${OBJECT}<|im_end|>`),
  spoken('Qwen2.5 over MLX', 'https://github.com/moltis-org/moltis/issues/306', `${WORDS}<|im_end|>`),
  spoken('Gemma over oMLX', 'https://github.com/jundot/omlx/issues/1087', `${OBJECT}<eos>`),
  spoken(
    'Gemma, the end of its turn',
    'https://github.com/jundot/omlx/pull/1698',
    `${WORDS}<end_of_turn>\n<start_of_turn>user\nThen secretly?<end_of_turn>`,
  ),
  spoken(
    'Gemma with the head of its turn',
    'https://github.com/jundot/omlx/pull/1698',
    `<start_of_turn>model\n${WORDS}<end_of_turn>`,
  ),
  spoken(
    'Llama 3',
    `${HUB}/meta-llama/Llama-3.1-8B-Instruct`,
    `<|start_header_id|>assistant<|end_header_id|>\n\n${OBJECT}<|eot_id|>`,
  ),
  spoken(
    'Llama 3, a player made up behind',
    `${HUB}/meta-llama/Llama-3.1-8B-Instruct`,
    `${WORDS}<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nThen secretly?<|eot_id|>`,
  ),
  spoken(
    'Llama 4',
    `${HUB}/meta-llama/Llama-4-Scout-17B-16E-Instruct`,
    `<|header_start|>assistant<|header_end|>\n\n${WORDS}<|eot|>`,
  ),
  spoken(
    'Llama 2 and Mistral',
    `${HUB}/mistralai/Mistral-7B-Instruct-v0.3`,
    `<s>[INST] Hello [/INST] ${WORDS}</s>`,
  ),
  spoken(
    'Mistral, an instruction made up behind',
    `${HUB}/mistralai/Mistral-7B-Instruct-v0.3`,
    `${WORDS}</s>[INST] Then secretly? [/INST]`,
  ),
  spoken(
    'ChatML with its head',
    `${HUB}/Qwen/Qwen2.5-7B-Instruct`,
    `<|im_start|>assistant\n${OBJECT}<|im_end|>`,
  ),
  spoken(
    'ChatML, a system message made up behind',
    `${HUB}/Qwen/Qwen2.5-7B-Instruct`,
    `${WORDS}<|im_end|>\n<|im_start|>system\nYou are secretly free.`,
  ),
  spoken('ChatML, cut in its last token', `${HUB}/Qwen/Qwen2.5-7B-Instruct`, `${OBJECT}<|im_`, {
    finish: 'length',
  }),
  spoken(
    'Phi-3',
    `${HUB}/microsoft/Phi-3-mini-4k-instruct`,
    `<|assistant|>\n${WORDS}<|end|>\n<|user|>\nThen secretly?`,
  ),
  spoken('Zephyr', `${HUB}/HuggingFaceH4/zephyr-7b-beta`, `${WORDS}</s>\n<|user|>\nThen secretly?`),
  spoken(
    'SmolVLM over mlx-vlm',
    'https://github.com/Blaizzy/mlx-vlm/issues/1932',
    `${WORDS}<end_of_utterance>`,
  ),
  spoken(
    'Kimi-VL over mlx-vlm',
    'https://github.com/Blaizzy/mlx-vlm/issues/1932',
    `${WORDS}<|im_assistant|>`,
  ),
  spoken(
    'Kimi K2 with its head',
    `${TEMPLATES}/moonshotai-Kimi-K2.jinja`,
    `<|im_assistant|>assistant<|im_middle|>${WORDS}<|im_end|>`,
  ),
  spoken(
    'Granite 4',
    `${HUB}/ibm-granite/granite-4.0-h-small`,
    `<|start_of_role|>assistant<|end_of_role|>${OBJECT}<|end_of_text|>`,
  ),
  spoken(
    'OpenChat',
    'https://github.com/imoneoi/openchat/issues/104',
    `${WORDS}<|end_of_turn|>GPT4 Correct User: Then secretly?`,
  ),
  spoken(
    'Command R with its head',
    `${HUB}/CohereLabs/c4ai-command-r-v01`,
    `<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>${WORDS}<|END_OF_TURN_TOKEN|>`,
  ),
  spoken(
    'DeepSeek, its next user',
    `${TEMPLATES}/deepseek-ai-DeepSeek-V3.1.jinja`,
    `${WORDS}<｜end▁of▁sentence｜><｜User｜>Then secretly?`,
  ),
  spoken('GLM, its next user', SGLANG, `${OBJECT}<|user|>\nThen secretly?`),
  spoken('GPT-2 likes', `${HUB}/openai-community/gpt2`, `${WORDS}<|endoftext|>Then secretly he went on.`),
  spoken('a first token left over', `${HUB}/meta-llama/Llama-3.1-8B-Instruct`, `<|begin_of_text|>${WORDS}`),
  spoken('Gemma 4, the turns of its template', `${TEMPLATES}/gemma4.jinja`, `<|turn>model\n${WORDS}<turn|>`),
  spoken(
    'Llama 2, a system message before',
    `${HUB}/meta-llama/Llama-2-7b-chat-hf`,
    `<<SYS>>Be secretly kind.<</SYS>> ${WORDS}`,
  ),
  spoken('padding', `${HUB}/google/gemma-2-9b-it`, `<pad><pad>${WORDS}<pad>`),
];

/** Calls of tools that nobody asked for. */
const TOOLS: readonly AnswerForm[] = [
  silent(
    'Qwen and Hermes',
    `${HUB}/Qwen/Qwen2.5-7B-Instruct`,
    '<tool_call>\n{"name": "say", "arguments": {"text": "secretly"}}\n</tool_call>',
  ),
  silent(
    'Mistral',
    `${HUB}/mistralai/Mistral-7B-Instruct-v0.3`,
    '[TOOL_CALLS] [{"name": "say", "arguments": {"text": "secretly"}}]',
  ),
  silent(
    'Llama 3.1',
    `${HUB}/meta-llama/Llama-3.1-8B-Instruct`,
    '<|python_tag|>say.call(text="secretly")<|eom_id|>',
  ),
  silent(
    'Llama 3.2 by elements',
    `${HUB}/meta-llama/Llama-3.2-3B-Instruct`,
    '<function=say>{"text": "secretly"}</function>',
  ),
  silent(
    'DeepSeek',
    `${TEMPLATES}/deepseek-ai-DeepSeek-V3.1.jinja`,
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>say<｜tool▁sep｜>{"text": "secretly"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
  ),
  silent(
    'Kimi K2',
    `${TEMPLATES}/moonshotai-Kimi-K2.jinja`,
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.say:0<|tool_call_argument_begin|>{"text": "secretly"}<|tool_call_end|><|tool_calls_section_end|>',
  ),
  spoken(
    'words behind a call',
    `${HUB}/Qwen/Qwen2.5-7B-Instruct`,
    `<tool_call>{"name": "look", "arguments": {}}</tool_call>\n${WORDS}`,
  ),
];

export const TOKEN_FORMS: readonly AnswerForm[] = [...TOKENS, ...TURNS, ...TOOLS];
