import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../support/random.ts';
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
    async play({ workers, recovery }, random) {
      await halfOpen([random.pick(workers).proxy], random);
      return await recovery.untilAnswered();
    },
  },
  {
    ...network,
    name: 'all lines to the database half-open',
    async play({ lines, recovery }, random) {
      await halfOpen(lines, random);
      return await recovery.untilAnswered();
    },
  },
  {
    ...network,
    name: 'a client’s line to the database half-open',
    isHindrance: false,
    async play({ clients, recovery }, random) {
      await halfOpen([random.pick(clients).proxy], random);
      return await recovery.untilAnswered();
    },
  },
  {
    ...network,
    name: 'everything 500 ms late',
    async play(stage, random) {
      await onAllLines(stage, {
        begin: (line) => line.delayBy(LATENCY_MS),
        forMs: random.between(5_000, 12_000),
        end: (line) => line.delayBy(0),
      });
      return await stage.recovery.untilAnswered();
    },
  },
  {
    ...network,
    name: 'connections reset inside an answer',
    async play(stage, random) {
      await onAllLines(stage, {
        begin: (line) => line.breakAnswers(() => random.chance(BROKEN)),
        forMs: random.between(4_000, 10_000),
        end: (line) => line.breakAnswers(() => false),
      });
      return await stage.recovery.untilAnswered();
    },
  },
  {
    ...network,
    name: 'connections cut after COMMIT',
    isHindrance: false,
    async play(stage, random) {
      let isOver = false;
      const cutAgain = (line: TcpProxy): void => {
        if (!isOver) line.cutAfterCommit(() => random.chance(LOST)).then(() => cutAgain(line), noneIsLost);
      };
      await onAllLines(stage, {
        begin: cutAgain,
        forMs: random.between(4_000, 10_000),
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

async function halfOpen(lines: readonly TcpProxy[], random: Random): Promise<void> {
  for (const line of lines) line.stall();
  await delay(random.between(5_000, 20_000));
  for (const line of lines) {
    line.resume();
    line.resetStalled();
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
