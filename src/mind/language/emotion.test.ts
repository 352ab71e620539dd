import { describe, expect, it } from 'vitest';
import { EMOTIONS, feelingFrom } from './emotion.ts';

describe('feelingFrom', () => {
  it.each([
    ['A monster attacks the village!', 'afraid'],
    ['You were robbed by a thief', 'angry'],
    ['Thank you for the gift', 'grateful'],
    ['The old king is dead', 'sad'],
    ['We won the festival', 'happy'],
    ['He tells a funny joke', 'amused'],
  ])('%j calls up %s', (event, emotion) => {
    expect(feelingFrom(event, 'calm', 'en').emotion).toBe(emotion);
  });

  it('leaves the mood as it is when nothing happened, or when it did not happen', () => {
    expect(feelingFrom('', 'calm', 'en')).toEqual({
      emotion: 'calm',
      intensity: 0.2,
      valence: EMOTIONS.calm,
    });
    expect(feelingFrom('nobody died, no attack', 'proud', 'en').emotion).toBe('proud');
  });

  it('is stronger for more words and exclamation marks, and never above 1', () => {
    const mild = feelingFrom('danger', 'calm', 'en').intensity;
    const strong = feelingFrom('danger, a monster!', 'calm', 'en').intensity;
    expect(strong).toBeGreaterThan(mild);
    expect(feelingFrom('danger! '.repeat(500), 'calm', 'en').intensity).toBe(1);
  });
});
