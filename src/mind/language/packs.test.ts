import { describe, expect, it } from 'vitest';
import { factsIn } from '../brain/player-facts.ts';
import { emotionFrom } from './emotion.ts';
import { INTENT_NAMES, intentPatterns } from './intents.ts';
import { languageOf } from './language.ts';
import { packCodes, packOf } from './pack-book.ts';
import { toPack } from './pack-schema.ts';

const WITH_PATTERNS = INTENT_NAMES.filter((name) => !name.startsWith('tell-'));

describe.each(packCodes())('the pack %s', (code) => {
  it('has each intent, each kind of fact, and words for each list', () => {
    const pack = packOf(code);
    expect(pack?.code).toBe(code);
    const without = WITH_PATTERNS.filter((name) => (pack?.intents[name] ?? []).length === 0);
    expect(without).toEqual([]);
    expect(Object.keys(pack?.telling ?? {}).length).toBeGreaterThanOrEqual(8);
    expect(Object.keys(pack?.fact_sentences ?? {})).toHaveLength(9);
    for (const sentence of Object.values(pack?.fact_sentences ?? {})) expect(sentence).toContain('{value}');
    expect(pack?.common_words.length).toBeGreaterThan(50);
  });

  it('can be read to its last pattern', () => {
    const count = WITH_PATTERNS.reduce((sum, name) => sum + (intentPatterns(name, code)?.length ?? 0), 0);
    expect(count).toBeGreaterThan(INTENT_NAMES.length);
    expect(languageOf(code).code).toBe(code);
    expect(factsIn('…', code)).toEqual([]);
    expect(emotionFrom('…', code)).toBeUndefined();
  });
});

describe('a pack that cannot be used', () => {
  const good = { code: 'xx', name: 'Xx', english_name: 'Xx', scripts: ['Latin'] };
  const problemOf = (value: unknown, code = 'xx') => {
    try {
      toPack(value, { code, path: 'languages/xx.yaml' });
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('is refused with the file, the key and what to do', () => {
    expect(problemOf(good)).toBe('none');
    expect(problemOf({ ...good, intentz: {} })).toContain('there is no key intentz. Did you mean intents?');
    expect(problemOf({ ...good, intents: { helllo: ['x'] } })).toContain('Did you mean hello?');
    expect(problemOf({ ...good, scripts: ['Klingon'] })).toContain('scripts[0]: is no script');
    expect(problemOf(good, 'th')).toContain("code: is xx, and the file's name says th");
    expect(problemOf(null)).toContain('languages/xx.yaml');
  });

  it('takes numbers and true for the words they are', () => {
    const pack = toPack(
      { ...good, intents: { laugh: [555] }, common_words: [true] },
      { code: 'xx', path: 'x' },
    );
    expect(pack.intents['laugh']).toEqual(['555']);
    expect(pack.common_words).toEqual(['true']);
  });
});
