import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { AiIpcError } from '../../base/errors.ts';
import { changedNames, readEnv, writeEnv } from './env-text.ts';

const EXAMPLE = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');

it('a value takes the place of the one that is there, and all else stays as it was', () => {
  const after = writeEnv(EXAMPLE, { DB_USER: 'ai_ipc', DB_PASSWORD: 'two words', DB_NAME: 'ragnarok' });

  expect(after).toBe(
    EXAMPLE.replace('DB_USER=ragnarok', 'DB_USER=ai_ipc').replace('=your_password_here', "='two words'"),
  );
  expect(changedNames(EXAMPLE, after)).toEqual(['DB_USER', 'DB_PASSWORD']);
});

it('a setting that is not there, or only in a comment, gets a line at the end', () => {
  expect(writeEnv('# DB_SSL=preferred', { DB_SSL: 'off' })).toBe('# DB_SSL=preferred\nDB_SSL=off\n');
});

it('of a name that stands twice the one in force is changed, and a value of several lines as a whole', () => {
  expect(writeEnv('A=1\nA="2\n3"\nB=4\n', { A: '5' })).toBe('A=1\nA=5\nB=4\n');
});

it.each(['', 'plain', 'a#b', 'a b', "it's", 'say "no"', '$HOME', '\\', 'ü'])(
  '%j is read as it was meant',
  (value) => {
    expect(readEnv(writeEnv('', { DB_PASSWORD: value }))['DB_PASSWORD']).toBe(value);
  },
);

it.each([`'"`, 'a\nb', `'\\`])('%j is refused without being shown', (value) => {
  const write = () => writeEnv('', { DB_PASSWORD: value });
  expect(write).toThrow(AiIpcError);
  expect(write).toThrow(/^DB_PASSWORD has both/);
});
