import { z } from 'zod';
import { AiIpcError, messageOf } from '../../base/errors.ts';
import { MAX_ANSWER_CHARACTERS } from '../answer/clean-answer.ts';
import { MAX_MENU_OPTION, toMenuOption } from '../answer/menu-option.ts';
import { EMOTION_NAMES } from '../language/emotion.ts';
import { problemOf, problemOfKeys, problemOfNames } from '../language/file-problems.ts';
import { INTENT_NAMES, intentPatterns } from '../language/intents.ts';
import { languageOf } from '../language/language.ts';
import { toKeyPath } from '../language/pack-schema.ts';
import { compilePattern, type Pattern } from '../language/pattern.ts';
import { REASON_KINDS } from '../language/reason-kinds.ts';
import { MAX_REVEALS, REVEAL_NAME, REVEAL_NAME_RULE } from '../language/reveal-names.ts';
import {
  ALWAYS_KNOWN,
  needsMore,
  placeholderFor,
  placeholdersOf,
  SOMETIMES_KNOWN,
  TOPIC_PLACEHOLDER,
} from './placeholders.ts';

/** A section of keys; one that it does not have is a mistake, and most likely a slip of the pen. */
function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: problemOfKeys(Object.keys(shape)) });
}

const line = z.string().trim().min(1).max(MAX_ANSWER_CHARACTERS);
const lines = z.array(line).min(1);
const emotion = z.enum(EMOTION_NAMES, {
  error: problemOfNames(EMOTION_NAMES, {
    kind: 'emotion',
    otherwise: `Give one of these: ${EMOTION_NAMES.join(', ')}`,
  }),
});
const intent = z.enum(INTENT_NAMES, {
  error: problemOfNames(INTENT_NAMES, { kind: 'intent', otherwise: 'docs/personas.md lists them' }),
});
const EMOTES_RULE = 'give ragnarok, or an emoji and its text a line, such as "😀": /heh';
const emoji = z.string().regex(/^\p{Extended_Pictographic}\ufe0f?$/u);
const emote = z.string().trim().min(1).max(20);
const level = z.int().min(1).max(999);

/** What is said when: patterns of its own, a ready-made intent, or both. */
const topic = {
  intent: intent.optional(),
  patterns: z.array(line).default([]),
  answers: lines,
  emotion: emotion.optional(),
  /** What the NPC does while it says this, such as "nods". */
  action: z.string().trim().min(1).max(100).optional(),
};

const ruleSchema = section({
  ...topic,
  name: line.optional(),
  /** A vague rule is asked only when no other one matches. */
  vague: z.boolean().default(false),
  /** The rule is there only in one of these moods, or for players known to be of these levels. */
  when: section({ mood: z.array(emotion).optional(), level: z.tuple([level, level]).optional() }).default({}),
});

const forbiddenSchema = section({ ...topic, topic: line });

const moodSchema = section({
  /** For a model: how the NPC speaks in this mood. */
  manner: line.optional(),
  /** Said before an answer in this mood. */
  openers: z.array(line).default([]),
});

/** What the NPC may give, and to whom: `to` is for a model, intent and patterns are what the offline brain hears. */
const giftSchema = section({
  item: line,
  to: line.optional(),
  intent: intent.optional(),
  patterns: z.array(line).default([]),
});

/** What the NPC tells only to whom the game says (`reveals` of a dialogue). Its words stand in no other part of a prompt. */
const revealSchema = section({
  name: z.string().regex(REVEAL_NAME, REVEAL_NAME_RULE),
  text: line.refine(
    (text) => placeholdersOf(text).length === 0,
    'is told as it stands: it has no placeholders',
  ),
  /** What asks for it, offline; without both, whatever it is about. */
  intent: intent.optional(),
  patterns: z.array(line).default([]),
});
const OPTION_RULE = `is no option of a menu: at most ${MAX_MENU_OPTION.characters} characters, none of : ^ < > | and no placeholder`;
const menuOption = line.refine(
  (text) => toMenuOption(text) === text && placeholdersOf(text).length === 0,
  OPTION_RULE,
);

