import { parseDocument } from 'yaml';
import { z } from 'zod';
import { AiIpcError, messageOf } from '../base/errors.ts';
import { MAX_ANSWER_CHARACTERS } from './clean-answer.ts';
import { EMOTION_NAMES } from './emotion.ts';
import { languageOf } from './language.ts';
import { compilePattern, type Pattern } from './pattern.ts';

const line = z.string().trim().min(1).max(MAX_ANSWER_CHARACTERS);
const lines = z.array(line).min(1);
const emotion = z.enum(EMOTION_NAMES);

const ruleSchema = z.strictObject({
  name: line,
  patterns: z.array(line).min(1),
  answers: lines,
  emotion: emotion.optional(),
  /** A vague rule is asked only when no other one matches. */
  vague: z.boolean().default(false),
});

const personaSchema = z
  .strictObject({
    name: line,
    role: line,
    place: line,
    language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/, 'give a language code such as en'),
    npc_ids: z.array(z.union([z.number(), line])).default([]),
    mood: emotion.default('neutral'),
    greeting: lines,
    rules: z.array(ruleSchema),
    fallback: lines,
  })
  .transform((file, context) => {
    const rules = file.rules.map((rule, index) =>
      compileRule(rule, { index, language: file.language, context }),
    );
    checkLines(file.greeting, { path: ['greeting'], captures: [], context });
    checkLines(file.fallback, { path: ['fallback'], captures: [], context });
    return { ...file, rules };
  });

/** A persona file, checked, with its patterns ready to match. */
export type Persona = Readonly<z.infer<typeof personaSchema>> & { readonly id: string };

/** One rule of a persona: any of its patterns leads to one of its answers. */
export type Rule = Omit<z.infer<typeof ruleSchema>, 'patterns'> & { readonly patterns: readonly Pattern[] };

/** {word} is a word of the player's message; it is missing when the message has none worth taking up. */
const PERSONA_PLACEHOLDERS = ['name', 'role', 'place'] as const;
export const WORD_PLACEHOLDER = 'word';

/** The names in braces of an answer. */
export function placeholdersOf(answer: string): string[] {
  return [...answer.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
}

/**
 * Reads the text of a persona file. `id` is the file's name without its ending.
 * Throws AiIpcError persona_invalid that names the file and each wrong key.
 */
export function parsePersona(text: string, file: { readonly id: string; readonly path: string }): Persona {
  const document = parseDocument(text);
  const [broken] = document.errors;
  if (broken) {
    throw new AiIpcError(
      'persona_invalid',
      `The persona file ${file.path} is not YAML: ${broken.message.trim()}`,
    );
  }
  const result = personaSchema.safeParse(toValue(document, file.path));
  if (!result.success) {
    const reasons = result.error.issues.map((issue) => `  ${toKeyPath(issue.path)}: ${issue.message}`);
    throw new AiIpcError(
      'persona_invalid',
      `The persona file ${file.path} cannot be used:\n${reasons.join('\n')}`,
    );
  }
  return { id: file.id, ...result.data };
}

interface RuleOrigin {
  readonly index: number;
  readonly language: string;
  readonly context: z.RefinementCtx;
}

function compileRule(rule: z.infer<typeof ruleSchema>, { index, language, context }: RuleOrigin): Rule {
  const patterns = rule.patterns.flatMap((source, at) => {
    try {
      return [compilePattern(source, languageOf(language))];
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error), path: ['rules', index, 'patterns', at] });
      return [];
    }
  });
  const [first, ...others] = patterns.map((pattern) => pattern.captures);
  const captures = (first ?? []).filter((name) => others.every((names) => names.includes(name)));
  if (patterns.length === rule.patterns.length) {
    checkLines(rule.answers, { path: ['rules', index, 'answers'], captures, context });
  }
  return { ...rule, patterns };
}

interface LinesOrigin {
  readonly path: (string | number)[];
  /** What every pattern of the rule captures. */
  readonly captures: readonly string[];
  readonly context: z.RefinementCtx;
}

/** No answer may need what a match does not give, and one must be there for a message without a word to take up. */
function checkLines(answers: readonly string[], { path, captures, context }: LinesOrigin): void {
  const known = new Set([...PERSONA_PLACEHOLDERS, WORD_PLACEHOLDER, ...captures]);
  answers.forEach((answer, at) => {
    const unknown = placeholdersOf(answer).find((name) => !known.has(name));
    if (unknown === undefined) return;
    const message = `{${unknown}} is not known here: use ${[...known].map((name) => `{${name}}`).join(', ')}, or capture it in every pattern of the rule`;
    context.addIssue({ code: 'custom', message, path: [...path, at] });
  });
  if (answers.every((answer) => placeholdersOf(answer).includes(WORD_PLACEHOLDER))) {
    const message =
      'every line needs {word}; give at least one without it, for messages that have no word to take up';
    context.addIssue({ code: 'custom', message, path });
  }
}

/** Aliases that multiply (a "billion laughs" file) are refused by the parser when it makes values of them. */
function toValue(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new AiIpcError('persona_invalid', `The persona file ${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function toKeyPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(the whole file)';
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
