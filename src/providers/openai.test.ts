import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { behaviours, startAiStub } from '../../test/support/ai-stub.ts';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { type ModelServerKind, type ModelStub, startModelStub } from '../../test/support/model-stub.ts';
import { ModelError } from './model-error.ts';
import { createOpenAiProvider } from './openai.ts';
import type { LearntProfile } from './profile-book.ts';
import type { ModelProvider, ModelQuestion, ModelServer } from './provider.ts';

const QUESTION: ModelQuestion = {
  model: 'tiny',
  system: 'You are a sage. Answer in JSON.',
  user: '{"says":"Is the road safe?"}',
  schema: { name: 'npc_speaks', schema: { type: 'object', properties: {} } },
  temperature: 0.8,
  maxTokens: 500,
};
const signal = new AbortController().signal;

let stub: ModelStub;
beforeAll(async () => {
  stub = await startModelStub();
});
afterAll(() => stub.close());
beforeEach(() => stub.clear());

let clock: FakeClock;
let learnt: LearntProfile[];
beforeEach(() => {
  clock = new FakeClock(0);
  learnt = [];
});

function connect(changes: Partial<ModelServer> = {}): ModelProvider {
  const onLearnt = (one: LearntProfile) => void learnt.push(one);
  return createOpenAiProvider({
    baseUrl: stub.url,
    apiKey: null,
    timeoutMs: 8_000,
    clock,
    onLearnt,
    ...changes,
  });
}

async function failureOf(work: Promise<unknown>): Promise<ModelError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ModelError)) throw new Error(`no ModelError: ${String(error)}`);
  return error;
}

const chat = (message: object, finish = 'stop') =>
  behaviours.json({ choices: [{ index: 0, message, finish_reason: finish }] });

describe('a call', () => {
  it('asks for a stream, and for what it costs', async () => {
    const completion = await connect().complete(QUESTION, signal);
    expect(completion).toMatchObject({ finishReason: 'stop', reasoning: '', parts: [] });
    expect(JSON.parse(completion.text)).toMatchObject({ emotion: 'calm' });
    expect(completion.usage).toEqual({ prompt: expect.any(Number), completion: expect.any(Number) });
    expect(stub.calls[0]?.request).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('given up, is closed at once, and the server with it', async () => {
    let begun: () => void = () => undefined;
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    let gone: () => void = () => undefined;
    const isGone = new Promise<void>((resolve) => {
      gone = resolve;
    });
    stub.fail((_, response) => {
      response.on('close', gone);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"delta":{"content":"Well"}}]}\n\n', () => begun());
    });
    const givenUp = new AbortController();
    const failure = failureOf(connect().complete(QUESTION, givenUp.signal));
    await isBegun;
    givenUp.abort();
    expect((await failure).code).toBe('model_timeout');
    await isGone;
  });

  it('ends at AI_MODEL_TIMEOUT, also in the middle of a stream', async () => {
    let begun: () => void = () => undefined;
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    stub.fail((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': ping\n\n', () => begun());
    });
    const failure = failureOf(connect({ timeoutMs: 300 }).complete(QUESTION, signal));
    await isBegun;
    await clock.advance(300);
    expect((await failure).message).toContain('AI_MODEL_TIMEOUT (300 ms)');
  });

  it('uses connections again', async () => {
    const ports = new Set<number | undefined>();
    const streamed = behaviours.raw(
      'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      { headers: { 'content-type': 'text/event-stream' }, isChunked: true },
    );
    stub.fail((call, response) => {
      ports.add(response.socket?.remotePort);
      streamed(call, response);
    });
    const provider = connect();
    for (let call = 0; call < 5; call += 1) await provider.complete(QUESTION, signal);
    // One may still be seen as busy with the end of its answer.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('keeps the query of the address', async () => {
    const server = await startAiStub();
    server.behaveAlways(behaviours.json({ choices: [{ message: { content: 'a' } }] }));
    const baseUrl = `${server.url}/openai/deployments/tiny?api-version=2024-10-21`;
    await connect({ baseUrl }).complete(QUESTION, signal);
    const posted = server.calls.filter(({ method }) => method === 'POST');
    expect(posted.map(({ path }) => path)).toEqual([
      '/openai/deployments/tiny/chat/completions?api-version=2024-10-21',
    ]);
    await server.close();
  });

  it("sends an admin's own fields, and a budget for thoughts beside the answer's", async () => {
    const body = { chat_template_kwargs: { enable_thinking: false }, temperature: 0.1 };
    await connect({ body }).complete({ ...QUESTION, thinkingTokens: 1_000, reasoningEffort: 'low' }, signal);
    expect(stub.calls[0]?.request).toMatchObject({ ...body, max_tokens: 1_500, reasoning_effort: 'low' });
  });
});