const modelSettingsSchema = section({
  /** The name of a model server; left out, the first one. */
  server: line.optional(),
  /** On that server. */
  model: line.optional(),
  temperature: z.number().min(0).max(2).optional(),
  max_tokens: z.int().min(1).max(4_096).optional(),
});

const personaSchema = section({
  name: line,
  role: line,
  place: line,
  language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/, 'give a language code such as en'),
  npc_ids: z.array(z.union([z.number(), line])).default([]),
  mood: emotion.default('neutral'),
  manner: line.optional(),
  knowledge: z.array(line).max(100).default([]),
  goals: z.array(line).max(20).default([]),
  reveals: z.array(revealSchema).max(MAX_REVEALS).default([]),
  moods: z.partialRecord(emotion, moodSchema).default({}),
  forbidden_topics: z.array(forbiddenSchema).default([]),
  canned_lines: z.array(line).default([]),
  /** What stands in place of emoji: Ragnarok's emotes, or texts of its own by emoji. */
  emotes: z.union([z.literal('ragnarok'), z.record(emoji, emote)], { error: EMOTES_RULE }).optional(),
  model_settings: modelSettingsSchema.default({}),
  /** What players may say to the NPC, for a menu. */
  menu: z.array(menuOption).max(40).default([]),
  /** What the NPC says of its own, to nobody in particular. */
  shouts: z.array(line).max(100).default([]),
  gifts: z.array(giftSchema).max(40).default([]),
  /** Why the NPC does what it decides to do, by what that is. */
  reasons: z.partialRecord(z.enum(REASON_KINDS), lines).default({}),
  greeting: lines,
  rules: z.array(ruleSchema),
  fallback: lines,
}).transform((file, context) => {
  const { language } = file;
  const topics = [...file.rules, ...file.forbidden_topics, ...file.gifts, ...file.reveals];
  if (languageOf(language).pack === undefined && topics.some(({ intent }) => intent !== undefined)) {
    const message = `the language ${language} has no intents yet: write patterns instead, or add languages/${language}.yaml beside this file (docs/languages.md)`;
    context.addIssue({ code: 'custom', message, path: ['language'] });
  }
  const compile = <T extends RawTopic>(list: TopicOrigin['list'], topics: readonly T[]) =>
    topics.map((one, index) => compileTopic(one, { list, index, language, context }));
  checkRevealNames(file.reveals, context);
  checkLines(file.greeting, { path: ['greeting'], context });
  checkLines(file.fallback, { path: ['fallback'], context });
  checkLines(file.canned_lines, { path: ['canned_lines'], context });
  checkLines(file.shouts, { path: ['shouts'], captures: [TOPIC_PLACEHOLDER], context });
  for (const [kind, reasons = []] of Object.entries(file.reasons))
    checkLines(reasons, { path: ['reasons', kind], context });
  for (const [mood, { openers = [] } = {}] of Object.entries(file.moods))
    checkLines(openers, { path: ['moods', mood, 'openers'], context });
  return {
    ...file,
    rules: compile('rules', file.rules).map((rule) => ({ ...rule, name: rule.name ?? rule.intent ?? '' })),
    forbidden_topics: compile('forbidden_topics', file.forbidden_topics),
    gifts: compile('gifts', file.gifts),
    reveals: compile('reveals', file.reveals),
  };
});

/** A persona file, checked, with its patterns ready to match. */
export type Persona = Readonly<z.infer<typeof personaSchema>> & { readonly id: string };

/** One rule of a persona: any of its patterns leads to one of its answers. */
export type Rule = Persona['rules'][number];

/** A topic that the NPC does not talk about: it goes before every rule. */
export type ForbiddenTopic = Persona['forbidden_topics'][number];

/** A file of a persona: `id` is its name without its ending. */
export interface PersonaFile {
  readonly id: string;
  readonly path: string;
}

/**
 * Makes a persona of what the YAML of its file says (persona-yaml.ts reads it).
 * Throws AiIpcError persona_invalid that names the file and each wrong key.
 */
export function toPersona(value: unknown, file: PersonaFile): Persona {
  if (value === null || value === undefined)
    throw new AiIpcError(
      'persona_invalid',
      `The persona file ${file.path} is empty. docs/personas.md has one to begin with.`,
    );
  const result = personaSchema.safeParse(value, { error: problemOf });
  if (!result.success) {
    const reasons = result.error.issues.map((issue) => `  ${toKeyPath(issue.path)}: ${issue.message}`);
    throw new AiIpcError(
      'persona_invalid',
      `The persona file ${file.path} cannot be used:\n${reasons.join('\n')}`,
    );
  }
  return { id: file.id, ...result.data };
}

