import { ALL_WAIT, type LoopPhase, ONE_TICK } from './loop.ts';

const LONGEST_HOLD_MS = 50;

export function wordsOfLoop(phase: LoopPhase): string {
  const { asked, refused, answered, unanswered, cancelled } = phase.tally;
  const hold = `held at most ${phase.longestMs.toFixed(1)} ms by the clock, ${phase.longestOwnMs.toFixed(1)} by its own doing`;
  const commands = `the commands ${phase.commandsMsASecond.toFixed(1)} ms a second, the longest ${phase.longestCommandMs.toFixed(1)}`;
  const scripts = `${asked} asked, ${refused} refused, ${answered} answered, ${unanswered} not, ${cancelled} cancelled`;
  return `${phase.name}: ${hold}; ${commands}; ${scripts}`;
}

/** What our commands held the game for; other things of the machine do so, too. */
export function tooLongIn(phases: readonly LoopPhase[]): string[] {
  return phases
    .filter(({ longestCommandMs }) => longestCommandMs > LONGEST_HOLD_MS)
    .map(
      ({ name, longestCommandMs }) =>
        `${name}: held for ${longestCommandMs.toFixed(1)} ms; at most ${LONGEST_HOLD_MS} are right`,
    );
}

/** Of what an older AI IPC took: the longest hold of the crowd, and the commands of those who wait. */
export function ratiosOfLoop(now: readonly LoopPhase[], before: readonly LoopPhase[]): string {
  const of = (phases: readonly LoopPhase[], name: string) => phases.find((phase) => phase.name === name);
  const crowd = (of(now, ONE_TICK)?.longestMs ?? 0) / (of(before, ONE_TICK)?.longestMs ?? 0);
  const waiting =
    (of(now, ALL_WAIT)?.commandsMsASecond ?? 0) / (of(before, ALL_WAIT)?.commandsMsASecond ?? 0);
  return `against the older one: the crowd's hold ${crowd.toFixed(2)} times, waiting ${waiting.toFixed(2)} times`;
}
