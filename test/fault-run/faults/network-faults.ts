import { setTimeout as delay } from 'node:timers/promises';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import type { Stage } from '../stage.ts';
import { type Fault, LIMITS_MS } from './fault.ts';

const LATENCY_MS = 500;
/** Of the answers of the database, so many are broken off. */
const BROKEN = 0.02;
/** Of the commits, so many lose their OK. */
const LOST = 0.1;

const network = {
  group: 'network',
  recovery: 'until the next answer',
  limitMs: LIMITS_MS.database,
  isHindrance: true,
} as const;

export const NETWORK_FAULTS: readonly Fault[] = [
  {
    ...network,
    name: 'a worker’s line to the database half-open',
    lastsMs: [5_000, 20_000],
    async play({ workers, recovery }, { forMs, random }) {
      await halfOpen([random.pick(workers).proxy], forMs);
      return await recovery.untilAnswered();
    },
  },
  {
    ...network,
    name: 'all lines to the database half-open',
    lastsMs: [5_000, 20_000],
    async play({ lines, recovery }, { forMs }) {
      await halfOpen(lines, forMs);
      return await recovery.untilAnswered();
    },
  },
  {
    ...network,
    name: 'a client’s line to the database half-open',
    isHindrance: false,
    lastsMs: [5_000, 20_000],
    async play({ clients, recovery }, { forMs, random }) {
      await halfOpen([random.pick(clients).proxy], forMs);
      return await recovery.untilAnswered();
    },
  },
  {
    ...network,
    name: 'everything 500 ms late',
    lastsMs: [5_000, 12_000],
    async play(stage, { forMs }) {
      await onAllLines(stage, {
        begin: (line) => line.delayBy(LATENCY_MS),
        forMs,
        end: (line) => line.delayBy(0),
      });
      return await stage.recovery.untilAnswered();
    },
  },
  {
    ...network,
    name: 'connections cut inside an answer',
    lastsMs: [2_000, 10_000],
    async play(stage, { forMs, random }) {
      await onAllLines(stage, {
        begin: (line) => line.breakAnswers(() => random.chance(BROKEN)),
        forMs,
        end: (line) => line.breakAnswers(() => false),
      });
      return await stage.recovery.untilAnswered();
    },
  },
  {
    ...network,
    name: 'connections cut after COMMIT',
    isHindrance: false,
    lastsMs: [2_000, 10_000],
    async play(stage, { forMs, random }) {
      let isOver = false;
      const cutAgain = (line: TcpProxy): void => {
        if (!isOver) line.cutAfterCommit(() => random.chance(LOST)).then(() => cutAgain(line), noneIsLost);
      };
      await onAllLines(stage, {
        begin: cutAgain,
        forMs,
        end: (line) => {
          isOver = true;
          line.forgetTrap();
        },
      });
      return await stage.recovery.untilAnswered();
    },
  },
];

/** A trap never fails. */
function noneIsLost(error: unknown): never {
  throw error;
}

async function halfOpen(lines: readonly TcpProxy[], forMs: number): Promise<void> {
  for (const line of lines) line.stall();
  await delay(forMs);
  for (const line of lines) {
    line.resume();
    line.closeStalled();
  }
}

interface Change {
  readonly begin: (line: TcpProxy) => void;
  readonly forMs: number;
  readonly end: (line: TcpProxy) => void;
}

async function onAllLines({ lines }: Stage, { begin, forMs, end }: Change): Promise<void> {
  for (const line of lines) begin(line);
  await delay(forMs);
  for (const line of lines) end(line);
}
