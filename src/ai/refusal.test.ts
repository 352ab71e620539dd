import { describe, expect, it } from 'vitest';
import { refusalOf } from './refusal.ts';

describe('a good answer', () => {
  it.each([
    { text: 'Hello' },
    { text: 'Hello', error: 'emotion model is away' },
    { response: { line: 'Hello' }, error: { code: 1 } },
    { success: true, error: null },
    { error: '' },
    { error: {} },
    { error: [] },
    { error: false },
    { error: 0 },
    {},
    [{ success: false }],
    'error',
    null,
    42,
  ])('is %j', (answer) => {
    expect(refusalOf(answer)).toBeUndefined();
  });
});

describe('a failure that came with 200', () => {
  it.each([
    [{ success: false }, ''],
    [{ success: false, text: 'Sorry, try again' }, ''],
    [{ success: false, message: 'no model' }, 'no model'],
    [{ error: 'no model' }, 'no model'],
    [{ error: { message: 'no\u0000 model' } }, 'no  model'],
    [{ error: { code: 7 }, detail: 'no model' }, 'no model'],
    [{ error: ['no model'] }, ''],
    [{ error: 'no model', text: ' ' }, 'no model'],
  ])('is %j', (answer, words) => {
    expect(refusalOf(answer)).toBe(words);
  });
});
