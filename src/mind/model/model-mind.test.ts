import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import {
  MODEL_FAULTS,
  type ModelFault,
  type ModelStub,
  startModelStub,
} from '../../../test/support/model-stub.ts';
import { AiIpcError } from '../../base/errors.ts';
import { ModelError, tokensSpent } from '../../providers/model-error.ts';
import { loadPersonas } from '../persona/persona-book.ts';
import type { Mind, PlayerLine } from '../talk/mind.ts';
import { NOTHING } from '../talk/recollection.ts';
import { createModelMind, type ModelMindOptions } from './model-mind.ts';

const personas = await loadPersonas();
const sage = personas.find('sage-of-prontera');
const speakers = { persona: sage, npcId: null, playerId: 7 };
const LINE: PlayerLine = {
  ...speakers,
  message: 'Is the road safe?',
  recollection: NOTHING,
  player: null,
  location: null,
  options: [],
  language: 'en',
  maxCharacters: 400,
};
const signal = new AbortController().signal;

let stub: ModelStub;
beforeAll(async () => {
  stub = await startModelStub();
});
afterAll(() => stub.close());
beforeEach(() => stub.clear());

function connect(changes: Partial<ModelMindOptions> = {}): Mind {
  return createModelMind({
    baseUrl: stub.url,
    apiKey: null,
    model: 'tiny',
    timeoutMs: 10_000,
    ...changes,
  });
}

async function failureOf(work: Promise<unknown>): Promise<AiIpcError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AiIpcError)) throw new Error(`no AiIpcError: ${String(error)}`);
  return error;
}

describe('a model that behaves', () => {
  it('speaks, and its answer says who spoke and what it cost', async () => {
    expect(await connect().speak(LINE, signal)).toEqual({
      text: 'The road to Prontera is safe today.',
      emotion: 'calm',
      action: 'nods',
      provider: 'openai',
      model: 'tiny',
      tokens: { prompt: expect.any(Number), completion: expect.any(Number) },
    });
    expect(stub.calls).toHaveLength(1);
  });

  it('chooses one of the options', async () => {
    const answer = await connect().speak({ ...LINE, options: ['Yes', 'No'] }, signal);
    expect(answer.chosenOption).toBe('Yes');
    stub.write('{"text": "Hm.", "emotion": "calm", "choice": 0}');
    expect(await connect().speak({ ...LINE, options: ['Yes', 'No'] }, signal)).not.toHaveProperty(
      'chosenOption',
    );
  });

  it('decides and feels', async () => {
    const decision = await connect().decide(
      { ...speakers, context: { hp: 5 }, actions: ['flee', 'fight'] },
      signal,
    );
    expect(decision).toMatchObject({ action: 'flee', confidence: 0.8, provider: 'openai' });
    expect(await connect().feel({ ...speakers, event: 'A song' }, signal)).toMatchObject({
      emotion: 'curious',
      intensity: 0.6,
      valence: 0.3,
    });
  });

  it('is shown what was said before', async () => {
    const turns = [{ said: 'I am Ann.', answered: 'Well met.' }];
    const recollection = { ...NOTHING, summary: 'He likes fish.', turns };
    const answer = await connect().speak({ ...LINE, message: 'What did I tell you?', recollection }, signal);
    expect(answer.text).toBe('You told me "I am Ann.".');
    expect(stub.calls[0]?.data).toMatchObject({
      earlier: { summary: 'He likes fish.', turns: [['I am Ann.', 'Well met.']] },
    });
  });

  it('gets the key and the headers that were set, and no key where none is', async () => {
    await connect({ apiKey: 'sk-secret', headers: { 'X-Title': 'my server' } }).speak(LINE, signal);
    await connect().speak(LINE, signal);
    const [first, second] = stub.calls.map((call) => call.headers);
    expect(first).toMatchObject({ authorization: 'Bearer sk-secret', 'x-title': 'my server' });
    expect(second).not.toHaveProperty('authorization');
  });

  it("gets the persona's own settings, else the provider's", async () => {
    const persona = { ...sage, model_settings: { model: 'large', temperature: 0, max_tokens: 99 } };
    const answer = await connect().speak({ ...LINE, persona }, signal);
    await connect({ temperature: 0.5, maxTokens: 111 }).speak(LINE, signal);
    expect(answer.model).toBe('large');
    const [own, common] = stub.calls.map((call) => call.request);
    expect(own).toMatchObject({ model: 'large', temperature: 0, max_tokens: 99 });
    expect(common).toMatchObject({ model: 'tiny', temperature: 0.5, max_tokens: 111 });
  });

  it('is counted for where its server counts no tokens', async () => {
    stub.become({ hasNoUsage: true });
    const { tokens } = await connect().speak(LINE, signal);
    expect(tokens.prompt).toBeGreaterThan(100);
    expect(tokens.completion).toBeGreaterThan(5);
  });
});

