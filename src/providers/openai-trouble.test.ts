import { describe, expect, it } from 'vitest';
import { behaviours } from '../../test/support/ai-stub.ts';
import { chat, failureOf, QUESTION, useProvider } from '../../test/support/provider-under-test.ts';

const signal = new AbortController().signal;
const under = useProvider();

describe('three kinds of trouble', () => {
  const REFUSED = behaviours.status(400, {
    body: { error: { message: 'Filtered', code: 'content_filter' } },
  });
  const FULL = {
    error: {
      code: 400,
      type: 'exceed_context_size_error',
      message: 'too big',
      n_prompt_tokens: 1_280,
      n_ctx: 1_024,
    },
  };

  it.each([
    ['refused', REFUSED],
    ['refused', chat({ content: null, refusal: 'I cannot help with that.' })],
    ['refused', chat({ content: 'Well' }, 'content_filter')],
    ['too_long', behaviours.status(400, { body: FULL })],
  ])('about the message (%s): one call each, and the next one is made', async (reason, behaviour) => {
    const provider = under.connect();
    under.stub.fail(behaviour);
    for (let call = 0; call < 12; call += 1) {
      expect(await failureOf(provider.complete(QUESTION, signal))).toMatchObject({ kind: 'message', reason });
    }
    expect(under.stub.calls).toHaveLength(12);
    under.stub.clear();
    await provider.complete(QUESTION, signal);
    expect(under.learnt).toEqual([]);
  });

  it('too long: the sizes are told', async () => {
    under.stub.fail(behaviours.status(400, { body: FULL }));
    const { sizes, message } = await failureOf(under.connect().complete(QUESTION, signal));
    expect(sizes).toEqual({ contextTokens: 1_024, promptTokens: 1_280 });
    expect(message).toMatch(/^A prompt of 1280 tokens .* context of 1024 tokens/);
  });

  it('about load: no call before Retry-After is over, then one', async () => {
    const provider = under.connect();
    under.stub.fail(behaviours.status(429, { retryAfter: '5' }));
    expect(await failureOf(provider.complete(QUESTION, signal))).toMatchObject({
      kind: 'load',
      retryAfterMs: 5_000,
    });
    under.stub.clear();
    await under.clock.advance(4_999);
    expect(await failureOf(provider.complete(QUESTION, signal))).toMatchObject({
      kind: 'load',
      retryAfterMs: 1,
    });
    expect(under.stub.calls).toHaveLength(0);
    await under.clock.advance(1);
    await provider.complete(QUESTION, signal);
    expect(under.stub.calls).toHaveLength(1);
  });

  describe('about a context that is shared, and full', () => {
    const full = behaviours.status(500, {
      body: { error: { message: 'Context size has been exceeded.', code: 500 } },
    });
    const shorter = { system: 'Short.', user: '{}', maxTokens: 100 };

    it('the same call is sent once more and shorter, before any other that waits', async () => {
      const provider = under.connect({ slots: 1 });
      under.stub.fail(full);
      const whenShared = async () => {
        under.stub.clear();
        return shorter;
      };
      const first = provider.complete({ ...QUESTION, whenShared }, signal);
      const second = provider.complete({ ...QUESTION, user: '{"says":"Me too?"}' }, signal);
      await Promise.all([first, second]);
      expect(under.stub.calls.map(({ user }) => user)).toEqual(['{}', '{"says":"Me too?"}']);
      expect(under.stub.calls[0]?.request).toMatchObject({ max_tokens: 100 });
    });

    it('what waited is sent as it fits when it is its turn', async () => {
      await under.connect().complete({ ...QUESTION, atItsTurn: async () => shorter }, signal);
      expect(under.stub.calls[0]).toMatchObject({ system: 'Short.', user: '{}' });
    });

    it.each([
      ['nothing shorter is left', null, 1],
      ['the shorter one does not fit either', shorter, 2],
    ])('it is load where %s', async (_, left, calls) => {
      under.stub.fail(full);
      const question = { ...QUESTION, whenShared: async () => left };
      const provider = under.connect();
      expect(await failureOf(provider.complete(question, signal))).toMatchObject({
        ...{ kind: 'load', isOutage: false, retryAfterMs: expect.any(Number) },
      });
      await failureOf(provider.complete(question, signal));
      expect(under.stub.calls).toHaveLength(calls);
    });
  });

  it('about load: never an outage, however often', async () => {
    const provider = under.connect();
    under.stub.fail(
      behaviours.status(500, { body: { error: { message: 'Context size has been exceeded.', code: 500 } } }),
    );
    for (let call = 0; call < 12; call += 1) {
      expect(await failureOf(provider.complete(QUESTION, signal))).toMatchObject({ kind: 'load' });
      await under.clock.advance(10_000);
    }
    expect(under.stub.calls).toHaveLength(12);
    under.stub.clear();
    await provider.complete(QUESTION, signal);
  });

  it('about load: also in the middle of a stream', async () => {
    under.stub.fail(
      behaviours.raw(
        'data: {"choices":[{"delta":{"content":"We"}}]}\n\ndata: {"error":{"code":429,"message":"Rate limited"}}\n\n',
        { headers: { 'content-type': 'text/event-stream', 'retry-after': '3' } },
      ),
    );
    expect(await failureOf(under.connect().complete(QUESTION, signal))).toMatchObject({
      kind: 'load',
      retryAfterMs: 3_000,
    });
  });
});

describe('messages that name the cause and the setting', () => {
  it.each([
    [
      'thoughts',
      chat({ content: null, reasoning_content: 'Hm, hm.' }, 'length'),
      /500 tokens \(max_tokens\) in thinking\. Raise AI_THINKING_TOKENS/,
    ],
    ['unseen thoughts', chat({ content: '' }, 'length'), /before it wrote a word.*AI_THINKING_TOKENS/],
    [
      'an error in a 200',
      behaviours.json({ error: { message: 'Provider down', code: 502 } }),
      /200 with an error in it \(Provider down\)/,
    ],
    [
      'a rate limit in a 200',
      behaviours.json({ error: { message: 'Rate limit exceeded' } }),
      /takes no call now .*allows fewer calls/,
    ],
    ['no choices', behaviours.json({ choices: [] }), /choices is empty.*AI_MODEL/],
    [
      'a gateway',
      behaviours.status(403, { body: { detail: 'Team has no access' } }),
      /HTTP 403 \(Team has no access\)\. Check AI_API_KEY/,
    ],
    ['another API', behaviours.json({ models: [] }), /no chat completion\. Check AI_PROVIDER_URL/],
  ])('%s', async (_, behaviour, message) => {
    under.stub.fail(behaviour);
    expect((await failureOf(under.connect().complete(QUESTION, signal))).message).toMatch(message);
  });
});
