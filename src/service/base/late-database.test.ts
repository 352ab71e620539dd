import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { AiIpcError } from '../../base/errors.ts';
import { openSqliteDatabase } from '../../database/sqlite.ts';
import { LateDatabase } from './late-database.ts';
import type { ServiceDatabase } from './service-database.ts';

const REOPEN_MS = 5_000;

let clock: FakeClock;
let lines: string[];
let tries: (string | null)[];
let closed: number;
let opening: Promise<unknown>;
let trouble: string | undefined;
let late: LateDatabase;

beforeEach(() => {
  clock = new FakeClock();
  lines = [];
  tries = [];
  closed = 0;
  opening = Promise.resolve();
  trouble = undefined;
  const stream = { write: (line: string) => lines.push(JSON.parse(line).msg) };
  late = new LateDatabase({
    open,
    onTry: (error) => tries.push(error instanceof Error ? error.message : null),
    clock,
    logger: pino({}, stream),
  });
});
afterEach(() => late.stop());

/** A database in memory, when `opening` is over and there is no `trouble`. */
async function open(): Promise<ServiceDatabase> {
  await opening;
  if (trouble !== undefined) throw new AiIpcError('database_unavailable', trouble);
  const database = openSqliteDatabase(':memory:');
  const close = async () => {
    closed += 1;
    await database.close();
  };
  return { database: { ...database, close }, kind: 'sqlite' };
}

describe('LateDatabase', () => {
  it('tells of each trouble once, and once that it can be used', async () => {
    trouble = 'it is away';
    await late.start();
    await clock.advance(3 * REOPEN_MS);
    expect(lines).toHaveLength(1);
    trouble = 'it has no tables';
    await clock.advance(2 * REOPEN_MS);
    expect(lines).toHaveLength(2);
    expect([late.present, new Set(tries)]).toEqual([null, new Set(['it is away', 'it has no tables'])]);

    trouble = undefined;
    await clock.advance(REOPEN_MS);

    expect(lines.slice(2)).toEqual(['The database can be used now: NPCs remember']);
    expect([late.present?.kind, tries.at(-1)]).toEqual(['sqlite', null]);
  });

  it('that can be used at once says nothing', async () => {
    await late.start();
    expect([lines, tries, late.present?.kind]).toEqual([[], [null], 'sqlite']);
  });

  it('is started once', async () => {
    await late.start();
    await expect(late.start()).rejects.toMatchObject({ code: 'bad_argument' });
    expect(late.present?.kind).toBe('sqlite');
  });

  it('is closed once, for all who stop it at once and later', async () => {
    await late.start();
    await Promise.all([late.stop(), late.stop()]);
    await late.stop();
    expect([closed, late.present]).toEqual([1, null]);
  });

  it('that is stopped while it is being opened is closed as soon as it is open', async () => {
    let endOpening: () => void = () => undefined;
    opening = new Promise<void>((resolve) => {
      endOpening = resolve;
    });
    const starting = late.start();
    const stops = Promise.all([late.stop(), late.stop()]);
    await starting;
    endOpening();
    await stops;
    expect([closed, late.present, clock.sleeping]).toEqual([1, null, 0]);
  });
});
