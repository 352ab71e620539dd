import pino from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { AiIpcError, type ErrorCode } from '../../base/errors.ts';
import { Health } from '../base/health.ts';
import type { NpcMemory } from './memory.ts';
import { createRecollecting, type Recollecting, type SpokenTurn } from './recollecting.ts';

const SPOKEN: SpokenTurn = {
  owner: { npcId: 'sage', playerId: '1' },
  turn: { said: 'Hello', answered: 'Well met.' },
  key: 'queue-1',
};

let clock: FakeClock;
let recollecting: Recollecting;
/** What the next tries meet; after them, the memory is well. */
let troubles: ErrorCode[];
let tries: number;

beforeEach(() => {
  clock = new FakeClock();
  troubles = [];
  tries = 0;
  const remember = async () => {
    tries += 1;
    const code = troubles.shift();
    if (code !== undefined) throw new AiIpcError(code, 'Not now.');
  };
  const memory = { remember } as unknown as NpcMemory;
  const logger = pino({ level: 'silent' });
  recollecting = createRecollecting({ memory: () => memory, clock, logger, health: new Health(clock) });
});

async function speak(spoken: SpokenTurn): Promise<void> {
  recollecting.rememberOnce(spoken, Promise.resolve(true));
  await clock.advance(60_000);
  await recollecting.settled();
}

describe('a turn that was delivered', () => {
  it('is remembered again after a database that was away, and not for ever', async () => {
    troubles = ['database_unavailable', 'database_unavailable'];
    await speak(SPOKEN);
    expect({ tries, left: troubles }).toEqual({ tries: 3, left: [] });

    troubles = Array.from({ length: 10 }, () => 'database_unavailable');
    await speak(SPOKEN);
    expect(tries).toBe(6);
  });

  it('without a key is tried once: it may be there, though nobody said so', async () => {
    troubles = ['database_unavailable'];
    await speak({ ...SPOKEN, key: null });
    expect(tries).toBe(1);
  });

  it('that cannot be stored at all is tried once', async () => {
    troubles = ['database_failed'];
    await speak(SPOKEN);
    expect(tries).toBe(1);
  });
});
