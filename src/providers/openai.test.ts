import { describe, expect, it } from 'vitest';
import { behaviours, startAiStub } from '../../test/support/ai-stub.ts';
import { failureOf, QUESTION, useProvider } from '../../test/support/provider-under-test.ts';
import { giveUp } from '../base/deadline-signal.ts';

const signal = new AbortController().signal;
const under = useProvider();

describe('a call', () => {
  it('asks for a stream, and for what it costs', async () => {
    const completion = await under.connect().complete(QUESTION, signal);
    expect(completion).toMatchObject({ finishReason: 'stop', reasoning: '', parts: [] });
    expect(JSON.parse(completion.text)).toMatchObject({ emotion: 'calm' });
    expect(completion.usage).toEqual({ prompt: expect.any(Number), completion: expect.any(Number) });
    expect(under.stub.calls[0]?.request).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
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
    under.stub.fail((_, response) => {
      response.on('close', gone);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"delta":{"content":"Well"}}]}\n\n', () => begun());
    });
    const givenUp = new AbortController();
    const failure = failureOf(under.connect().complete(QUESTION, givenUp.signal));
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
    under.stub.fail((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': ping\n\n', () => begun());
    });
    const failure = failureOf(under.connect({ timeoutMs: 300 }).complete(QUESTION, signal));
    await isBegun;
    await under.clock.advance(300);
    expect((await failure).message).toContain('AI_MODEL_TIMEOUT (300 ms)');
  });

  it('uses connections again', async () => {
    const ports = new Set<number | undefined>();
    const streamed = behaviours.raw(
      'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      { headers: { 'content-type': 'text/event-stream' }, isChunked: true },
    );
    under.stub.fail((call, response) => {
      ports.add(response.socket?.remotePort);
      streamed(call, response);
    });
    const provider = under.connect();
    for (let call = 0; call < 5; call += 1) await provider.complete(QUESTION, signal);
    // One may still be seen as busy with the end of its answer.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('keeps the query of the address', async () => {
    const server = await startAiStub();
    server.behaveAlways(behaviours.json({ choices: [{ message: { content: 'a' } }] }));
    const baseUrl = `${server.url}/openai/deployments/tiny?api-version=2024-10-21`;
    await under.connect({ baseUrl }).complete(QUESTION, signal);
    const posted = server.calls.filter(({ method }) => method === 'POST');
    expect(posted.map(({ path }) => path)).toEqual([
      '/openai/deployments/tiny/chat/completions?api-version=2024-10-21',
    ]);
    await server.close();
  });

  it("sends an admin's own fields, and a budget for thoughts beside the answer's", async () => {
    const body = { chat_template_kwargs: { enable_thinking: false }, temperature: 0.1 };
    await under
      .connect({ body })
      .complete({ ...QUESTION, thinkingTokens: 1_000, reasoningEffort: 'low' }, signal);
    expect(under.stub.calls[0]?.request).toMatchObject({
      ...body,
      max_tokens: 1_500,
      reasoning_effort: 'low',
    });
  });
});

describe('a caller who left', () => {
  it('is no outage, however often: whether his call was being made, or waited', async () => {
    under.stub.fail('never');
    const provider = under.connect({ slots: 2 });
    for (let round = 0; round < 6; round += 1) {
      const before = under.stub.calls.length;
      const callers = Array.from({ length: 3 }, () => new AbortController());
      const ends = callers.map((one) => failureOf(provider.complete(QUESTION, one.signal)));
      await expect.poll(() => under.stub.calls.length).toBe(before + 2);
      // Long enough for a server that is there to have answered.
      await under.clock.advance(1_000);
      for (const one of callers) giveUp(one);
      for (const end of ends)
        expect(await end).toMatchObject({ kind: 'message', reason: 'given_up', isOutage: false });
    }
    under.stub.clear();
    await provider.complete(QUESTION, signal);
    expect(under.stub.calls).toHaveLength(1);
  });
});

describe('a server with two slots', () => {
  it('gets two calls at once; one given up makes room, and one too many is no outage', async () => {
    const held: (() => void)[] = [];
    under.stub.fail((call, response) => {
      held.push(() => behaviours.json({ choices: [{ message: { content: 'a' } }] })(call, response));
    });
    const provider = under.connect({ slots: 2 });
    const givenUp = Array.from({ length: 15 }, () => new AbortController());
    const ends = givenUp.map((one) => failureOf(provider.complete(QUESTION, one.signal)));
    await expect.poll(() => held.length).toBe(2);
    const last = provider.complete(QUESTION, signal);
    for (const one of givenUp.slice(2)) one.abort();
    for (const end of ends.slice(2)) {
      expect(await end).toMatchObject({ kind: 'load', isOutage: false, code: 'model_timeout' });
    }
    expect(under.stub.calls).toHaveLength(2);
    givenUp[0]?.abort();
    await expect.poll(() => held.length).toBe(3);
    held[2]?.();
    expect((await last).text).toBe('a');
    givenUp[1]?.abort();
    await Promise.all(ends);
  });
});
