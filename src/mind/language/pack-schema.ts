import { z } from 'zod';
import { AiIpcError } from '../../base/errors.ts';
import { CALLED_UP } from './emotions.ts';
import { FACT_KINDS } from './fact-kinds.ts';
import { problemOf, problemOfKeys } from './file-problems.ts';
import { INTENT_NAMES } from './intent-names.ts';
import { REASON_KINDS } from './reason-kinds.ts';

/** A language code, such as en or pt-BR. */
const LANGUAGE_CODE = /^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$/;

/** A section of keys; one that it does not have is a mistake, and most likely a slip of the pen. */
function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: problemOfKeys(Object.keys(shape)) });
}

/** YAML reads 555 as a number and true as no text; both are words here. */
const text = z.preprocess(
  (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
  z.string().trim().min(1).max(4_000),
);
const texts = z.array(text).max(5_000).default([]);
const byName = <Name extends string, Value extends z.ZodType>(names: readonly Name[], value: Value) =>
  z.partialRecord(z.enum(names), value, { error: problemOfKeys(names) }).default({});
const SCRIPT_RULE = 'is no script: give the name that Unicode has for it, such as Latin, Thai or Hangul';

const packSchema = section({
  code: z.string().regex(LANGUAGE_CODE, 'give a language code such as pt-BR'),
  name: text,
  english_name: text,
  scripts: z.array(text.refine(isScript, SCRIPT_RULE)).min(1),
  read_by_native_speaker: z.boolean().default(false),
  /** Whether its own words have accents; where not, all of them are looked past. */
  accents: z.boolean().default(true),
  codepages: texts,
  spellings: z.record(z.string().trim().min(1), text).default({}),
  /** Of other languages: understood like spellings, and no sign of this one. */
  borrowed: z.record(z.string().trim().min(1), text).default({}),
  common_words: texts,
  articles: texts,
  particles: texts,
  question_words: texts,
  negations: texts,
  /** Words that point back to what was spoken of: "how do I get there?". */
  pointing: texts,
  intents: byName(INTENT_NAMES, texts),
  telling: byName(FACT_KINDS, texts),
  /** "I am {value}": a name only where it is written like one and is no common word. */
  bare_names: texts,
  /** What follows "I am" and is no name there, although somebody may be called so: "I am German". */
  no_bare_names: texts,
  /** Of what names are made in a script without capital letters: letters or plain text, three of them at most. */
  name_parts: z
    .array(text.refine(isLetters, 'has more than letters: give these only'))
    .max(5_000)
    .default([]),
  classes: z.record(z.string(), texts).default({}),
  no_names: texts,
  name_ends: texts,
  no_values: texts,
  fillers: texts,
  mirrored: z.record(z.string(), text).default({}),
  clause_ends: texts,
  fact_sentences: byName(FACT_KINDS, text),
  /** How the last of several is joined to those before it, and these to each other; left out, as Unicode's data have it. */
  list: section({ separator: z.string(), last: z.string() }).optional(),
  feelings: byName(CALLED_UP, texts),
  profanity: texts,
  answers: section({
    introductions: texts,
    after_introductions: texts,
    no_names: texts,
    titles: texts,
    self_talk: texts,
    announcements: texts,
  }).prefault({}),
  /** Why an NPC does what it decides to do, for personas that have no words of their own. */
  reasons: byName(REASON_KINDS, texts),
  lines: section({ canned: texts, waiting: texts }).prefault({}),
  sample_questions: texts,
});

/** What is known of a language: a file of the folder languages, checked. */
export type LanguagePack = Readonly<z.infer<typeof packSchema>>;

/** Makes a pack of what the YAML of its file says. Throws AiIpcError persona_invalid that names the file and each wrong key. */
export function toPack(value: unknown, file: { readonly code: string; readonly path: string }): LanguagePack {
  const result = packSchema.safeParse(value ?? {}, { error: problemOf });
  const problems = result.success ? [] : result.error.issues.map(toProblem);
  if (result.success && result.data.code !== file.code)
    problems.push(['code', `is ${result.data.code}, and the file's name says ${file.code}: make them one`]);
  if (result.success && problems.length === 0) return result.data;
  const reasons = problems.map(([path, message]) => `  ${path}: ${message}`);
  throw new AiIpcError(
    'persona_invalid',
    `The language pack ${file.path} cannot be used:\n${reasons.join('\n')}`,
  );
}

function toProblem({ path, message }: z.core.$ZodIssue): [string, string] {
  return [toKeyPath(path), message];
}

/** Where a value stands in a file, such as intents.hello[2]. */
export function toKeyPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(the whole file)';
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function isLetters(part: string): boolean {
  return /^[\p{L}\p{M}]+$/u.test(part);
}

function isScript(name: string): boolean {
  try {
    return new RegExp(`\\p{Script=${name}}`, 'u').source !== '';
  } catch {
    // A name that Unicode does not have is a syntax error of the expression.
    return false;
  }
}
