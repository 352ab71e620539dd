import { describe, expect, it } from 'vitest';
import { BENCHMARKS } from './benchmarks.ts';
import { WordError } from './scenario/benchmark.ts';

describe.each(Object.entries(BENCHMARKS))('%s', (_, benchmark) => {
  it('refuses a word that it does not know before it starts anything', () => {
    for (const word of ['--no-such', 'no-such-word']) {
      expect(() => benchmark.prepare([word])).toThrow(WordError);
      expect(() => benchmark.prepare(['1', '2', '3', '4', word])).toThrow(WordError);
    }
  });

  it('needs no words', () => {
    expect(benchmark.prepare([])).toBeInstanceOf(Function);
  });
});

const refused: readonly [name: string, words: string, reason: string][] = [
  ['backlog', '1000 10', '10 pending requests are fewer than a claim of 100 takes.'],
  ['drain', '5', '"5" is one word too many: it takes none.'],
  ['move', '10', '"10" is no whole number from 30000 on. It stands in the place of ROWS.'],
  ['paced', '0', '"0" is neither --socket nor so many asks a second, 1 to 9999.'],
  ['paced', '/no/such', '/no/such has no build to measure. Run there: npm ci && node bin/build.js'],
  ['peers', '--file x', '--file is for the command that writes a page: report.'],
  ['peers', '--rounds x', '--rounds wants a number from 1 on, not x.'],
  ['report', '--file', "Option '--file <value>' argument missing"],
  ['recall', '10', '"10" is no whole number from 1000 on. It stands in the place of LINES.'],
  ['tuning', 'sockets', '"sockets" is none of its tables: speed, waits, socket.'],
];

it.each(refused)('%s %s is told why not', (name, words, reason) => {
  expect(() => BENCHMARKS[name]?.prepare(words.split(' '))).toThrow(reason);
});
