import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GgufTensor, type GgufValue, writeGguf } from './gguf.ts';
import { learnVocabulary, type Vocabulary } from './tiny-vocabulary.ts';

/** Real vocabularies have 32,000 tokens and more: with 4,000, a first prompt had 780 tokens, and 683 with cl100k. */
const MERGES = 8_000;
const LAYERS = 2;
const WIDTH = 64;
const HEADS = 4;
const FEED_FORWARD = 128;
const TRAINED_CONTEXT = 32_768;

/** Ends a message; and it begins a text, where a server wants such a token. */
const END = '<|end|>';
const CHAT_TEMPLATE =
  "{% for message in messages %}<|{{ message['role'] }}|>\n{{ message['content'] }}<|end|>\n{% endfor %}" +
  '{% if add_generation_prompt %}<|assistant|>\n{% endif %}';
const CONTROLS = [END, '<|system|>', '<|user|>', '<|assistant|>'];
/** How llama.cpp calls the kinds of tokens. */
const NORMAL = 1;
const CONTROL = 3;
/** Not those by which an answer is taken for a model's talk about itself. */
const WORD = /^Ġ(?!(?:npc|json|ai|model)s?$)[a-z]+$/;
const END_OF_TEXT = /^[.!?]?"$/;

/**
 * A language model of the llama kind, as the bytes of a GGUF file: its weights are random, the same in each run; its
 * vocabulary is learnt from this project's pages. It knows nothing, but a server cannot tell: it reads prompts, keeps
 * what it read, and writes words under a grammar. It ends a text after some thirty tokens, as a model that answers does.
 */
export function makeTinyModel(root: string): Buffer {
  const { tokens, merges } = learnVocabulary(readPages(root), MERGES);
  const vocabulary = { tokens: [...tokens, ...CONTROLS], merges };
  return writeGguf(headOf(vocabulary), tensorsOf(vocabulary.tokens));
}

function readPages(root: string): string {
  return ['docs', 'personas']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
    .filter((file) => /\.(?:md|yaml)$/.test(file))
    .sort()
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

function headOf({ tokens, merges }: Vocabulary): Record<string, GgufValue> {
  const end = { uint32: tokens.indexOf(END) };
  return {
    'general.architecture': { text: 'llama' },
    'general.name': { text: 'tiny' },
    'llama.block_count': { uint32: LAYERS },
    'llama.context_length': { uint32: TRAINED_CONTEXT },
    'llama.embedding_length': { uint32: WIDTH },
    'llama.feed_forward_length': { uint32: FEED_FORWARD },
    'llama.attention.head_count': { uint32: HEADS },
    'llama.attention.layer_norm_rms_epsilon': { float32: 1e-5 },
    'llama.rope.dimension_count': { uint32: WIDTH / HEADS },
    'llama.vocab_size': { uint32: tokens.length },
    'tokenizer.ggml.model': { text: 'gpt2' },
    'tokenizer.ggml.pre': { text: 'gpt-2' },
    'tokenizer.ggml.tokens': { texts: tokens },
    'tokenizer.ggml.token_type': {
      int32s: tokens.map((token) => (CONTROLS.includes(token) ? CONTROL : NORMAL)),
    },
    'tokenizer.ggml.merges': { texts: merges },
    'tokenizer.ggml.bos_token_id': end,
    'tokenizer.ggml.eos_token_id': end,
    'tokenizer.chat_template': { text: CHAT_TEMPLATE },
  };
}

function tensorsOf(tokens: readonly string[]): Record<string, GgufTensor> {
  const random = createRandom(20_261_129);
  const matrix = (columns: number, rows: number, size = 0.1): GgufTensor => ({
    dimensions: [columns, rows],
    values: Float32Array.from({ length: columns * rows }, () => size * random()),
  });
  const ones = (): GgufTensor => ({ dimensions: [WIDTH], values: new Float32Array(WIDTH).fill(1) });
  const layers = Array.from({ length: LAYERS }, (_, at) => ({
    [`blk.${at}.attn_norm.weight`]: ones(),
    [`blk.${at}.attn_q.weight`]: matrix(WIDTH, WIDTH),
    [`blk.${at}.attn_k.weight`]: matrix(WIDTH, WIDTH),
    [`blk.${at}.attn_v.weight`]: matrix(WIDTH, WIDTH),
    [`blk.${at}.attn_output.weight`]: matrix(WIDTH, WIDTH),
    [`blk.${at}.ffn_norm.weight`]: ones(),
    [`blk.${at}.ffn_gate.weight`]: matrix(WIDTH, FEED_FORWARD),
    [`blk.${at}.ffn_up.weight`]: matrix(WIDTH, FEED_FORWARD),
    [`blk.${at}.ffn_down.weight`]: matrix(FEED_FORWARD, WIDTH),
  }));
  return {
    'token_embd.weight': withFirst(matrix(WIDTH, tokens.length, 0.5), tokens, (token) => [
      4,
      token.endsWith('"') ? 4 : 0,
    ]),
    ...Object.assign({}, ...layers),
    'output_norm.weight': ones(),
    'output.weight': withFirst(matrix(WIDTH, tokens.length, 0.5), tokens, (token) => [
      leaningOf(token),
      WORD.test(token) ? 0.3 : -1,
    ]),
  };
}

/**
 * The first two numbers of each token's row. In the embeddings they are large, and no layer changes them much: so what
 * stands in their place in the output is how much the model leans towards a token, always, and behind a quote.
 */
function withFirst(
  tensor: GgufTensor,
  tokens: readonly string[],
  valuesOf: (token: string) => readonly [number, number],
): GgufTensor {
  for (const [at, token] of tokens.entries()) tensor.values.set(valuesOf(token), at * WIDTH);
  return tensor;
}

/** Words are likely, signs and halves of characters are not, and a text ends before long, but not where it begins. */
function leaningOf(token: string): number {
  if (END_OF_TEXT.test(token)) return 0.3;
  if (WORD.test(token)) return 0;
  if (/".|."/.test(token) && !/^":"?$/.test(token)) return -3;
  return /[ĠĊĉ]/.test(token) ? -2 : -1;
}

/** Marsaglia's xorshift, from -1 to 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
}
