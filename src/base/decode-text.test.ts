import { expect, it } from 'vitest';
import { decodeText } from './decode-text.ts';

const utf16be = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();

it.each([
  ['UTF-8', Buffer.from('Olá\n'), 'Olá\n'],
  ['UTF-8 with a mark', Buffer.from('\uFEFFOlá\r\n'), 'Olá\r\n'],
  ['UTF-16, as PowerShell 5.1 writes it', Buffer.from('\uFEFFสวัสดี', 'utf16le'), 'สวัสดี'],
  ['UTF-16 with the larger byte first', utf16be('賢者'), '賢者'],
  ['nothing', Buffer.of(), ''],
  ['a mark alone', Buffer.from('\uFEFF'), ''],
])('reads %s', (_, bytes, text) => {
  expect(decodeText(bytes, 'a.yaml')).toEqual({ kind: 'text', text });
});

it.each([
  [
    'the code page of Windows',
    Buffer.from('a\nb\nS\xe1bio', 'latin1'),
    /^a\.yaml, line 3: .*"ANSI".*Save it as UTF-8/,
  ],
  [
    'one that ends inside a character',
    Buffer.from('a\nOlá').subarray(0, -1),
    /^a\.yaml, line 2: .*not UTF-8/,
  ],
  [
    'UTF-16 without a mark',
    Buffer.from('id: sage\n', 'utf16le'),
    /^a\.yaml, line 1: .*UTF-16 without its mark/,
  ],
  ['a NUL', Buffer.from('a\nb\0'), /^a\.yaml, line 2: this is not text/],
  [
    'UTF-16 cut inside a character',
    Buffer.from('\uFEFFab', 'utf16le').subarray(0, -1),
    /cut or broken UTF-16/,
  ],
])('refuses %s, with the line and what to do', (_, bytes, words) => {
  expect(decodeText(bytes, 'a.yaml')).toMatchObject({
    kind: 'problem',
    problem: expect.stringMatching(words),
  });
});
