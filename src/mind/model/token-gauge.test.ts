import { describe, expect, it } from 'vitest';
import { estimateTokens } from './estimate.ts';
import type { ServerFacts } from './server-facts.ts';
import { TokenGauge } from './token-gauge.ts';

const PROMPT = { system: 'You speak for a sage. '.repeat(20), user: 'How do I become a mage?' };
const ESTIMATE = estimateTokens(PROMPT.system + PROMPT.user);
/** What a chat template puts around the messages. */
const TEMPLATE = 30;

function openGauge(countTokens: ServerFacts['countTokens'] = async () => null): TokenGauge {
  return new TokenGauge('tiny', { contextOf: async () => null, countTokens });
}

describe('the estimate of a prompt', () => {
  it('rises at once with what an answer shows, and sinks by a tenth a talk', () => {
    const gauge = openGauge();
    gauge.learn(PROMPT, 2 * ESTIMATE);
    expect(gauge.estimate(PROMPT)).toBe(Math.ceil(2.2 * ESTIMATE) + TEMPLATE);
    gauge.learn(PROMPT, ESTIMATE);
    expect(gauge.estimate(PROMPT)).toBe(Math.ceil(2.2 * 0.9 * ESTIMATE) + TEMPLATE);
  });

  it('is half of it at least, also where a server counts only what it had not read before', () => {
    const gauge = openGauge();
    for (let talk = 0; talk < 30; talk += 1) gauge.learn(PROMPT, 1);
    expect(gauge.estimate(PROMPT)).toBe(Math.ceil(ESTIMATE / 2) + TEMPLATE);
  });

  it('learns nothing from a server that counts nothing', () => {
    const gauge = openGauge();
    gauge.learn(PROMPT, 0);
    expect(gauge.estimate(PROMPT)).toBe(ESTIMATE + TEMPLATE);
  });
});

describe('the tokenizer of a server', () => {
  it('is asked no more once it has counted nothing four times in a row', async () => {
    let asked = 0;
    const gauge = openGauge(async () => {
      asked += 1;
      return null;
    });
    for (let talk = 0; talk < 5; talk += 1) {
      const measured = await gauge.measure(PROMPT);
      expect(measured(PROMPT)).toBe(ESTIMATE + TEMPLATE);
    }
    expect(asked).toBe(4);
  });

  it('is asked on where it has counted something in between', async () => {
    let asked = 0;
    const gauge = openGauge(async () => {
      asked += 1;
      return asked % 4 === 0 ? 7 : null;
    });
    for (let talk = 0; talk < 5; talk += 1) await gauge.measure({ ...PROMPT, system: `${talk}` });
    expect(asked).toBe(10);
  });
});
