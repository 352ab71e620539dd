import { describe, expect, it } from 'vitest';
import { readServerWords } from './server-words.ts';
import { refused } from './trouble.ts';

const SERVER = { baseUrl: 'http://models.example:8080/v1', apiKey: 'sk-secret', timeoutMs: 8_000 };
const ASKED = '{"says":"Where is the dragon of Glastheim? Bitte sehr"}';

function refusal(status: number, body: unknown, retryAfterMs: number | null = null) {
  const words = readServerWords(typeof body === 'string' ? body : JSON.stringify(body));
  const isIn200 = status === 200;
  return refused(
    {
      status: isIn200 ? (words.status ?? 200) : status,
      isIn200,
      words,
      retryAfterMs,
      model: 'tiny',
      asked: ASKED,
    },
    SERVER,
  );
}

interface Told {
  readonly body: unknown;
  readonly headerMs?: number | null;
}

const error = (message: string, more: object = {}) => ({ error: { message, ...more } });

describe('about this message', () => {
  it.each([
    [400, error('The response was filtered', { code: 'content_filter', status: 400 })],
    [400, error('Bad', { innererror: { code: 'ResponsibleAIPolicyViolation' } })],
    [400, error('Your request was rejected by our safety system')],
    [400, error('Invalid prompt: your prompt was flagged', { code: 'invalid_prompt' })],
    [403, error('google requires moderation', { metadata: { reasons: ['violence'], raw: '' } })],
    [400, { code: 'DataInspectionFailed', message: 'Input data may contain inappropriate content.' }],
    [451, 'Blocked by content policy'],
    [200, error('Content Filter triggered', { code: 400 })],
  ])('refused: %i %j', (status, body) => {
    expect(refusal(status, body)).toMatchObject({ kind: 'message', reason: 'refused', isOutage: false });
  });

  it.each([
    [
      'llama.cpp',
      error('the request exceeds the available context size, try increasing it', {
        code: 400,
        type: 'exceed_context_size_error',
        n_prompt_tokens: 1_280,
        n_ctx: 1_024,
      }),
      [1_024, 1_280],
    ],
    [
      'OpenAI',
      error(
        "This model's maximum context length is 4097 tokens. However, your messages resulted in 5000 tokens.",
        { code: 'context_length_exceeded' },
      ),
      [4_097, 5_000],
    ],
    [
      'vLLM',
      {
        object: 'error',
        message:
          "'max_tokens' or 'max_completion_tokens' is too large: 500. This model's maximum context length is 1024 tokens and your request has 900 input tokens (500 > 1024 - 900).",
        code: 400,
      },
      [1_024, 900],
    ],
    [
      'OpenRouter',
      error(
        "This endpoint's maximum context length is 8192 tokens. However, you requested about 9000 tokens (8000 of text input, 1000 in the output).",
      ),
      [8_192, 8_000],
    ],
    ['Anthropic', error('prompt is too long: 210000 tokens > 200000 maximum'), [200_000, 210_000]],
    [
      'LM Studio',
      {
        error:
          'Trying to keep the first 1300 tokens when context the overflows. However, the model is loaded with context length of only 1024 tokens, which is not enough.',
      },
      [1_024, 1_300],
    ],
    [
      'TGI',
      {
        error:
          '`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 500 `max_new_tokens`',
      },
      [4_096, 4_000],
    ],
    [
      'Google',
      [error('The input token count (1,200,000) exceeds the maximum number of tokens allowed (1048576).')],
      [1_048_576, 1_200_000],
    ],
    [
      'Mistral',
      {
        message:
          'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      },
      [32_768, 40_000],
    ],
    ['one without numbers', error('Please reduce the length of the messages.'), [null, null]],
  ])('too long, as %s says it, with the sizes that it tells', (_, body, [contextTokens, promptTokens]) => {
    const told = refusal(400, body);
    expect(told).toMatchObject({
      kind: 'message',
      reason: 'too_long',
      sizes: { contextTokens, promptTokens },
    });
    expect(told.message).toContain('AI_MAX_TOKENS');
    if (contextTokens !== null) expect(told.message).toContain(`of ${contextTokens} tokens`);
  });
});

describe('about load', () => {
  it.each([
    ['a header', 429, { body: error('slow down'), headerMs: 5_000 }, 5_000],
    ['a header, whatever its words', 429, { body: error('Please try again in 1s'), headerMs: 5_000 }, 5_000],
    ['words', 429, { body: error('Rate limit reached. Please try again in 7.66s.') }, 7_660],
    ['words in a 200', 200, { body: error('Rate limit exceeded, retry in 20 ms', { code: 429 }) }, 20],
    ['nothing', 429, { body: 'Too Many Requests' }, null],
    ['a full queue', 503, { body: error('The queue is full') }, null],
    ['an overloaded engine', 503, { body: error('The engine is currently overloaded') }, null],
    ['a 503 with a time', 503, { body: 'Service Unavailable', headerMs: 2_000 }, 2_000],
    ['its own status', 529, { body: error('Overloaded') }, null],
    ['no free slot', 503, { body: error('no slot available', { type: 'unavailable_error' }) }, null],
  ])('told by %s', (_, status, { body, headerMs = null }: Told, retryAfterMs) => {
    const load = { kind: 'load', reason: null, isOutage: false, retryAfterMs };
    expect(refusal(status, body, headerMs)).toMatchObject(load);
  });

  it('told by a context that all slots share, and that is full', () => {
    const told = error('Context size has been exceeded.', { code: 500 });
    expect(refusal(500, told, null)).toMatchObject({ kind: 'load', reason: 'shared_full', isOutage: false });
  });

  it.each([
    [503, error('Loading model', { type: 'unavailable_error', code: 503 }), null],
    [503, { error: 'Model tiny is currently loading', estimated_time: 20.5 }, 20_500],
    [200, { error: 'model is loading' }, null],
  ])('a model that is being loaded: %i %j', (status, body, retryAfterMs) => {
    expect(refusal(status, body)).toMatchObject({ kind: 'load', reason: 'loading', retryAfterMs });
  });
});

describe('about the server', () => {
  it.each([
    [500, error('Internal server error'), true, 'Look into its log'],
    [502, '<html><head><style>b{}</style></head><body>Bad Gateway</body></html>', true, '(Bad Gateway)'],
    [503, '', true, 'answered HTTP 503. '],
    [401, { detail: 'Not authenticated' }, false, '(Not authenticated). Check AI_API_KEY'],
    [404, { detail: 'Not Found' }, false, '(Not Found). Check AI_MODEL'],
    [
      422,
      {
        detail: [
          { loc: ['body', 'seed'], msg: 'Extra inputs are not permitted', type: 'extra', input: ASKED },
        ],
      },
      false,
      'body.seed: Extra inputs are not permitted',
    ],
    [402, error('Insufficient credits'), false, 'no credit left'],
    [429, error('You exceeded your current quota', { code: 'insufficient_quota' }), false, 'no credit left'],
    [307, '', false, 'redirects are not followed'],
    [
      200,
      error('Provider returned error', { code: 502 }),
      true,
      'answered 200 with an error in it (Provider returned error)',
    ],
    [200, { error: 'unexpected' }, false, 'Look into its log, or that of the provider behind it'],
    [400, error('Your own fault', { type: 'invalid_request_error' }), false, 'AI_PROVIDER_BODY'],
  ])('%i %j', (status, body, isOutage, words) => {
    const told = refusal(status, body);
    expect(told).toMatchObject({ kind: 'server', reason: null, isOutage });
    expect(told.message).toContain(words);
    expect(told.message).toContain('models.example:8080');
  });

  it('what the server repeats of the question is not told, its names are', () => {
    const told = refusal(
      400,
      error('Cannot parse "Where is the dragon of Glastheim?"', { code: 'bad_prompt' }),
    );
    expect(told.message).toContain('(bad_prompt)');
    expect(told.message).not.toMatch(/dragon|Glastheim/);
  });

  it('nor is one word of it, nor a letter of a script without blanks', () => {
    expect(refusal(500, error('failed at: GLASTHEIM')).message).not.toMatch(/glastheim/i);
    const words = readServerWords(error('失敗：龍'));
    const one = {
      status: 500,
      isIn200: false,
      words,
      retryAfterMs: null,
      model: 'tiny',
      asked: '{"says":"龍"}',
    };
    expect(refused(one, SERVER).message).not.toContain('龍');
  });

  it('the key is not told', () => {
    expect(refusal(401, error('Incorrect API key: sk-secret.')).message).toContain(
      '(Incorrect API key: ***.)',
    );
  });
});
