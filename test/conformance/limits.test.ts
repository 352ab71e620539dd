import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Database } from '../../src/database/database.ts';
import type { ServiceDatabase } from '../../src/service/base/service-database.ts';
import { createLedger, type Ledger } from '../../src/service/limits/ledger.ts';
import { createNpcSwitch, type NpcSwitch } from '../../src/service/limits/npc-switch.ts';
import {
  createPlayerLimits,
  type PlayerLimits,
  type PlayerLimitsOptions,
} from '../../src/service/limits/player-limits.ts';
import { createNpcMemory } from '../../src/service/memory/npc-memory.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { describeStore, openDatabase } from './backends.ts';

/** The switch promises 2 s: a second to the next look, and what the look takes. */
const LOOKED_AFTER_MS = 1_000;
const EVENTUALLY_MS = 60_000;
/** What the limits use. */
const TABLES = ['ai_ipc_meta', 'ai_npc_budget'];
const TOKENS = { prompt: 30, completion: 10 };

describeStore('limits', (backend) => {
  let databases: Database[];
  let started: PlayerLimits[];
  let npcSwitch: NpcSwitch;
  let ledger: Ledger;

  const open = (): ServiceDatabase => {
    const database = openDatabase(backend());
    databases.push(database);
    return { database, kind: backend().kind };
  };
  /** As if the service had just been started. */
  async function startLimits(options: Partial<PlayerLimitsOptions> = {}): Promise<PlayerLimits> {
    const opened = open();
    const [ownSwitch, ownLedger] = [createNpcSwitch(opened), createLedger(opened)];
    const limits = createPlayerLimits({
      npcSwitch: () => ownSwitch,
      ledger: () => ownLedger,
      clock: systemClock,
      logger: pino({ enabled: false }),
      cooldownMs: 0,
      dailyTokens: 100,
      ...options,
    });
    started.push(limits);
    await limits.start();
    return limits;
  }
  beforeEach(() => {
    databases = [];
    started = [];
    const opened = open();
    npcSwitch = createNpcSwitch(opened);
    ledger = createLedger(opened);
  });
  afterEach(async () => {
    await npcSwitch.setOff(false);
    await Promise.all(started.map((limits) => limits.stop()));
    await Promise.all(databases.map((database) => database.close()));
  });

  const eventually = (assertion: () => void) =>
    vi.waitFor(assertion, { timeout: EVENTUALLY_MS, interval: 20 });

  describe('the switch', () => {
    it('is on until somebody turns it off', async () => {
      expect(await npcSwitch.isOff()).toBe(false);
      await npcSwitch.setOff(true);
      expect(await npcSwitch.isOff()).toBe(true);
      await npcSwitch.setOff(false);
      expect(await npcSwitch.isOff()).toBe(false);
    });

    it('silences every service in time, and lets them speak again', async () => {
      const clock = new FakeClock();
      const services = [await startLimits({ clock }), await startLimits({ clock })];
      for (const service of services) expect(service.check('Bob')).toBeNull();
      await npcSwitch.setOff(true);
      const silent = () => {
        for (const service of services) {
          expect(service.isOff()).toBe(true);
          expect([service.check('Bob'), service.check(null), service.checkThought(null)]).toEqual([
            'off',
            'off',
            'off',
          ]);
        }
      };
      await clock.advance(LOOKED_AFTER_MS);
      await eventually(silent);
      await npcSwitch.setOff(false);
      await eventually(() => expect(clock.sleeping).toBe(services.length));
      await clock.advance(LOOKED_AFTER_MS);
      await eventually(() => {
        for (const service of services) expect(service.check('Bob')).toBeNull();
      });
    });

    it('is obeyed from the first moment after a start', async () => {
      await npcSwitch.setOff(true);
      expect((await startLimits()).check('Bob')).toBe('off');
    });
  });

  describe('the daily budget', () => {
    it('ends with the answer that uses it up, for that player alone', async () => {
      const limits = await startLimits();
      limits.spend('Bob', TOKENS);
      limits.spend('Bob', TOKENS);
      await limits.stop();
      expect(limits.check('Bob')).toBeNull();
      limits.spend('Bob', TOKENS);
      limits.spend('bob', TOKENS);
      await limits.stop();
      expect([limits.check('Bob'), limits.checkThought('Bob')]).toEqual(['budget', 'budget']);
      expect([limits.check('bob'), limits.check(null)]).toEqual([null, null]);
    });

    it('survives a restart', async () => {
      const first = await startLimits();
      first.spend('Bob', { prompt: 100, completion: 0 });
      first.spend('Ann', { prompt: 99, completion: 0 });
      await first.stop();
      const second = await startLimits();
      expect([second.check('Bob'), second.check('Ann')]).toEqual(['budget', null]);
      second.spend('Ann', { prompt: 0, completion: 1 });
      await second.stop();
      expect(second.check('Ann')).toBe('budget');
    });

    it('is one for all services on the database', async () => {
      const [one, other] = [await startLimits(), await startLimits()];
      one.spend('Bob', { prompt: 60, completion: 0 });
      other.spend('Bob', { prompt: 60, completion: 0 });
      await eventually(() => {
        expect([one.check('Bob'), other.check('Bob')]).toEqual(['budget', 'budget']);
      });
    });

    it('counts every token of many answers at once', async () => {
      const limits = await startLimits();
      for (let at = 0; at < 50; at += 1) limits.spend('Bob', TOKENS);
      await limits.stop();
      expect(await backend().sql('SELECT player_id, tokens FROM ai_npc_budget')).toEqual([
        { player_id: 'Bob', tokens: expect.toSatisfy((tokens) => Number(tokens) === 2_000) },
      ]);
    });

    it('begins anew on another day', async () => {
      await backend().sql(
        "INSERT INTO ai_npc_budget (player_id, day, tokens) VALUES ('Bob', '2020-01-01', 5000)",
      );
      const limits = await startLimits();
      expect(limits.check('Bob')).toBeNull();
      expect(await ledger.addTokens('Bob', 7)).toBe(7);
      expect(await ledger.addTokens('Bob', 7)).toBe(14);
    });

    it('tell who has used most today, and nobody of an earlier day', async () => {
      for (const [player, tokens] of [
        ['Ana', 5],
        ['Bob', 90],
        ['Cleo', 40],
        ['Dan', 70],
      ] as const)
        await ledger.addTokens(player, tokens);
      await backend().sql("UPDATE ai_npc_budget SET day = '2001-01-01' WHERE player_id = 'Dan'");
      expect(await ledger.mostUsed(2)).toEqual([
        { playerId: 'Bob', tokens: 90 },
        { playerId: 'Cleo', tokens: 40 },
      ]);
    });

    it('begins anew when the player is forgotten', async () => {
      const limits = await startLimits();
      limits.spend('Bob', { prompt: 100, completion: 0 });
      await eventually(() => expect(limits.check('Bob')).toBe('budget'));
      const database = openDatabase(backend());
      databases.push(database);
      await createNpcMemory(database, backend().kind).forget({ npcId: null, playerId: 'Bob' });
      await eventually(() => expect(limits.check('Bob')).toBeNull());
    });

    it('of 0 is off, and costs no statement; so does an answer without tokens', async () => {
      const off = await startLimits({ dailyTokens: 0 });
      off.spend('Bob', TOKENS);
      const on = await startLimits();
      on.spend('Bob', { prompt: 0, completion: 0 });
      await Promise.all([off.stop(), on.stop()]);
      expect(await backend().sql('SELECT * FROM ai_npc_budget')).toEqual([]);
      expect(off.check('Bob')).toBeNull();
    });
  });

  describe('tables that go away and come back', () => {
    it('leave the switch as it was seen last, and get every token when they are back', async () => {
      await npcSwitch.setOff(true);
      const lines: string[] = [];
      const logger = pino({}, { write: (line) => lines.push(String(JSON.parse(line).msg)) });
      const limits = await startLimits({ logger });
      expect(lines.splice(0)).toEqual([expect.stringContaining('switched off')]);
      for (const table of TABLES) await backend().sql(`ALTER TABLE ${table} RENAME TO ${table}_away`);
      limits.spend('Bob', { prompt: 60, completion: 0 });
      limits.spend('Bob', { prompt: 60, completion: 0 });
      await eventually(() => expect(lines).toEqual([expect.stringContaining('cannot be used')]));
      expect(limits.check('Bob')).toBe('off');
      // Switched on before all is back: no look can find all well and the switch still off.
      await backend().sql('ALTER TABLE ai_ipc_meta_away RENAME TO ai_ipc_meta');
      await npcSwitch.setOff(false);
      await backend().sql('ALTER TABLE ai_npc_budget_away RENAME TO ai_npc_budget');
      await eventually(() => expect(limits.check('Bob')).toBe('budget'));
      await eventually(() =>
        expect(lines).toEqual([
          expect.anything(),
          expect.stringContaining('switched on'),
          expect.stringContaining('can be used again'),
        ]),
      );
      expect(await ledger.addTokens('Bob', 0)).toBe(120);
    });
  });
});

describe('the cooldown', () => {
  const clock = new FakeClock();
  const limits = createPlayerLimits({
    npcSwitch: () => null,
    ledger: () => null,
    clock,
    logger: pino({ enabled: false }),
    cooldownMs: 3_000,
    dailyTokens: 0,
  });

  it('lets one line of a player through each 3 s, whoever else speaks', async () => {
    expect([limits.check('Bob'), limits.check('Ann')]).toEqual([null, null]);
    await clock.advance(2_999);
    expect([limits.check('Bob'), limits.check('Carl')]).toEqual(['cooldown', null]);
    await clock.advance(1);
    expect([limits.check('Bob'), limits.check('Carl')]).toEqual([null, 'cooldown']);
  });

  it('is over at once for a line that got no answer, so that its retry is let through', async () => {
    expect(limits.check('Dora')).toBeNull();
    limits.forgive('Dora');
    expect(limits.check('Dora')).toBeNull();
    expect(limits.check('Dora')).toBe('cooldown');
  });

  it('is none for lines without a player, and for what is only thought', () => {
    expect([limits.check(null), limits.check(null)]).toEqual([null, null]);
    expect(limits.check('Emil')).toBeNull();
    expect(limits.checkThought('Emil')).toBeNull();
  });
});
