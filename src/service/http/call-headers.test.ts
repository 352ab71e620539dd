import { describe, expect, it } from 'vitest';
import { deadlineMsOf, priorityOf } from './call-headers.ts';

describe('X-Deadline-Ms', () => {
  const read = (value?: string) =>
    deadlineMsOf(
      new Request('http://127.0.0.1/', value === undefined ? {} : { headers: { 'X-Deadline-Ms': value } }),
      10_000,
    );

  it.each([
    [undefined, 10_000],
    ['', 10_000],
    ['250', 250],
    ['0', 0],
    ['12.5', 12.5],
  ])('%j is %d ms', (value, ms) => {
    expect(read(value)).toBe(ms);
  });

  it.each(['soon', '-1', '1e3', '12345678901'])('%j is refused', (value) => {
    expect(read(value)).toMatchObject({ refused: 'bad_field', message: expect.stringContaining(value) });
  });
});

describe('X-AI-IPC-Priority', () => {
  const read = (value?: string) =>
    priorityOf(
      new Request(
        'http://127.0.0.1/',
        value === undefined ? {} : { headers: { 'X-AI-IPC-Priority': value } },
      ),
    );

  it.each([
    [undefined, 5],
    ['', 5],
    ['1', 1],
    ['-2147483648', -2_147_483_648],
    ['2147483647', 2_147_483_647],
  ])('%j is %d', (value, priority) => {
    expect(read(value)).toBe(priority);
  });

  it.each(['first', '1.5', '1e3', '12345678901'])('%j is refused', (value) => {
    expect(read(value)).toMatchObject({ refused: 'bad_field', message: expect.stringContaining(value) });
  });
});
