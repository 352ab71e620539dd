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
  lastsMs: [3_000, 12_000],
  async play(stage, { forMs }) {
    await stage.makeAi(mode);
    await delay(forMs);
    await stage.makeAi('well');
    return await stage.recovery.untilAnswered();
  },
}));
