import { expect, it } from 'vitest';
import { cutColoured } from './screen.ts';

it('a line is cut to the width, and its colours stay whole', () => {
  const line = '\u001b[31mred and\u001b[39m plain';
  expect(cutColoured(line, 80)).toBe(line);
  expect(cutColoured(line, 9)).toBe('\u001b[31mred and\u001b[39m …');
  expect(cutColoured(line, 4)).toBe('\u001b[31mred…\u001b[39m');
  expect(cutColoured('東京都', 4)).toBe('東…');
});