describe('a server with two slots', () => {
  it('gets two calls at once; one given up makes room, and one too many is no outage', async () => {
    const held: (() => void)[] = [];
    stub.fail((call, response) => {
      held.push(() => behaviours.json({ choices: [{ message: { content: 'a' } }] })(call, response));
    });
    const provider = connect({ slots: 2 });
    const givenUp = Array.from({ length: 15 }, () => new AbortController());
    const ends = givenUp.map((one) => failureOf(provider.complete(QUESTION, one.signal)));
    await expect.poll(() => held.length, { timeout: 5_000 }).toBe(2);
    const last = provider.complete(QUESTION, signal);
    for (const one of givenUp.slice(2)) one.abort();
    for (const end of ends.slice(2)) {
      expect(await end).toMatchObject({ kind: 'load', isOutage: false, code: 'model_timeout' });
    }
    expect(stub.calls).toHaveLength(2);
    givenUp[0]?.abort();
    await expect.poll(() => held.length, { timeout: 5_000 }).toBe(3);
    held[2]?.();
    expect((await last).text).toBe('a');
    givenUp[1]?.abort();
    await Promise.all(ends);
  });
});

describe('what is learnt of a server', () => {
  const SYSTEM = [
    'System role not supported',
    'Conversation roles must alternate user/assistant/user/assistant/...',
    'Developer instruction is not enabled for models/gemma-3-27b-it',
    'Only user and assistant roles are supported!',
  ];
  it.each<[ModelServerKind, object]>([
    ...SYSTEM.map((refusesSystem): [ModelServerKind, object] => [
      { refusesSystem },
      { instructions: 'user' },
    ]),
    [
      {
        refusesSystem:
          "Unsupported value: 'messages[0].role' does not support 'system' with this model. Use 'developer'.",
      },
      { instructions: 'developer' },
    ],
    [{ streams: 'refused' }, { stream: 'off' }],
    [{ hasNoStreamOptions: true }, { stream: 'plain' }],
    [{ formats: ['json_object'] }, { format: 'json_object' }],
    [{ failsAtFormat: 'error' }, { format: 'json_object' }],
    [{ failsAtFormat: 'blank' }, { format: 'json_object' }],
    [{ isReasoning: true }, { tokenLimit: 'max_completion_tokens', temperature: 'left_out' }],
  ])('%j: %j', async (kind, changes) => {
    stub.become(kind);
    const provider = connect();
    await provider.complete(QUESTION, signal);
    expect(learnt).toEqual([{ model: 'tiny', changes }]);
  });

  it.each<ModelServerKind>([{ refusesSystem: 'System role not supported' }, { hasNoStreamOptions: true }])(
    '%j: the second question costs one call, one after an hour two, and the log one line',
    async (kind) => {
      stub.become(kind);
      const provider = connect();
      const callsOf = async () => {
        const before = stub.calls.length;
        await provider.complete(QUESTION, signal);
        return stub.calls.length - before;
      };
      expect([await callsOf(), await callsOf()]).toEqual([2, 1]);
      await clock.advance(3_600_000);
      expect([await callsOf(), await callsOf()]).toEqual([2, 1]);
      expect(learnt).toHaveLength(1);
    },
  );

  it('a server without any format is asked for one a minute later, and then no more', async () => {
    stub.become({ failsAtFormat: 'error' });
    const provider = connect();
    await provider.complete(QUESTION, signal);
    await clock.advance(60_000);
    await provider.complete(QUESTION, signal);
    await provider.complete(QUESTION, signal);
    expect(stub.calls.map(({ request }) => request.response_format?.type)).toEqual([
      ...['json_schema', undefined, 'json_object', undefined],
      undefined,
    ]);
  });

  it('refusals of another cause teach nothing', async () => {
    stub.fail(behaviours.status(400, { body: { error: { message: 'No such tool' } } }));
    const provider = connect();
    for (let call = 0; call < 3; call += 1) await failureOf(provider.complete(QUESTION, signal));
    // One of them was asked without a format, too.
    expect(stub.calls).toHaveLength(4);
    stub.clear();
    await provider.complete(QUESTION, signal);
    expect(stub.calls.map(({ request }) => request.response_format?.type)).toEqual(['json_schema']);
    expect(learnt).toEqual([]);
  });

  it('nor does a refusal that repeats a player who names fields', async () => {
    const words = 'Bad request: temperature response_format system role not supported stream_options';
    stub.fail(behaviours.status(400, { body: { error: { message: words } } }));
    const provider = connect();
    await failureOf(provider.complete(QUESTION, signal));
    stub.clear();
    await provider.complete(QUESTION, signal);
    expect(stub.calls).toHaveLength(1);
    expect(stub.calls[0]?.request).toMatchObject({
      temperature: 0.8,
      response_format: { type: 'json_schema' },
      stream_options: { include_usage: true },
    });
  });

  it('what an admin set is asked for from the start, and kept', async () => {
    const profile = { instructions: 'user', format: 'text', stream: 'off', tokenLimit: 'none' } as const;
    await connect({ profile }).complete(QUESTION, signal);
    const { request } = stub.calls[0] ?? {};
    expect(request?.messages).toEqual([{ role: 'user', content: `${QUESTION.system}\n\n${QUESTION.user}` }]);
    expect(request).toMatchObject({ stream: false });
    for (const field of ['response_format', 'max_tokens', 'stream_options'])
      expect(request).not.toHaveProperty(field);
  });
});

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
    const provider = connect();
    stub.fail(behaviour);
    for (let call = 0; call < 12; call += 1) {
      expect(await failureOf(provider.complete(QUESTION, signal))).toMatchObject({ kind: 'message', reason });
    }
    expect(stub.calls).toHaveLength(12);
    stub.clear();
    await provider.complete(QUESTION, signal);
    expect(learnt).toEqual([]);
  });

  it('too long: the sizes are told', async () => {
    stub.fail(behaviours.status(400, { body: FULL }));
    const { sizes, message } = await failureOf(connect().complete(QUESTION, signal));
    expect(sizes).toEqual({ contextTokens: 1_024, promptTokens: 1_280 });
    expect(message).toMatch(/^A prompt of 1280 tokens .* context of 1024 tokens/);
  });

  it('about load: no call before Retry-After is over, then one', async () => {
    const provider = connect();
    stub.fail(behaviours.status(429, { retryAfter: '5' }));
    expect(await failureOf(provider.complete(QUESTION, signal))).toMatchObject({
      kind: 'load',
      retryAfterMs: 5_000,
    });
    stub.clear();
    await clock.advance(4_999);
    expect(await failureOf(provider.complete(QUESTION, signal))).toMatchObject({
      kind: 'load',
      retryAfterMs: 1,
    });
    expect(stub.calls).toHaveLength(0);
    await clock.advance(1);
    await provider.complete(QUESTION, signal);
    expect(stub.calls).toHaveLength(1);
  });

  describe('about a context that is shared, and full', () => {
    const full = behaviours.status(500, {
      body: { error: { message: 'Context size has been exceeded.', code: 500 } },
    });
    const shorter = { system: 'Short.', user: '{}', maxTokens: 100 };

    it('the same call is sent once more and shorter, before any other that waits', async () => {
      const provider = connect({ slots: 1 });
      stub.fail(full);
      const whenShared = async () => {
        stub.clear();
        return shorter;
      };
      const first = provider.complete({ ...QUESTION, whenShared }, signal);
      const second = provider.complete({ ...QUESTION, user: '{"says":"Me too?"}' }, signal);
      await Promise.all([first, second]);
      expect(stub.calls.map(({ user }) => user)).toEqual(['{}', '{"says":"Me too?"}']);
      expect(stub.calls[0]?.request).toMatchObject({ max_tokens: 100 });
    });

    it('what waited is sent as it fits when it is its turn', async () => {
      await connect().complete({ ...QUESTION, atItsTurn: async () => shorter }, signal);
      expect(stub.calls[0]).toMatchObject({ system: 'Short.', user: '{}' });
    });

    it.each([
      ['nothing shorter is left', null, 1],
      ['the shorter one does not fit either', shorter, 2],
    ])('it is load where %s', async (_, left, calls) => {
      stub.fail(full);
      const question = { ...QUESTION, whenShared: async () => left };
      const provider = connect();
      expect(await failureOf(provider.complete(question, signal))).toMatchObject({
        ...{ kind: 'load', isOutage: false, retryAfterMs: expect.any(Number) },
      });
      await failureOf(provider.complete(question, signal));
      expect(stub.calls).toHaveLength(calls);
    });
  });

  it('about load: never an outage, however often', async () => {
    const provider = connect();
    stub.fail(
      behaviours.status(500, { body: { error: { message: 'Context size has been exceeded.', code: 500 } } }),
    );
    for (let call = 0; call < 12; call += 1) {
      expect(await failureOf(provider.complete(QUESTION, signal))).toMatchObject({ kind: 'load' });
      await clock.advance(10_000);
    }
    expect(stub.calls).toHaveLength(12);
    stub.clear();
    await provider.complete(QUESTION, signal);
  });

  it('about load: also in the middle of a stream', async () => {
    stub.fail(
      behaviours.raw(
        'data: {"choices":[{"delta":{"content":"We"}}]}\n\ndata: {"error":{"code":429,"message":"Rate limited"}}\n\n',
        { headers: { 'content-type': 'text/event-stream', 'retry-after': '3' } },
      ),
    );
    expect(await failureOf(connect().complete(QUESTION, signal))).toMatchObject({
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
    stub.fail(behaviour);
    expect((await failureOf(connect().complete(QUESTION, signal))).message).toMatch(message);
  });
});
