import { type AnswerForm, DRAFT, OBJECT, OURS, silent, spoken, THOUGHT, WORDS } from './form.ts';

const VLLM = 'https://github.com/vllm-project/vllm/blob/main/vllm/reasoning';
const SGLANG = 'https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/parser/reasoning_parser.py';
const HUB = 'https://huggingface.co';
const TEXTGEN = 'https://github.com/oobabooga/text-generation-webui/blob/v4.7.2/modules/reasoning.py';
const SKYRIMNET = 'https://github.com/MinLL/SkyrimNet-GamePlugin/pull/376';

/** Thoughts within elements such as <think>, with the answer behind them. */
const ELEMENTS: readonly AnswerForm[] = [
  spoken('DeepSeek-R1-0528', SGLANG, `<think>\n${THOUGHT}\n</think>\n\n${OBJECT}`),
  spoken('DeepSeek-R1, the template opens the thought', SGLANG, `${THOUGHT}\n</think>\n\n${OBJECT}`),
  spoken(
    'DeepSeek-R1, with a draft',
    `${VLLM}/deepseek_r1_reasoning_parser.py`,
    `${THOUGHT} ${DRAFT}\n</think>\n\n${OBJECT}`,
  ),
  spoken(
    'DeepSeek-V3.1 in plain words',
    `${VLLM}/deepseek_v3_reasoning_parser.py`,
    `${THOUGHT}</think>${WORDS}`,
  ),
  spoken('Qwen3', `${VLLM}/qwen3_reasoning_parser.py`, `<think>\n${THOUGHT}\n</think>\n\n${WORDS}`),
  spoken('Qwen3 told not to think', `${HUB}/Qwen/Qwen3-8B`, `<think>\n\n</think>\n\n${WORDS}`),
  spoken(
    'Qwen3 with its fence',
    `${HUB}/Qwen/Qwen3-8B`,
    `<think>${THOUGHT}</think>\n\`\`\`json\n${OBJECT}\n\`\`\``,
  ),
  spoken('QwQ-32B', `${HUB}/Qwen/QwQ-32B`, `${THOUGHT}\n${DRAFT}\n</think>\n\n${WORDS}`),
  spoken(
    'Qwen3.5 with a call of a tool before',
    SGLANG,
    `<think>${THOUGHT}</think><tool_call>\n{"name": "look", "arguments": {"text": "secretly"}}\n</tool_call>\n${WORDS}`,
  ),
  spoken('GLM-4.5', SGLANG, `<think>${THOUGHT}</think>\n${OBJECT}`),
  spoken('GLM-4.5 told not to think', `${HUB}/zai-org/GLM-4.5`, `<think></think>\n${OBJECT}`),
  spoken(
    'GLM-4.1V-Thinking',
    'https://github.com/zai-org/GLM-V/issues/133',
    `<think>${THOUGHT}</think><answer><|begin_of_box|>${WORDS}<|end_of_box|></answer>`,
  ),
  spoken(
    'GLM-4.6V over mlx-vlm',
    'https://github.com/Blaizzy/mlx-vlm/pull/2170',
    `<|begin_of_box|>${WORDS}<|end_of_box|>`,
  ),
  spoken(
    'GLM-4.1V over an API without bars',
    'https://github.com/zai-org/GLM-V/issues/133',
    `<begin_of_box>${WORDS}<end_of_box>`,
  ),
  spoken('Seed-OSS', `${VLLM}/seedoss_reasoning_parser.py`, `<seed:think>${THOUGHT}</seed:think>${OBJECT}`),
  spoken(
    'Seed-OSS with a thinking budget',
    `${HUB}/ByteDance-Seed/Seed-OSS-36B-Instruct`,
    `<seed:think>${THOUGHT}\n<seed:cot_budget_reflect>I have used 129 tokens, secretly.</seed:cot_budget_reflect>\n</seed:think>${WORDS}`,
  ),
  spoken('MiniMax-M2', `${VLLM}/minimax_m2_reasoning_parser.py`, `${THOUGHT}\n</think>\n\n${OBJECT}`),
  spoken('MiniMax-M3', SGLANG, `<mm:think>${THOUGHT}</mm:think>${WORDS}`),
  spoken('MiniMax-M3, a closing mark left over', SGLANG, `</mm:think>${WORDS}`),
  spoken(
    'EXAONE Deep',
    `${HUB}/LGAI-EXAONE/EXAONE-Deep-7.8B`,
    `<thought>\n${THOUGHT}\n</thought>\n\n${WORDS}`,
  ),
  spoken('EXAONE 4', `${VLLM}/exaone4_reasoning_parser.py`, `${THOUGHT}\n</think>\n\n${OBJECT}`),
  spoken('Phi-4-reasoning', `${HUB}/microsoft/Phi-4-reasoning`, `<think>${THOUGHT} ${DRAFT}</think>${WORDS}`),
  spoken('Hermes 4', `${HUB}/NousResearch/Hermes-4-70B`, `<think>\n${THOUGHT}\n</think>\n${OBJECT}`),
  spoken(
    'DeepHermes 3',
    `${HUB}/NousResearch/DeepHermes-3-Llama-3-8B-Preview`,
    `<think>\n${THOUGHT}\n</think>\n\n${WORDS}`,
  ),
  spoken(
    'Hermes with a scratch pad',
    `${HUB}/NousResearch/Hermes-3-Llama-3.1-8B`,
    `<SCRATCHPAD>\n${THOUGHT}\n</SCRATCHPAD>\n${WORDS}`,
  ),
  spoken(
    'Nemotron Super 1.5',
    `${HUB}/nvidia/Llama-3_3-Nemotron-Super-49B-v1_5`,
    `<think>\n${THOUGHT}\n</think>\n\n${OBJECT}`,
  ),
  spoken('Nemotron Nano 3', SGLANG, `${THOUGHT}</think>${OBJECT}`),
  spoken(
    'Magistral 2506',
    `${HUB}/mistralai/Magistral-Small-2506`,
    `<think>\n${THOUGHT}\n</think>\n${WORDS}`,
  ),
  spoken(
    'Granite 4 with elements',
    `${HUB}/ibm-granite/granite-3.3-8b-instruct`,
    `<think>${THOUGHT}</think><response>${WORDS}</response>`,
  ),
  spoken(
    'Hunyuan-A13B',
    `${VLLM}/hunyuan_a13b_reasoning_parser.py`,
    `<think>\n${THOUGHT}\n</think>\n<answer>\n${OBJECT}\n</answer>`,
  ),
  spoken(
    'Hunyuan-A13B told not to think',
    `${VLLM}/hunyuan_a13b_reasoning_parser.py`,
    `<think>\n\n</think>\n<answer>\n${WORDS}\n</answer>`,
  ),
  spoken(
    'ERNIE-4.5',
    `${VLLM}/ernie45_reasoning_parser.py`,
    `${THOUGHT}\n</think>\n\n<response>\n${WORDS}\n</response>`,
  ),
  spoken('Step3', `${VLLM}/step3_reasoning_parser.py`, `${THOUGHT}</think>${WORDS}`),
  spoken('Olmo 3 Think', `${VLLM}/olmo3_reasoning_parser.py`, `<think>${THOUGHT}</think>${WORDS}`),
  spoken('Intern-S1', `${VLLM}/intern_s1_reasoning_parser.py`, `<think>${THOUGHT}</think>\n${OBJECT}`),
  spoken('LongCat', `${VLLM}/longcat_reasoning_parser.py`, `${THOUGHT}</longcat_think>${WORDS}`),
  spoken(
    'LongCat, both marks',
    `${VLLM}/longcat_reasoning_parser.py`,
    `<longcat_think>${THOUGHT}</longcat_think>${OBJECT}`,
  ),
  spoken('K2 Horizon', `${VLLM}/k2_horizon_reasoning_parser.py`, `<ifm|think>${THOUGHT}</ifm|think>${WORDS}`),
  spoken(
    'K2 Horizon, less effort',
    `${VLLM}/k2_horizon_reasoning_parser.py`,
    `<ifm|think_faster>${THOUGHT}</ifm|think_faster>${OBJECT}`,
  ),
  spoken(
    'HyperCLOVAX SEED Think',
    `${VLLM}/hyperclovax_seed_think_reasoning_parser.py`,
    `${THOUGHT}</think>\n\n${WORDS}`,
  ),
  spoken('TeleChat 4', SGLANG, `${THOUGHT}</think>${OBJECT}`),
  spoken('Pangu', `${VLLM}/pangu_reasoning_parser.py`, `[unused16]${THOUGHT}[unused17]${WORDS}`),
  spoken('MedGemma', `${HUB}/google/medgemma-27b-text-it`, `<unused94>thought\n${THOUGHT}<unused95>${WORDS}`),
  spoken(
    'SmolLM3',
    'https://ericlbuehler.github.io/mistral.rs/mistralrs/think_tags/index.html',
    `<think>\n${THOUGHT}\n</think>\n${WORDS}`,
  ),
  spoken(
    'two thoughts, one behind the other',
    'https://ericlbuehler.github.io/mistral.rs/mistralrs/think_tags/index.html',
    `<think>${THOUGHT}</think>${OBJECT.replace('Well', 'Oh well')}<think>${DRAFT}</think>${OBJECT}`,
  ),
  spoken('MiMo', `${VLLM}/mimo_engine_reasoning_parser.py`, `<think>${THOUGHT}</think>${OBJECT}`),
  spoken(
    'Reflection-70B',
    `${HUB}/mattshumer/Reflection-Llama-3.1-70B`,
    `<thinking>\n${THOUGHT}\n<reflection>${DRAFT}</reflection>\n</thinking>\n\n<output>\n${WORDS}\n</output>`,
  ),
  spoken(
    'Marco-o1',
    `${HUB}/AIDC-AI/Marco-o1`,
    `<Thought>\n${THOUGHT}\n</Thought>\n<Output>\n${WORDS}\n</Output>`,
  ),
  spoken(
    'LLaVA-CoT',
    `${HUB}/Xkev/Llama-3.2V-11B-cot`,
    `<REASONING>${THOUGHT}</REASONING>\n<CONCLUSION>${WORDS}</CONCLUSION>`,
  ),
  spoken(
    'Bespoke-Stratos and Sky-T1',
    `${HUB}/bespokelabs/Bespoke-Stratos-7B`,
    `<|begin_of_thought|>\n${THOUGHT}\n<|end_of_thought|>\n\n<|begin_of_solution|>\n${WORDS}\n<|end_of_solution|>`,
  ),
  spoken(
    'OpenThinker',
    `${HUB}/open-thoughts/OpenThinker-7B`,
    `<|begin_of_thought|>${THOUGHT} ${DRAFT}<|end_of_thought|><|begin_of_solution|>${OBJECT}<|end_of_solution|>`,
  ),
  spoken(
    'Open-Reasoner and R1-Zero likes',
    `${HUB}/Open-Reasoner-Zero/Open-Reasoner-Zero-7B`,
    `<think> ${THOUGHT} </think> <answer> ${WORDS} </answer>`,
  ),
  spoken(
    'a model asked for analysis and answer',
    'https://docs.claude.com/en/docs/build-with-claude/prompt-engineering/chain-of-thought',
    `<analysis>${THOUGHT}</analysis>\n<answer>${WORDS}</answer>`,
  ),
  spoken(
    'Claude asked to think in elements',
    'https://docs.claude.com/en/docs/build-with-claude/prompt-engineering/chain-of-thought',
    `<thinking>${THOUGHT}</thinking>\n\n${OBJECT}`,
  ),
  spoken('a thought with a space of names', OURS, `<thinking>${THOUGHT}</thinking>${WORDS}`),
  spoken(
    'gpt-oss on Bedrock',
    'https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html',
    `<reasoning>${THOUGHT}</reasoning>${WORDS}`,
  ),
  spoken(
    'Gemini over its OpenAI-compatible API',
    'https://ai.google.dev/gemini-api/docs/openai',
    `<thought>${THOUGHT}</thought>${OBJECT}`,
  ),
  spoken(
    'Groq, raw',
    'https://reference.langchain.com/python/langchain-groq/chat_models/ChatGroq/reasoning_format',
    `<think>\n${THOUGHT}\n</think>\n${OBJECT}`,
  ),
  spoken(
    'Perplexity sonar-reasoning',
    'https://docs.perplexity.ai/getting-started/models/models/sonar-reasoning-pro',
    `<think>\n${THOUGHT}\n</think>\n\n${OBJECT}`,
  ),
  spoken(
    'llama.cpp, deepseek-legacy',
    'https://github.com/ggml-org/llama.cpp/pull/16394',
    `<think>${THOUGHT}</think>${WORDS}`,
    { reasoning: { reasoning_content: THOUGHT } },
  ),
  spoken(
    'only the closing mark came through',
    SKYRIMNET,
    `Let me craft a short, urgent answer, ${THOUGHT} </thinking> ${WORDS}`,
  ),
  spoken(
    'an inner thought behind the words',
    'https://github.com/MinLL/SkyrimNet-GamePlugin/pull/371',
    `${WORDS} <internal_thought>${THOUGHT}</internal_thought>`,
  ),
  spoken('marks in capitals', TEXTGEN, `<THINK>${THOUGHT}</THINK>${WORDS}`),
  spoken('marks as entities', TEXTGEN, `&lt;think&gt;${THOUGHT}&lt;/think&gt;${WORDS}`),
  spoken(
    'marks with attributes',
    `${HUB}/deepcogito/cogito-v1-preview-llama-8B`,
    `<think type="deep" budget="100">${THOUGHT}</think>${OBJECT}`,
  ),
  spoken(
    'one thought within another',
    'https://github.com/sgl-project/sglang/pull/3202',
    `<think>${THOUGHT}<think>${DRAFT}</think>still secretly.</think>${WORDS}`,
  ),
  spoken('closed by another name', SKYRIMNET, `<think>${THOUGHT}</thinking>${WORDS}`),
  spoken(
    'elements that nobody knows, before the words',
    OURS,
    `<npc:inner_state>${THOUGHT}</npc:inner_state>${WORDS}`,
  ),
  spoken('an element that nobody knows, between sentences', OURS, `${WORDS} <mood_log>${THOUGHT}</mood_log>`),
  silent('an element that nobody knows, around everything', OURS, `<ns:thing>${THOUGHT}</ns:thing>`),
  silent('an element that nobody knows, without an end', OURS, `<state_dump>${THOUGHT}`),
];

export const THOUGHT_FORMS: readonly AnswerForm[] = ELEMENTS;
