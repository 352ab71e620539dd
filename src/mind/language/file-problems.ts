import type { z } from 'zod';
import { nearestName } from '../../config/nearest.ts';

type Issue = Parameters<z.core.$ZodErrorMap>[0];

const KINDS: ReadonlyMap<string, string> = new Map([
  ['string', 'a text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['tuple', 'a list'],
  ['object', 'a section of keys'],
  ['record', 'a section of keys'],
]);
const MAX_SHOWN_CHARACTERS = 60;

/** What is wrong with a value of a persona file or a language pack, for people who write one; undefined leaves the words to zod. */
export function problemOf(issue: Issue): string | undefined {
  if (issue.code === 'invalid_type') return wrongKind(issue);
  const isEmpty = issue.code === 'too_small' && issue.minimum === 1 && typeof issue.input !== 'number';
  return isEmpty ? 'is empty: write at least one' : undefined;
}

/** The words of a section that knows these keys. */
export function problemOfKeys(known: readonly string[]): (issue: Issue) => string | undefined {
  return (issue) => {
    if (issue.code !== 'unrecognized_keys') return undefined;
    return issue.keys.map((key) => `there is no key ${key}${meant(key, known)}`).join('; ');
  };
}

/** The words of a value that must be one of these. Without a near one, `otherwise` tells where to find them. */
export function problemOfNames(
  known: readonly string[],
  { kind, otherwise }: { readonly kind: string; readonly otherwise: string },
): (issue: Issue) => string | undefined {
  return ({ input }) => {
    if (typeof input !== 'string') return undefined;
    return `${JSON.stringify(input.slice(0, MAX_SHOWN_CHARACTERS))} is no ${kind}${meant(input, known) || `. ${otherwise}`}`;
  };
}

function wrongKind(issue: Extract<Issue, { readonly code: 'invalid_type' }>): string {
  const { input, expected } = issue;
  const kind = KINDS.get(expected) ?? expected;
  if (input === undefined) return `is missing: give ${kind}`;
  const shown = JSON.stringify(input) ?? String(input);
  return `must be ${kind}; it is ${input === null ? 'empty' : shown.slice(0, MAX_SHOWN_CHARACTERS)}`;
}

function meant(written: string, known: readonly string[]): string {
  const nearest = nearestName(written, known);
  return nearest === undefined ? '' : `. Did you mean ${nearest}?`;
}
