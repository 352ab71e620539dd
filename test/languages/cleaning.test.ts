import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { cleanModelAnswer } from '../../src/mind/answer/clean-model-answer.ts';
import { takesOtherName } from '../../src/mind/answer/name-check.ts';
import { createProfanityFilter } from '../../src/mind/answer/profanity.ts';
import { packCodes, packOf } from '../../src/mind/language/pack-book.ts';
import { FALSE_FRIENDS, NAMES_TAKEN, NO_NAMES_TAKEN } from './false-friends.ts';
import { MODEL_ANSWERS, type ModelAnswer } from './model-answers.ts';

/** The lines that writers of packs collected; other parts of their files are read elsewhere. */
const linesSchema = z.object({
  model: z.array(z.object({ wrote: z.string(), cut: z.boolean().optional(), says: z.string() })).default([]),
  false_friends: z.array(z.object({ said: z.string(), clean: z.boolean().optional() })).default([]),
});

const FOLDER = new URL('./', import.meta.url);
const written = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [
      name.replace('.yaml', ''),
      linesSchema.parse(parse(readFileSync(new URL(name, FOLDER), 'utf8'))),
    ]),
);

function saidOf({ wrote, cut = false }: ModelAnswer): string {
  return cleanModelAnswer(wrote, { isCut: cut });
}

describe.each(Object.entries(MODEL_ANSWERS))('what a model writes in %s', (code, answers) => {
  it.each([...answers, ...(written.get(code)?.model ?? [])])('$wrote', (answer) => {
    expect(saidOf(answer)).toBe(answer.says);
    expect(saidOf({ wrote: answer.says, says: answer.says })).toBe(answer.says);
  });
});

it('sixty answers are tried, five in each of the twelve languages', () => {
  expect(Object.keys(MODEL_ANSWERS).toSorted()).toEqual(packCodes().toSorted());
  expect(Object.values(MODEL_ANSWERS).map((answers) => answers.length)).toEqual(Array(12).fill(5));
});

describe.each(Object.entries(FALSE_FRIENDS))('false friends of bad words in %s', (code, own) => {
  const filter = createProfanityFilter(packOf(code)?.profanity ?? []);
  const collected = (written.get(code)?.false_friends ?? []).filter(({ clean }) => clean === true);

  it.each([...own, ...collected.map(({ said }) => said)])('%s', (line) => {
    expect(filter(line)).toBe(line);
  });
});

describe('names', () => {
  const own = ['Kafra', 'sage', 'Prontera', '賢者', '현자', 'ปราชญ์', 'Sábio', 'Мудрец'];

  it.each(NAMES_TAKEN)('another one is taken: %s', (line) => {
    expect(takesOtherName(line, own)).toBe(true);
  });

  it.each(NO_NAMES_TAKEN)('none is taken: %s', (line) => {
    expect(takesOtherName(line, own)).toBe(false);
  });
});
