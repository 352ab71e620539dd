import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer, TooLongBody } from './answer-body.ts';
import type { Gathered } from './gathering.ts';

const LIMITS = { maxBytes: 100_000 };

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

async function read(...texts: readonly string[]): Promise<Gathered> {
  const answer = await readAnswer(pieces(...texts), LIMITS);
  if ('otherText' in answer) throw new Error(`no answer: ${answer.otherText}`);
  return answer;
}

function event(delta: unknown, finish: string | null = null): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
}

const WHOLE = JSON.stringify({
  choices: [{ index: 0, message: { role: 'assistant', content: 'Well met.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 7, completion_tokens: 3 },
});
const STREAM = [
  event({ role: 'assistant', content: '' }),
  event({ content: 'Well ' }),
  event({ content: 'met.' }),
  event({}, 'stop'),
  'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\n',
  'data: [DONE]\n\n',
].join('');
const WELL_MET = { text: 'Well met.', finishReason: 'stop', usage: { prompt: 7, completion: 3 } };

describe('the forms in which an answer comes', () => {
  it.each([
    ['one JSON object', WHOLE],
    ['one JSON object behind the blanks that keep a connection alive', `\n\n   \n${WHOLE}`],
    ['one JSON object with the end of a stream behind it', `${WHOLE}\n\ndata: [DONE]\n\n`],
    ['one JSON object behind a byte order mark', `\uFEFF${WHOLE}`],
    ['a stream', STREAM],
    [
      'a stream with comments in it',
      `: OPENROUTER PROCESSING\n\n${STREAM.replaceAll('\n\n', '\n\n: ping\n\n')}`,
    ],
    ['a stream with names and ids', `event: message\nid: 1\n${STREAM}`],
    ['a stream with other line ends', STREAM.replaceAll('\n', '\r\n')],
    ['a stream without blanks behind its colons', STREAM.replaceAll('data: ', 'data:')],
    ['a stream without its end', STREAM.replace('data: [DONE]\n\n', '').trimEnd()],
    ['a stream of one whole message', `data: ${WHOLE}\n\ndata: [DONE]\n\n`],
  ])('%s', async (_, body) => {
    expect(await read(body)).toMatchObject({ ...WELL_MET, error: undefined, choices: 'some' });
  });

  it('is the same wherever the bytes are parted', async () => {
    const whole = STREAM.replace('Well ', 'Grüß ');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 20 }), async (lengths) => {
        const bytes = new TextEncoder().encode(whole);
        async function* parted() {
          let at = 0;
          for (const length of lengths) {
            yield bytes.subarray(at, at + length);
            at += length;
          }
          yield bytes.subarray(at);
        }
        expect(await readAnswer(parted(), LIMITS)).toMatchObject({ text: 'Grüß met.', finishReason: 'stop' });
      }),
    );
  });

  it('is read no further than its end', async () => {
    let isAsked = false;
    async function* body() {
      yield* pieces(STREAM);
      isAsked = true;
      yield* pieces(event({ content: ' And another.' }));
    }
    expect(await readAnswer(body(), LIMITS)).toMatchObject({ text: 'Well met.' });
    expect(isAsked).toBe(false);
  });

  it('is told at its first word, not at what keeps the connection alive', async () => {
    const told: string[] = [];
    async function* body() {
      yield* pieces(': ping\n\n');
      told.push('comment');
      yield* pieces(STREAM);
    }
    await readAnswer(body(), { ...LIMITS, onFirstWord: () => told.push('word') });
    expect(told).toEqual(['comment', 'word']);
  });
});

