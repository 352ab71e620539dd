import { AiIpcError } from '../../base/errors.ts';
import { cleanAnswer } from '../answer/clean-answer.ts';
import type { ReasonKind } from '../language/reason-kinds.ts';
import type { Persona } from '../persona/persona.ts';
import { reasonLine } from '../persona/reason-line.ts';
import type { AnswerSource, Decision, Situation } from '../talk/mind.ts';
import { givesItem, isGiving } from './gift-choice.ts';
import { type Facts, factsOf, splitWords } from './situation.ts';

/** How well an action suits the facts, from 0 on. */
interface Kind {
  readonly name: ReasonKind;
  readonly names: RegExp;
  score(facts: Sums): number;
}

/** The facts as numbers; unknown health counts as unhurt, but not as strong enough to look for a fight. */
interface Sums {
  readonly danger: number;
  readonly safety: number;
  readonly hurt: number;
  readonly strength: number;
  readonly talk: number;
  readonly trade: number;
  readonly need: number;
  readonly tired: number;
  readonly task: number;
}

const ASSUMED_STRENGTH = 0.6;

/** The first kind whose names fit a word of the action counts. The weights order like situations as a person would. */
const KINDS: readonly Kind[] = [
  {
    name: 'flee',
    names: /^(flee|run|escape|retreat|hide|teleport|evade|withdraw)/,
    score: ({ danger, strength }) => danger * (1.15 - strength),
  },
  {
    name: 'heal',
    names: /^(heal|potion|drink|cure|bandage|recover|eat)/,
    score: ({ hurt, danger }) => 0.9 * hurt * (1 - 0.3 * danger),
  },
  {
    name: 'attack',
    names: /^(attack|fight|strike|kill|hunt|shoot|cast|charge)/,
    score: ({ danger, strength }) => 0.8 * danger * strength,
  },
  {
    name: 'defend',
    names: /^(defend|guard|block|protect|shield)/,
    score: ({ danger, strength }) => danger * (0.3 + 0.5 * strength),
  },
  { name: 'warn', names: /^(warn|alert|alarm|shout)/, score: ({ danger }) => 0.55 * danger },
  {
    name: 'help',
    names: /^(help|assist|aid|support|rescue|save)/,
    score: ({ need, safety }) => 0.1 + 0.7 * need * (0.4 + 0.6 * safety),
  },
  {
    name: 'trade',
    names: /^(trade|sell|buy|offer|barter|shop|bargain)/,
    score: ({ trade, safety }) => (0.08 + 0.62 * trade) * safety,
  },
  {
    name: 'talk',
    names: /^(talk|greet|speak|say|chat|answer|welcome|reply|wave|smile|ask)/,
    score: ({ talk, safety }) => (0.2 + 0.35 * talk) * safety,
  },
  {
    name: 'rest',
    names: /^(rest|sleep|sit|nap)/,
    score: ({ tired, hurt, safety }) => (0.7 * tired + 0.4 * hurt) * safety,
  },
  {
    name: 'search',
    names: /^(patrol|wander|walk|move|go|explore|follow|search|investigate|inspect)/,
    score: ({ task, safety }) => (0.12 + 0.5 * task) * safety,
  },
  {
    name: 'wait',
    names: /^(wait|idle|stand|stay|nothing|none|ignore|watch|observe|continue)/,
    score: ({ safety }) => 0.05 + 0.1 * safety,
  },
];

/** An action that the context itself names is likely the point of it. */
const NAMED_WEIGHT = 0.6;
const MAX_REASON_CHARACTERS = 200;

/** As sure as a person is who was told what to give. */
const GIFT_CONFIDENCE = 0.9;

/**
 * Chooses by keywords, health and danger, and what the persona gives away. The same persona, context and actions always give
 * the same decision; where two actions suit as well, the earlier one is taken. `actions` holds at least one.
 */
export function decideByRules(
  persona: Persona,
  { context, actions }: Pick<Situation, 'context' | 'actions'>,
): Omit<Decision, keyof AnswerSource> {
  const { action, kind, confidence } =
    giftDecision(persona, { context, actions }) ?? bestAction(context, actions);
  const reason = cleanAnswer(reasonLine(persona, kind, JSON.stringify([persona.id, action])), {
    maxCharacters: MAX_REASON_CHARACTERS,
  });
  return { action, reason, confidence };
}

interface Chosen {
  readonly action: string;
  readonly kind: ReasonKind;
  readonly confidence: number;
}

/** To give or to keep; undefined where that is not the question. */
function giftDecision(
  persona: Persona,
  { context, actions }: Pick<Situation, 'context' | 'actions'>,
): Chosen | undefined {
  const giving = actions.find(isGiving);
  const keeping = actions.find((action) => !isGiving(action));
  const gives = giving === undefined || keeping === undefined ? undefined : givesItem(persona, context);
  if (gives === undefined || giving === undefined || keeping === undefined) return undefined;
  const confidence = GIFT_CONFIDENCE;
  return gives ? { action: giving, kind: 'give', confidence } : { action: keeping, kind: 'keep', confidence };
}

function bestAction(context: Situation['context'], actions: Situation['actions']): Chosen {
  const facts = factsOf(context);
  const sums = sumsOf(facts);
  const scored = actions.map((action) => scoreAction(action, { facts, sums }));
  const [best, second] = scored.toSorted((a, b) => b.score - a.score);
  if (!best) throw new AiIpcError('bad_argument', 'A decision needs at least one action.');
  return { ...best, confidence: confidenceOf(best.score, second?.score) };
}

interface ScoredAction {
  readonly action: string;
  readonly score: number;
  readonly kind: ReasonKind;
}

function scoreAction(action: string, { facts, sums }: { facts: Facts; sums: Sums }): ScoredAction {
  const words = splitWords(action);
  const kind = KINDS.find(({ names }) => words.some((word) => names.test(word)));
  const named = words.filter((word) => word.length > 2 && facts.words.has(word));
  const namedScore = words.length === 0 ? 0 : (NAMED_WEIGHT * named.length) / words.length;
  return { action, score: (kind?.score(sums) ?? 0) + namedScore, kind: kind?.name ?? 'other' };
}

function sumsOf(facts: Facts): Sums {
  return {
    danger: facts.danger,
    safety: 1 - facts.danger,
    hurt: facts.health === undefined ? 0 : 1 - facts.health,
    strength: facts.health ?? ASSUMED_STRENGTH,
    talk: Number(facts.isTalkedTo),
    trade: Number(facts.isTrade),
    need: Number(facts.isNeed),
    tired: Number(facts.isTired),
    task: Number(facts.isTask),
  };
}

/** Half sure with equals, surer with the distance to the second; a lone action is certain. */
function confidenceOf(best: number, second: number | undefined): number {
  if (second === undefined) return 1;
  if (best === 0) return 0.1;
  return Math.round(Math.min(0.99, 0.5 + (best - second) / 2) * 100) / 100;
}
