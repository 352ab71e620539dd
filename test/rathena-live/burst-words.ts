import type { BurstResult, Phase } from './burst.ts';
import { type Hold, ownMs } from './pinger.ts';

const LONGEST_HOLD_MS = 20;
const MOST_HOLDS_TOLD = 3;

/** The machine may be busy with other things: of that, what the kernel tells is not counted. */
export function tooLong({ asking, waiting, answering }: BurstResult): string[] {
  return [asking, waiting, answering]
    .flatMap(({ holds }) => holds.longest)
    .filter((hold) => ownMs(hold) > LONGEST_HOLD_MS)
    .map((hold) => `held the game for ${wordsOfHold(hold)}; at most ${LONGEST_HOLD_MS} ms are right`);
}

export function wordsOf({ idle, asking, waiting, answering }: BurstResult): string {
  return [
    `idle      ${wordsOfPhase(idle)}`,
    `asking    ${wordsOfPhase(asking)}`,
    `waiting   ${wordsOfPhase(waiting)}`,
    `answering ${wordsOfPhase(answering)}`,
  ].join('\n    ');
}

/** What the game is held by one for what it was by the other. */
export function ratioOf(now: BurstResult, before: BurstResult): string {
  const longest = longestOf(now) / longestOf(before);
  const waiting = heldASecond(now.waiting) / heldASecond(before.waiting);
  return `against the older one: longest hold ${longest.toFixed(2)} times, held while all wait ${waiting.toFixed(2)} times`;
}

function longestOf({ asking, waiting, answering }: BurstResult): number {
  return Math.max(...[asking, waiting, answering].flatMap(({ holds }) => holds.longest.map(ownMs)));
}

function cpuASecond({ cpuMs, tookMs }: Phase): number {
  return (cpuMs * 1_000) / tookMs;
}

function heldASecond({ holds, tookMs }: Phase): number {
  return (holds.ownMs * 1_000) / tookMs;
}

function wordsOfPhase(phase: Phase): string {
  const longest = phase.holds.longest.slice(0, MOST_HOLDS_TOLD).map(wordsOfHold).join('; ');
  const all = `${phase.holds.ownMs.toFixed(0)} ms in all`;
  return `${phase.tookMs.toFixed(0)} ms, ${cpuASecond(phase).toFixed(1)} ms of CPU a second; held ${all}, longest ${longest}`;
}

function wordsOfHold(hold: Hold): string {
  return `${ownMs(hold).toFixed(1)} ms (${hold.ms.toFixed(1)} by the clock, ${hold.ranMs.toFixed(1)} on a core)`;
}