describe('what is gathered', () => {
  it.each(['reasoning_content', 'reasoning'])('thoughts in %s are kept apart', async (field) => {
    const answer = await read(
      event({ [field]: 'He is ' }),
      event({ [field]: 'new.' }),
      event({ content: 'Hail.' }),
    );
    expect(answer).toMatchObject({ reasoning: 'He is new.', text: 'Hail.' });
  });

  it('thoughts under both names are kept once', async () => {
    expect(await read(event({ reasoning: 'a', reasoning_content: 'a' }))).toMatchObject({ reasoning: 'a' });
  });

  it('parts keep their kinds, and only those of text are the answer', async () => {
    const answer = await read(
      event({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm. ' }] }] }),
      event({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Yes.' }] }] }),
      event({ content: [{ type: 'text', text: 'Hail, ' }] }),
      event({ content: [{ type: 'text', text: 'friend.' }] }),
    );
    expect(answer).toMatchObject({ text: 'Hail, friend.', reasoning: 'Hm. Yes.' });
    expect(answer.parts).toEqual([
      { type: 'thinking', text: 'Hm. Yes.' },
      { type: 'text', text: 'Hail, friend.' },
    ]);
  });

  it('a second choice is not mixed in', async () => {
    const second = 'data: {"choices":[{"index":1,"delta":{"content":"Other"}}]}\n\n';
    expect(await read(event({ content: 'Hail.' }), second)).toMatchObject({ text: 'Hail.' });
  });

  it('what the server read anew of the prompt, and what it still had', async () => {
    const llama = 'data: {"choices":[],"timings":{"prompt_n":12,"cache_n":300}}\n\n';
    expect((await read(event({ content: 'a' }), llama)).timings).toEqual({
      evaluatedTokens: 12,
      cachedTokens: 300,
    });
    const openai =
      'data: {"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":64}}}\n\n';
    expect((await read(openai)).timings).toEqual({ evaluatedTokens: 36, cachedTokens: 64 });
  });

  it.each([
    [{ prompt_tokens: -5, completion_tokens: 1 }],
    [{ prompt_tokens: 1e9, completion_tokens: 1 }],
    [{ prompt_tokens: 'many', completion_tokens: 1 }],
    ['none'],
  ])('a count that makes no sense (%j) is none', async (usage) => {
    const body = JSON.stringify({ choices: [{ message: { content: 'a' } }], usage });
    expect(await read(body)).toMatchObject({ text: 'a', usage: null });
  });
});

describe('what stands in place of an answer', () => {
  it.each([
    ['in a 200', '{"error":{"message":"Rate limit reached","code":429}}'],
    ['as a text in a 200', '{"error":"model not loaded"}'],
    ['of older vLLM servers', '{"object":"error","message":"too long","code":400}'],
    ['of a gateway', '{"detail":"Not authenticated"}'],
    ['in a stream', `${event({ content: 'We' })}data: {"error":{"code":500,"message":"overloaded"}}\n\n`],
    ['in a choice', 'data: {"choices":[{"delta":{},"finish_reason":"error","error":{"code":502}}]}\n\n'],
    [
      'of older llama.cpp servers',
      `${event({ content: 'We' })}error: {"code":500,"message":"Context size"}\n\n`,
    ],
    ['in words', 'data: upstream gone\n\n'],
  ])('an error %s', async (_, body) => {
    expect((await read(body)).error).toBeDefined();
  });

  it.each(['', '   ', '<html>502</html>', '"text"', '12', '{"choices": [{"mess'])(
    '%j is no answer of any form',
    async (body) => {
      expect(await readAnswer(pieces(body), LIMITS)).toEqual({ otherText: body.trimStart() });
    },
  );

  it('an error that is null is none', async () => {
    expect(await read(`{"error":null,${WHOLE.slice(1)}`)).toMatchObject(WELL_MET);
  });

  it.each([
    ['other JSON', '{"hello":"world"}', 'none'],
    ['a stream of nothing', 'data: [DONE]\n\n', 'none'],
    ['no choice', '{"choices":[]}', 'empty'],
  ])('%s is told apart', async (_, body, choices) => {
    expect(await read(body)).toMatchObject({ choices, text: '' });
  });
});

describe('what is too long', () => {
  const ENDLESS = 'x'.repeat(1_000);
  /** With how many pieces of 1,000 characters its end has come; a comment is not kept, and counts less. */
  it.each([
    ['a text', 10, () => ENDLESS],
    ['blanks', 10, () => ' '.repeat(1_000)],
    ['an event that never ends', 10, (at: number) => (at === 0 ? 'data: ' : ENDLESS)],
    ['what is written in a stream', 10, () => event({ content: ENDLESS })],
    ['comments', 400, () => `: ${ENDLESS}\n\n`],
  ])('%s is read to the limit and no further', async (_, most, pieceAt) => {
    let read = 0;
    async function* body() {
      for (let at = 0; at < 100_000; at += 1) {
        read += 1;
        yield* pieces(pieceAt(at));
      }
    }
    await expect(readAnswer(body(), { maxBytes: 5_000 })).rejects.toBeInstanceOf(TooLongBody);
    expect(read).toBeLessThan(most);
  });

  it('a stream may be longer than what is kept of it', async () => {
    const stream = Array.from({ length: 100 }, () => event({ content: 'ab' })).join('');
    expect(await readAnswer(pieces(stream), { maxBytes: 500 })).toMatchObject({ text: 'ab'.repeat(100) });
  });
});
