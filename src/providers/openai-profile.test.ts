import { describe, expect, it } from 'vitest';
import { behaviours } from '../../test/support/ai-stub.ts';
import type { ModelServerKind } from '../../test/support/model-stub.ts';
import { failureOf, QUESTION, useProvider } from '../../test/support/provider-under-test.ts';

const signal = new AbortController().signal;
const under = useProvider();

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
    under.stub.become(kind);
    const provider = under.connect();
    await provider.complete(QUESTION, signal);
    expect(under.learnt).toEqual([{ model: 'tiny', changes }]);
  });

  it.each<ModelServerKind>([{ refusesSystem: 'System role not supported' }, { hasNoStreamOptions: true }])(
    '%j: the second question costs one call, one after an hour two, and the log one line',
    async (kind) => {
      under.stub.become(kind);
      const provider = under.connect();
      const callsOf = async () => {
        const before = under.stub.calls.length;
        await provider.complete(QUESTION, signal);
        return under.stub.calls.length - before;
      };
      expect([await callsOf(), await callsOf()]).toEqual([2, 1]);
      await under.clock.advance(3_600_000);
      expect([await callsOf(), await callsOf()]).toEqual([2, 1]);
      expect(under.learnt).toHaveLength(1);
    },
  );

  it('a server without any format is asked for one a minute later, and then no more', async () => {
    under.stub.become({ failsAtFormat: 'error' });
    const provider = under.connect();
    await provider.complete(QUESTION, signal);
    await under.clock.advance(60_000);
    await provider.complete(QUESTION, signal);
    await provider.complete(QUESTION, signal);
    expect(under.stub.calls.map(({ request }) => request.response_format?.type)).toEqual([
      ...['json_schema', undefined, 'json_object', undefined],
      undefined,
    ]);
  });

  it('refusals of another cause teach nothing', async () => {
    under.stub.fail(behaviours.status(400, { body: { error: { message: 'No such tool' } } }));
    const provider = under.connect();
    for (let call = 0; call < 3; call += 1) await failureOf(provider.complete(QUESTION, signal));
    // One of them was asked without a format, too.
    expect(under.stub.calls).toHaveLength(4);
    under.stub.clear();
    await provider.complete(QUESTION, signal);
    expect(under.stub.calls.map(({ request }) => request.response_format?.type)).toEqual(['json_schema']);
    expect(under.learnt).toEqual([]);
  });

  it('nor does a refusal that repeats a player who names fields', async () => {
    const words = 'Bad request: temperature response_format system role not supported stream_options';
    under.stub.fail(behaviours.status(400, { body: { error: { message: words } } }));
    const provider = under.connect();
    await failureOf(provider.complete(QUESTION, signal));
    under.stub.clear();
    await provider.complete(QUESTION, signal);
    expect(under.stub.calls).toHaveLength(1);
    expect(under.stub.calls[0]?.request).toMatchObject({
      temperature: 0.8,
      response_format: { type: 'json_schema' },
      stream_options: { include_usage: true },
    });
  });

  it('what an admin set is asked for from the start, and kept', async () => {
    const profile = { instructions: 'user', format: 'text', stream: 'off', tokenLimit: 'none' } as const;
    await under.connect({ profile }).complete(QUESTION, signal);
    const { request } = under.stub.calls[0] ?? {};
    expect(request?.messages).toEqual([{ role: 'user', content: `${QUESTION.system}\n\n${QUESTION.user}` }]);
    expect(request).toMatchObject({ stream: false });
    for (const field of ['response_format', 'max_tokens', 'stream_options'])
      expect(request).not.toHaveProperty(field);
  });
});