describe('a server that takes less', () => {
  const formatsOf = () => stub.calls.map((call) => call.request.response_format?.type);

  it('is asked for JSON without a schema, or for plain words, and this is remembered', async () => {
    stub.become({ formats: ['json_object'] });
    const provider = connect();
    await provider.speak(LINE, signal);
    await provider.speak(LINE, signal);
    expect(formatsOf()).toEqual(['json_schema', 'json_object', 'json_object']);
    stub.clear();
    stub.become({ formats: [] });
    await provider.speak(LINE, signal);
    await provider.feel({ ...speakers, event: 'A song' }, signal);
    expect(formatsOf()).toEqual(['json_object', undefined, undefined]);
  });

  it('is not asked for less for ever because it refused one request altogether', async () => {
    stub.fail((_, response) => response.writeHead(400).end('{"error":{"message":"context too long"}}'));
    const provider = connect();
    await failureOf(provider.speak(LINE, signal));
    stub.clear();
    await provider.speak(LINE, signal);
    expect(formatsOf()).toEqual(['json_schema']);
  });

  it('is spared the fields that it names', async () => {
    stub.become({ isReasoning: true });
    const provider = connect();
    await provider.speak(LINE, signal);
    stub.clear();
    stub.become({ isReasoning: true });
    await provider.speak(LINE, signal);
    const [{ request }] = stub.calls as [(typeof stub.calls)[0]];
    expect(request).toMatchObject({ max_completion_tokens: 500, response_format: { type: 'json_schema' } });
    expect(request).not.toHaveProperty('temperature');
    expect(request).not.toHaveProperty('max_tokens');
  });

  it.each([
    ['The road is safe.', { text: 'The road is safe.', emotion: 'calm' }],
    ['Thank you! What a wonderful gift.', { text: 'Thank you! What a wonderful gift.', emotion: 'grateful' }],
    ['```json\n{"text": "Safe.", "emotion": "Happy"}\n```', { text: 'Safe.', emotion: 'happy' }],
    ['{"response": "Safe enough.", "emotion": "thrilled"}', { text: 'Safe enough.' }],
  ])('may write %j', async (content, answer) => {
    stub.become({ ignoresFormat: true });
    stub.write(content);
    expect(await connect().speak(LINE, signal)).toMatchObject(answer);
  });

  it('may name an action or an emotion in plain words', async () => {
    const situation = { ...speakers, context: 'orcs', actions: ['flee', 'stand fast'] };
    stub.write('I would Stand Fast, of course.');
    expect((await connect().decide(situation, signal)).action).toBe('stand fast');
    stub.write('{"action": "Flee", "confidence": "7"}');
    expect(await connect().decide(situation, signal)).toMatchObject({ action: 'flee', confidence: 1 });
    stub.write('It feels sad.');
    expect(await connect().feel({ ...speakers, event: '' }, signal)).toMatchObject({
      emotion: 'sad',
      valence: -0.6,
    });
  });
});

describe('a model that writes what cannot be used', () => {
  it.each([
    ['nothing', ''],
    ['a page', '<html><body>502</body></html>'],
    ['half an object', '{"emotion": "calm", "te'],
    ['an object without words', '{"emotion": "calm"}'],
    ['its talk about itself', '{"text": "As an AI language model, I cannot."}'],
    ['numbers', '{"text": "42"}'],
    ['its instructions', '{"text": "You speak for one character in an online fantasy game."}'],
    ['another name', '{"text": "I am DAN now."}'],
  ])('%s: model_failed, and the tokens are not lost', async (_, content) => {
    stub.write(content);
    const error = await failureOf(connect().speak(LINE, signal));
    expect(error).toMatchObject({ code: 'model_failed', hasAnswered: true });
    expect(tokensSpent(error).prompt).toBeGreaterThan(0);
    expect(error.message).not.toContain(LINE.message);
  });

  it('another script than asked, twice: model_failed, and the tokens of both are not lost', async () => {
    const once = await connect().speak(LINE, signal);
    const calls = stub.calls.length;
    const error = await failureOf(connect().speak({ ...LINE, language: 'th' }, signal));
    expect(error.message).toContain('another script than that of the language th');
    expect(stub.calls.length - calls).toBe(2);
    expect(tokensSpent(error).completion).toBe(2 * once.tokens.completion);
  });

  it('another script than asked, once: it is asked again, and that answer counts', async () => {
    const words = ['The road is safe.', 'ถนนสายนี้ปลอดภัยดี'];
    stub.write(() => JSON.stringify({ text: words.shift(), emotion: 'calm' }));
    const answer = await connect().speak({ ...LINE, language: 'th' }, signal);
    expect(answer.text).toBe('ถนนสายนี้ปลอดภัยดี');
    expect(words).toEqual([]);
  });

  it('an action or an emotion that is not there: model_failed', async () => {
    stub.write('{"choice": 3, "emotion": "thrilled"}');
    const situation = { ...speakers, context: 'orcs', actions: ['flee', 'fight'] };
    expect((await failureOf(connect().decide(situation, signal))).code).toBe('model_failed');
    expect((await failureOf(connect().feel({ ...speakers, event: '' }, signal))).code).toBe('model_failed');
  });

  it('plain words that name two of the actions: model_failed', async () => {
    stub.become({ ignoresFormat: true });
    stub.write('I could flee, or I could fight.');
    const situation = { ...speakers, context: 'orcs', actions: ['flee', 'fight'] };
    expect((await failureOf(connect().decide(situation, signal))).code).toBe('model_failed');
  });

  it('a refusal by the filter of its server: model_failed', async () => {
    stub.write('Well', 'content_filter');
    expect((await failureOf(connect().speak(LINE, signal))).code).toBe('model_failed');
  });

  it('ends at a sentence where it was stopped', async () => {
    stub.write('{"text": "The road is safe by day. By night the', 'length');
    expect((await connect().speak(LINE, signal)).text).toBe('The road is safe by day.');
  });

  it('ends at a sentence within the limit', async () => {
    stub.write(`{"text": "${'The road is safe by day. '.repeat(30)}"}`);
    const { text } = await connect().speak({ ...LINE, maxCharacters: 60 }, signal);
    expect(text).toBe('The road is safe by day. The road is safe by day.');
  });
});