interface RawTopic {
  readonly intent?: z.infer<typeof intent> | undefined;
  readonly patterns: readonly string[];
  /** A gift has none, nor has a reveal. */
  readonly answers?: readonly string[];
  readonly item?: string;
  readonly name?: string | undefined;
  readonly topic?: string;
  readonly when?: { readonly level?: readonly number[] | undefined };
}

interface TopicOrigin {
  readonly list: 'rules' | 'forbidden_topics' | 'gifts' | 'reveals';
  readonly index: number;
  readonly language: string;
  readonly context: z.RefinementCtx;
}

function compileTopic<T extends RawTopic>(
  topic: T,
  { list, index, language, context }: TopicOrigin,
): Omit<T, 'patterns'> & { readonly patterns: readonly Pattern[] } {
  const report = (message: string, ...path: (string | number)[]) =>
    context.addIssue({ code: 'custom', message, path: [list, index, ...path] });
  if (list !== 'reveals' && topic.intent === undefined && topic.patterns.length === 0)
    report('give patterns, an intent or both');
  if ((topic.name ?? topic.topic ?? topic.item ?? topic.intent) === undefined)
    report('give the rule a name', 'name');
  const own = topic.patterns.flatMap((source, at) => {
    try {
      return [compilePattern(source, languageOf(language))];
    } catch (error) {
      report(messageOf(error), 'patterns', at);
      return [];
    }
  });
  const ready = topic.intent === undefined ? [] : intentPatterns(topic.intent, language);
  const patterns = [...own, ...(ready ?? [])];
  if (own.length === topic.patterns.length)
    checkLines(topic.answers ?? [], {
      path: [list, index, 'answers'],
      captures: capturedBy(topic, patterns),
      context,
    });
  return { ...topic, patterns };
}

/** A script names one of them. */
function checkRevealNames(reveals: readonly { readonly name: string }[], context: z.RefinementCtx): void {
  for (const [at, { name }] of reveals.entries()) {
    const first = reveals.findIndex((other) => other.name === name);
    if (first === at) continue;
    const message = `is the name of reveals[${first}], too: give each its own`;
    context.addIssue({ code: 'custom', message, path: ['reveals', at, 'name'] });
  }
}

/** What is known whenever the rule answers: what all patterns capture, the fact that a tell- intent hears, its level. */
function capturedBy({ intent = '', when }: RawTopic, patterns: readonly Pattern[]): string[] {
  const level = when?.level ? ['level'] : [];
  if (patterns.length === 0 && intent.startsWith('tell-'))
    return [placeholderFor(intent.slice('tell-'.length)), ...level];
  const [first = [], ...others] = patterns.map((pattern) => pattern.captures);
  return [...first.filter((name) => others.every((names) => names.includes(name))), ...level];
}

interface LinesOrigin {
  readonly path: (string | number)[];
  /** What every pattern of the rule captures. */
  readonly captures?: readonly string[];
  readonly context: z.RefinementCtx;
}

/** No answer may need what is never there, and one must be there for a message without a word and a stranger. */
function checkLines(answers: readonly string[], { path, captures = [], context }: LinesOrigin): void {
  const known = new Set([...ALWAYS_KNOWN, ...SOMETIMES_KNOWN, ...captures]);
  answers.forEach((answer, at) => {
    const unknown = placeholdersOf(answer).find((name) => !known.has(name));
    if (unknown === undefined) return;
    const message = `{${unknown}} is not known here: use ${[...known].map((name) => `{${name}}`).join(', ')}, or capture it in every pattern of the rule`;
    context.addIssue({ code: 'custom', message, path: [...path, at] });
  });
  if (answers.length > 0 && answers.every((answer) => needsMore(answer, captures))) {
    const message =
      'every line needs {word} or something remembered; give at least one without it, for a stranger or a message that has no word to take up';
    context.addIssue({ code: 'custom', message, path });
  }
}
