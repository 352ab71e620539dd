import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FakeTime } from '../../support/faketime.ts';
import type { Stage } from '../stage.ts';
import { pickWorker } from '../workers.ts';
import { type Fault, LIMITS_MS } from './fault.ts';

const SHIFTER = fileURLToPath(new URL('shift-clock.cjs', import.meta.url));
/** Until its last step, and some more. */
const SHIFTED_MS = 16_000;
const HOUR_S = 3_600;
/** The database reads its offset once a second; after that, so long is it off. */
const OFF_MS = 6_000;

const clock = { group: 'clock', recovery: 'until the next answer', limitMs: LIMITS_MS.database } as const;

/**
 * A database's clock that was ahead and goes back is left out: what was asked in that hour waits for an hour, since its rows
 * say that they are not due before. Here the last step always is one ahead, to the right time.
 */
export const CLOCK_FAULTS: readonly Fault[] = [
  {
    ...clock,
    name: 'a worker’s clock an hour ahead, an hour behind, right',
    isHindrance: false,
    async play({ workers, recovery }, { random }) {
      const victim = pickWorker(workers, random);
      await victim.stop();
      await victim.start({ nodeArgs: ['--require', SHIFTER] });
      await delay(SHIFTED_MS);
      const tookMs = await recovery.untilAnswered();
      await victim.stop();
      await victim.start();
      return tookMs;
    },
  },
  {
    ...clock,
    name: 'the database’s clock an hour back, and right again',
    isHindrance: true,
    missing: ({ faketime }) => (typeof faketime === 'string' ? `libfaketime: ${faketime}` : undefined),
    async play(stage) {
      const { faketime, server } = stage;
      if (!(faketime instanceof FakeTime)) throw new Error('There is no other clock.');
      const fromId = await firstOpenId(stage);
      await server.stop();
      faketime.stepTo(0);
      await server.startWith([], faketime.env);
      await delay(OFF_MS);
      // While it works; and back by a restart, as when the machine's clock is set at its start.
      faketime.stepTo(-HOUR_S);
      await delay(OFF_MS);
      await server.stop();
      await server.start();
      const tookMs = await stage.recovery.untilAnswered();
      stage.clockSteps.push({ fromId, untilId: await stage.lastId() });
      return tookMs;
    },
  },
  {
    ...clock,
    name: 'the database started with a clock an hour behind, and set right while it works',
    isHindrance: true,
    missing: ({ faketime }) => (typeof faketime === 'string' ? `libfaketime: ${faketime}` : undefined),
    async play(stage) {
      const { faketime, server } = stage;
      if (!(faketime instanceof FakeTime)) throw new Error('There is no other clock.');
      const fromId = await firstOpenId(stage);
      await server.stop();
      faketime.stepTo(-HOUR_S);
      await server.startWith([], faketime.env);
      await delay(OFF_MS);
      faketime.stepTo(0);
      await delay(OFF_MS);
      const tookMs = await stage.recovery.untilAnswered();
      await server.restart();
      stage.clockSteps.push({ fromId, untilId: await stage.lastId() });
      return tookMs;
    },
  },
];

async function firstOpenId({ database }: Stage): Promise<number> {
  const [row] = await database.query(
    "SELECT COALESCE(MIN(id), 0) AS id FROM ai_requests WHERE status IN ('pending', 'processing')",
  );
  const open = Number(row?.['id']);
  if (open > 0) return open;
  const [last] = await database.query('SELECT COALESCE(MAX(id), 0) + 1 AS id FROM ai_requests');
  return Number(last?.['id']);
}
