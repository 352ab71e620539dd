import { AiIpcError } from '../../base/errors.ts';
import { cleanAnswer } from '../answer/clean-answer.ts';
import type { AnswerSource, Decision } from '../talk/mind.ts';
import { type Facts, factsOf, splitWords } from './situation.ts';

/** How well an action suits the facts, from 0 on, and why. */
interface Kind {
  readonly names: RegExp;
  score(facts: Sums): number;
  because(facts: Facts): string;
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
    names: /^(flee|run|escape|retreat|hide|teleport|evade|withdraw)/,
    score: ({ danger, strength }) => danger * (1.15 - strength),
    because: (facts) => `${tellDanger(facts)} and ${tellHealth(facts)}`,
  },
  {
    names: /^(heal|potion|drink|cure|bandage|recover|eat)/,
    score: ({ hurt, danger }) => 0.9 * hurt * (1 - 0.3 * danger),
    because: tellHealth,
  },
  {
    names: /^(attack|fight|strike|kill|hunt|shoot|cast|charge)/,
    score: ({ danger, strength }) => 0.8 * danger * strength,
    because: (facts) => `${tellDanger(facts)} and ${tellHealth(facts)}`,
  },
  {
    names: /^(defend|guard|block|protect|shield)/,
    score: ({ danger, strength }) => danger * (0.3 + 0.5 * strength),
    because: (facts) => `${tellDanger(facts)} and ${tellHealth(facts)}`,
  },
  { names: /^(warn|alert|alarm|shout)/, score: ({ danger }) => 0.55 * danger, because: tellDanger },
  {
    names: /^(help|assist|aid|support|rescue|save)/,
    score: ({ need, safety }) => 0.1 + 0.7 * need * (0.4 + 0.6 * safety),
    because: () => 'someone is in need',
  },
  {
    names: /^(trade|sell|buy|offer|barter|shop|bargain)/,
    score: ({ trade, safety }) => (0.08 + 0.62 * trade) * safety,
    because: () => 'there is talk of trade',
  },
  {
    names: /^(talk|greet|speak|say|chat|answer|welcome|reply|wave|smile|ask)/,
    score: ({ talk, safety }) => (0.2 + 0.35 * talk) * safety,
    because: () => 'someone is there to talk to',
  },
  {
    names: /^(rest|sleep|sit|nap)/,
    score: ({ tired, hurt, safety }) => (0.7 * tired + 0.4 * hurt) * safety,
    because: (facts) => (facts.isTired ? 'it is time to rest' : tellHealth(facts)),
  },
  {
    names: /^(patrol|wander|walk|move|go|explore|follow|search|investigate|inspect)/,
    score: ({ task, safety }) => (0.12 + 0.5 * task) * safety,
    because: () => 'there is something to look for',
  },
  {
    names: /^(wait|idle|stand|stay|nothing|none|ignore|watch|observe|continue)/,
    score: ({ safety }) => 0.05 + 0.1 * safety,
    because: () => 'nothing presses',
  },
];

/** An action that the context itself names is likely the point of it. */
const NAMED_WEIGHT = 0.6;

/**
 * Chooses by keywords, health and danger. The same context and actions always give the same decision; where two actions
 * suit as well, the earlier one is taken. `actions` holds at least one.
 */
export function decideByRules(
  context: Readonly<Record<string, unknown>> | string,
  actions: readonly string[],
): Omit<Decision, keyof AnswerSource> {
  const facts = factsOf(context);
  const sums = sumsOf(facts);
  const scored = actions.map((action) => scoreAction(action, { facts, sums }));
  const [best, second] = scored.toSorted((a, b) => b.score - a.score);
  if (!best) throw new AiIpcError('bad_argument', 'A decision needs at least one action.');
  return {
    action: best.action,
    reason: cleanAnswer(`I choose ${JSON.stringify(best.action).slice(0, 100)} because ${best.because}.`),
    confidence: confidenceOf(best.score, second?.score),
  };
}

interface ScoredAction {
  readonly action: string;
  readonly score: number;
  readonly because: string;
}

function scoreAction(action: string, { facts, sums }: { facts: Facts; sums: Sums }): ScoredAction {
  const words = splitWords(action);
  const kind = KINDS.find(({ names }) => words.some((word) => names.test(word)));
  const kindScore = kind?.score(sums) ?? 0;
  const named = words.filter((word) => word.length > 2 && facts.words.has(word));
  const namedScore = words.length === 0 ? 0 : (NAMED_WEIGHT * named.length) / words.length;
  const score = kindScore + namedScore;
  if (score === 0) return { action, score, because: 'nothing speaks for another one' };
  const because =
    namedScore > kindScore ? `the situation speaks of ${named.join(' and ')}` : kind?.because(facts);
  return { action, score, because: because ?? 'nothing speaks for another one' };
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

function tellDanger({ danger }: Facts): string {
  if (danger === 0) return 'nothing threatens';
  return danger >= 0.7 ? 'danger is near' : 'there may be danger';
}

function tellHealth({ health }: Facts): string {
  return health === undefined ? 'my health is not known' : `my health is at ${Math.round(health * 100)}%`;
}
