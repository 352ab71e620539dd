import { describe, expect, it } from 'vitest';
import { withEmotes } from './emotes.ts';

describe("Ragnarok's emotes in place of emoji", () => {
  it.each([
    ['Well met! 😀', 'Well met! /heh'],
    ['😀 Well met!', '/heh Well met!'],
    ['Well met!😀😀😀', 'Well met! /heh'],
    ['Well met 😀😍🥰 friend', 'Well met /heh /lv friend'],
    ['Well met 😀!', 'Well met /heh!'],
    ['Good (👍🏽) work ❤️', 'Good (/no1) work /lv'],
    ['Bonjour !', 'Bonjour !'],
    ['The 🗡️ is sharp', 'The 🗡️ is sharp'],
    ['The 🗡️😀 is sharp', 'The /heh is sharp'],
    ['5 × 3 # 1', '5 × 3 # 1'],
  ])('%s', (text, shown) => {
    expect(withEmotes(text, 'ragnarok')).toBe(shown);
  });
});

it("a persona's own texts", () => {
  expect(withEmotes('Ha! 😀 🎉', { '😀': '*grins*' })).toBe('Ha! *grins*');
});

it('without emotes, nothing is changed', () => {
  expect(withEmotes('Ha! 😀 🎉', undefined)).toBe('Ha! 😀 🎉');
});
