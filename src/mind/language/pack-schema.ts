import { z } from 'zod';
import { AiIpcError } from '../../base/errors.ts';
import { CALLED_UP } from './emotions.ts';
import { FACT_KINDS } from './fact-kinds.ts';
import { problemOf, problemOfKeys, problemOfNames } from './file-problems.ts';
import { INTENT_NAMES } from './intent-names.ts';

/** A language code, such as en or pt-BR. */
export const LANGUAGE_CODE = /^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$/;

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
const named = <Name extends string>(names: readonly Name[], kind: string) =>
  z.enum(names as readonly [Name, ...Name[]], {
    error: problemOfNames(names, { kind, otherwise: `Give one of these: ${names.join(', ')}` }),
  });
const intentName = z.enum(INTENT_NAMES, {
  error: problemOfNames(INTENT_NAMES, { kind: 'intent', otherwise: 'docs/personas.md lists them' }),
});
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
  common_words: texts,
  articles: texts,
  particles: texts,
  question_words: texts,
  negations: texts,
  intents: z.partialRecord(intentName, texts).default({}),
  telling: z.partialRecord(named(FACT_KINDS, 'fact'), texts).default({}),
  /** "I am {value}": a name only where it is written like one and is no common word. */
  bare_names: texts,
  classes: z.record(z.string(), texts).default({}),
  no_names: texts,
  name_ends: texts,
  no_values: texts,
  fillers: texts,
  mirrored: z.record(z.string(), text).default({}),
  clause_ends: texts,
  fact_sentences: z.partialRecord(named(FACT_KINDS, 'fact'), text).default({}),
  list: section({
    separator: z.string().default(', '),
    last: z.string().default(', '),
  }).default({ separator: ', ', last: ', ' }),
  feelings: z.partialRecord(named(CALLED_UP, 'feeling'), texts).default({}),
  profanity: texts,
  answers: section({
    introductions: texts,
    after_introductions: texts,
    no_names: texts,
    titles: texts,
    self_talk: texts,
    announcements: texts,
  }).prefault({}),
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

/** A wrong name of an entry has its reason within. */
function toProblem({ path, message, ...issue }: z.core.$ZodIssue): [string, string] {
  const inner = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
  return [toKeyPath(path), inner ?? message];
}

/** Where a value stands in a file, such as intents.hello[2]. */
export function toKeyPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(the whole file)';
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function isScript(name: string): boolean {
  try {
    return new RegExp(`\\p{Script=${name}}`, 'u').source !== '';
  } catch {
    // A name that Unicode does not have is a syntax error of the expression.
    return false;
  }
}
