import { expect, it } from 'vitest';
import { cleanText, errorTextOf } from './error-text.ts';

it.each([
  [
    'the message of an error before all',
    { error: { message: 'one' }, message: 'two', detail: 'three' },
    'one',
  ],
  ['an error that is text', { error: 'one', message: 'two' }, 'one'],
  ['a message before a detail', { message: 'two', detail: 'three' }, 'two'],
  ['a detail', { detail: 'three' }, 'three'],
  ['the first that can be printed', { error: ' \n', message: '\u0000', detail: 'three' }, 'three'],
  ['nothing where nothing is text', { error: { code: 7 }, message: 8, detail: [] }, undefined],
  ['nothing of a list', Object.assign([], { message: 'two' }), undefined],
  ['nothing of text', 'one', undefined],
])('%s is what a service says', (_, body, text) => {
  expect(errorTextOf(body)).toBe(text);
});

it('foreign text becomes one line of 200 characters', () => {
  expect(cleanText(`a\r\nb\u202ec${'d'.repeat(300)}`)).toBe(`a b c${'d'.repeat(194)}`);
});
