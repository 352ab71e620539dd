import { languageOf } from '../language/language.ts';
import { toWords } from '../language/words.ts';
import { type Leaf, leavesOf } from '../talk/situation-text.ts';

/** What the rules of decisions know of a situation. */
export interface Facts {
  /** 0 (dead) to 1 (unhurt); undefined when the context does not tell. */
  readonly health: number | undefined;
  /** 0 (safe) to 1 (deadly). */
  readonly danger: number;
  /** 1 when the context speaks of it, else 0. */
  readonly isTalkedTo: boolean;
  readonly isTrade: boolean;
  readonly isNeed: boolean;
  readonly isTired: boolean;
  readonly isTask: boolean;
  /** Every word of the context, for actions that it names. */
  readonly words: ReadonlySet<string>;
}

const DANGER =
  /^(danger|threat|enem|hostil|attack|ambush|monster|bandit|thie|boss|mvp|fire|aggress|assassin|undead|demon)/;
const WEAK_DANGER = new Set(['low', 'minor', 'small', 'weak', 'far', 'little']);
const NOTHING = new Set([
  '',
  'no',
  'none',
  'nothing',
  'nobody',
  'false',
  '0',
  'null',
  'safe',
  'zero',
  'never',
]);
const TALK =
  /^(hello|hi|greet|talk|message|question|ask|speak|said|says|player|visitor|stranger|friend|thank|chat)/;
const TRADE = /^(trad|buy|sell|zeny|price|shop|custom|merchant|item|goods|bargain|offer)/;
const NEED = /^(help|wounded|injur|lost|victim|rescue|needs|sos|dying|ally|child|begg|poor)/;
const TIRED = /^(tired|sleep|exhaust|fatigue|weary|hungry|midnight)/;
const TASK = /^(quest|task|mission|order|goal|search|missing|deliver|patrol|noise|footprint|clue)/;

const HEALTH_KEY =
  /^(?:(?:npc|my|own|self|current|cur)[_ ]?)?(?:hp|health|life|hitpoints|hit_points)(?<percent>[_ ]?(?:percent|pct|ratio))?$/i;
const MAX_HEALTH_KEY = /^(?:max[_ ]?(?:hp|health|life)|(?:hp|health|life)[_ ]?max)$/i;
const HEALTH_WORDS: ReadonlyMap<string, number> = new Map([
  ['critical', 0.1],
  ['dying', 0.05],
  ['low', 0.2],
  ['hurt', 0.4],
  ['wounded', 0.3],
  ['injured', 0.3],
  ['medium', 0.5],
  ['half', 0.5],
  ['good', 0.9],
  ['high', 0.9],
  ['full', 1],
]);

/** Reads the facts out of a context, whatever its shape. */
export function factsOf(context: Readonly<Record<string, unknown>> | string): Facts {
  const leaves = typeof context === 'string' ? [{ key: '', value: context }] : leavesOf(context);
  const words = new Set(leaves.flatMap(wordsOf));
  const has = (pattern: RegExp) => [...words].some((word) => pattern.test(word));
  return {
    health: healthOf(leaves),
    danger: Math.max(0, ...leaves.map(dangerOf)),
    isTalkedTo: has(TALK),
    isTrade: has(TRADE),
    isNeed: has(NEED),
    isTired: has(TIRED),
    isTask: has(TASK),
    words,
  };
}

/** Nothing is said by {"enemies": 0} or {"enemy_near": "none"}. */
function isNothing({ value }: Leaf): boolean {
  return !value || (typeof value === 'string' && NOTHING.has(value.trim().toLowerCase()));
}

function wordsOf(leaf: Leaf): string[] {
  if (isNothing(leaf)) return [];
  const text = typeof leaf.value === 'string' ? `${leaf.key} ${leaf.value}` : leaf.key;
  return splitWords(text);
}

/** enemyNear and enemy_near are two words each. */
export function splitWords(text: string): string[] {
  const spaced = text.slice(0, 2_000).replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ');
  return toWords(spaced, languageOf('en')).map((word) => word.key);
}

function dangerOf(leaf: Leaf): number {
  if (isNothing(leaf)) return 0;
  const isKeyDanger = splitWords(leaf.key).some((word) => DANGER.test(word));
  if (isKeyDanger && typeof leaf.value === 'number') return Math.min(1, 0.5 + Math.abs(leaf.value) / 10);
  const words = typeof leaf.value === 'string' ? splitWords(leaf.value) : [];
  if (isKeyDanger) return words.some((word) => WEAK_DANGER.has(word)) ? 0.3 : 0.8;
  return words.some(
    (word, at) => DANGER.test(word) && !NOTHING.has(words[at - 1] ?? '') && words[at - 1] !== 'not',
  )
    ? 0.7
    : 0;
}

function healthOf(leaves: readonly Leaf[]): number | undefined {
  const most = leaves.find(({ key, value }) => MAX_HEALTH_KEY.test(key) && typeof value === 'number')?.value;
  for (const leaf of leaves) {
    const found = HEALTH_KEY.exec(leaf.key);
    if (!found) continue;
    const health = toHealth(leaf.value, typeof most === 'number' ? most : undefined);
    if (health !== undefined) return Math.min(1, Math.max(0, health));
  }
  return undefined;
}

/** 35 of 100, 0.35 and "35%" are one health; a bare number over 100 says nothing without its maximum. */
function toHealth(value: Leaf['value'], most: number | undefined): number | undefined {
  if (typeof value === 'string') return toHealthFromText(value);
  if (typeof value !== 'number') return undefined;
  if (most !== undefined && most > 0) return value / most;
  if (value > 100) return undefined;
  return value > 0 && value < 1 ? value : value / 100;
}

function toHealthFromText(value: string): number | undefined {
  const number = /^\s*(?<number>\d{1,9}(?:\.\d{1,9})?)\s*(?:%|\/\s*(?<most>\d{1,9}))?\s*$/.exec(
    value,
  )?.groups;
  if (number?.['number'] !== undefined) {
    return toHealth(
      Number(number['number']),
      number['most'] === undefined ? undefined : Number(number['most']),
    );
  }
  return HEALTH_WORDS.get(value.trim().toLowerCase());
}
