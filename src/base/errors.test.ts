import { describe, expect, it } from 'vitest';
import { AiIpcError, exitCodeOf, messageOf } from './errors.ts';

describe('exitCodeOf', () => {
  it.each([
    [new AiIpcError('bad_settings', 'x'), 78],
    [new AiIpcError('schema_old', 'x'), 78],
    [new AiIpcError('bad_argument', 'x'), 2],
    [new AiIpcError('database_unavailable', 'x'), 1],
    [new AiIpcError('expired', 'x'), 1],
    [new Error('x'), 1],
    ['x', 1],
  ])('%o ends a command with %i', (error, exitCode) => {
    expect(exitCodeOf(error)).toBe(exitCode);
  });
});

it('messageOf gives the text of anything that was thrown', () => {
  expect([new Error('broken'), 'text', 7, undefined].map(messageOf)).toEqual([
    'broken',
    'text',
    '7',
    'undefined',
  ]);
});
