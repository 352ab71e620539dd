import { setTimeout as delay } from 'node:timers/promises';
import type { AiMode } from '../stub-program.ts';
import { type Fault, LIMITS_MS } from './fault.ts';

const MODES: readonly Exclude<AiMode, 'well'>[] = [
  ...(['down', 'slow', 'resetting', 'too many requests', 'failing'] as const),
  ...(['html', 'huge', 'a byte a second', 'wrong lengths'] as const),
];

export const AI_FAULTS: readonly Fault[] = MODES.map((mode) => ({
  name: `AI service: ${mode}`,
  group: 'AI service',
  recovery: 'until the next answer',
  limitMs: LIMITS_MS.ai,
  isHindrance: false,
  async play(stage, random) {
    await stage.makeAi(mode);
    await delay(random.between(4_000, 12_000));
    await stage.makeAi('well');
    return await stage.recovery.untilAnswered();
  },
}));