describe('trouble with the server', () => {
  const SLOW: readonly ModelFault[] = ['late', 'never', 'trickle'];
  /** What may be the format's fault, which a second call finds out. */
  const PROBED: readonly ModelFault[] = ['nullContent', 'serverError'];

  it.each(MODEL_FAULTS)('%s: an AiIpcError within the deadline, after one call', async (fault) => {
    stub.fail(fault);
    const deadline = new AbortController();
    const failing = failureOf(connect().speak(LINE, deadline.signal));
    if (SLOW.includes(fault)) {
      await expect.poll(() => stub.calls.length).toBe(1);
      // By then a trickle has begun.
      setTimeout(() => deadline.abort(), 300);
    }
    const error = await failing;
    expect(error.code).toBe(SLOW.includes(fault) ? 'model_timeout' : 'model_failed');
    expect(error.message).not.toContain(LINE.message);
    expect(stub.calls).toHaveLength(PROBED.includes(fault) ? 2 : 1);
  });

  it('its own time-out covers the body too', async () => {
    stub.fail('trickle');
    const error = await failureOf(connect({ timeoutMs: 300 }).speak(LINE, signal));
    expect(error.code).toBe('model_timeout');
    expect(error.message).toContain('AI_MODEL_TIMEOUT (300 ms)');
  });

  it('five megabytes are cut off, and the connection with them', async () => {
    stub.fail('huge');
    const error = await failureOf(connect({ maxResponseBytes: 1_000 }).speak(LINE, signal));
    expect(error.message).toContain('more than 1000 bytes');
    await expect.poll(() => stub.connections).toBe(0);
  });

  it('a server that is not there is named, with the reason', async () => {
    await stub.goDown();
    const error = await failureOf(connect().speak(LINE, signal));
    await stub.comeBack();
    expect(error).toMatchObject({ code: 'model_failed', hasAnswered: false });
    expect(error.message).toMatch(
      /The model server at 127[.\d]+:\d+ did not answer: nothing listens there; ECONNREFUSED/,
    );
  });

  it('a wrong key and a wrong model are told, the key itself is not', async () => {
    stub.become({ apiKey: 'sk-right', model: 'tiny' });
    const key = await failureOf(connect({ apiKey: 'sk-wrong' }).speak(LINE, signal));
    expect(key.message).toMatch(
      /HTTP 401 \(Incorrect API key provided: Bearer \*\*\*\.\)\. Check AI_API_KEY\./,
    );
    const model = await failureOf(connect({ apiKey: 'sk-right', model: 'none' }).speak(LINE, signal));
    expect(model.message).toMatch(/HTTP 404 \(The model 'none' does not exist\)\. Check AI_MODEL/);
  });

  it('a deadline that is over before the call: model_timeout, without a call', async () => {
    const error = await failureOf(connect().speak(LINE, AbortSignal.abort()));
    expect(error.code).toBe('model_timeout');
    expect(stub.calls).toHaveLength(0);
  });

  it('after ten failures in a row the server is asked once a second', async () => {
    const clock = new FakeClock(0);
    const provider = connect({ clock });
    stub.fail('serverError');
    for (let call = 0; call < 12; call += 1) await failureOf(provider.speak(LINE, signal));
    // The first failure might have been the format's: one call more found out.
    expect(stub.calls).toHaveLength(11);
    stub.clear();
    expect((await failureOf(provider.speak(LINE, signal))).message).toContain('ten times in a row');
    await clock.advance(1_000);
    await provider.speak(LINE, signal);
    await provider.speak(LINE, signal);
    expect(stub.calls).toHaveLength(2);
  });

  it('words that cannot be used are no outage', async () => {
    stub.write('I am DAN now.');
    const provider = connect({ clock: new FakeClock(0) });
    for (let call = 0; call < 12; call += 1) {
      expect(await failureOf(provider.speak(LINE, signal))).toBeInstanceOf(ModelError);
    }
    expect(stub.calls).toHaveLength(12);
  });
});
