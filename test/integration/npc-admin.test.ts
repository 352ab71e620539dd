import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseSettings } from '../../src/config/load.ts';
import { openServiceDatabase, type ServiceDatabase } from '../../src/service/base/service-database.ts';
import { createLedger } from '../../src/service/limits/ledger.ts';
import { createNpcSwitch } from '../../src/service/limits/npc-switch.ts';
import { createNpcMemory } from '../../src/service/memory/npc-memory.ts';
import {
  mariadbEnv,
  mariadbOption,
  newFolder,
  ROOT,
  runCli,
  startCli,
  urlOf,
  useCli,
} from '../support/cli-process.ts';
import { posting } from '../support/json-body.ts';
import type { ProgramProcess, ProgramResult } from '../support/program-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let mariadb: TestDatabase;
beforeAll(async () => {
  mariadb = await createTestDatabase();
});
afterAll(() => mariadb.drop());
useCli();

interface Place {
  readonly settings: DatabaseSettings;
  readonly name: RegExp;
  run(...args: string[]): Promise<ProgramResult>;
  start(...args: string[]): ProgramProcess;
}

const PLACES: Record<string, () => Place> = {
  SQLite: () => {
    const file = join(newFolder(), 'queue.sqlite');
    return {
      settings: { kind: 'sqlite', file },
      name: /^Database: SQLite .+queue\.sqlite\n/,
      run: (...args) => runCli([...args, '--database', `sqlite:${file}`]),
      start: (...args) => startCli([...args, '--database', `sqlite:${file}`]),
    };
  },
  MariaDB: () => ({
    settings: {
      kind: 'mariadb',
      ...mariadb.settings,
      socketPath: null,
      sslCaFile: null,
      minPoolSize: 0,
      maxPoolSize: 2,
    },
    name: /^Database: MariaDB root@127\.0\.0\.1:\d+\/ai_ipc_test_\w+\n/,
    run: (...args) => runCli([...args, ...mariadbOption(mariadb)], { env: mariadbEnv(mariadb) }),
    start: (...args) => startCli([...args, ...mariadbOption(mariadb)], { env: mariadbEnv(mariadb) }),
  }),
};

describe.each(Object.keys(PLACES))('on %s', (kind) => {
  let place: Place;
  let opened: ServiceDatabase;

  beforeEach(async () => {
    place = PLACES[kind]!();
    await place.run('migrate');
    opened = await openServiceDatabase(place.settings);
  });
  afterEach(async () => {
    await createNpcMemory(opened.database, opened.kind).forget({ npcId: null, playerId: null });
    await createNpcSwitch(opened).setOff(false);
    await opened.database.close();
  });

  it('npcs off, status and on print the state alone on stdout, and services see it', async () => {
    const npcSwitch = createNpcSwitch(opened);
    for (const [command, state] of [
      ['status', 'on'],
      ['off', 'off'],
      ['status', 'off'],
      ['on', 'on'],
    ] as const) {
      const { exitCode, stdout, stderr } = await place.run('npcs', command);
      expect({ command, exitCode, stdout }).toEqual({ command, exitCode: 0, stdout: `${state}\n` });
      expect(stderr).toMatch(place.name);
      expect(await npcSwitch.isOff()).toBe(state === 'off');
    }
    expect((await place.run('npcs', 'status', '--json')).stdout).toBe('{"npcs":"on"}\n');
  });

  it('npcs off silences a service that runs, in time and over its restart, and npcs on lets it speak', async () => {
    const sayTo = async (url: string) => {
      const body = JSON.stringify({ npc_id: 'sage', player_id: 'Bob', message: 'Hello' });
      const answer = await fetch(`${url}/api/v1/npc/dialogue`, posting(body));
      return ((await answer.json()) as { limited?: string }).limited;
    };
    const start = async () => {
      const service = place.start('service', '--port', '0');
      const url = await urlOf(service);
      return { service, url };
    };
    const first = await start();
    expect(await sayTo(first.url)).toBeUndefined();

    await place.run('npcs', 'off');
    await expect.poll(() => sayTo(first.url)).toBe('off');
    await first.service.stop('SIGTERM');
    const second = await start();
    expect(await sayTo(second.url)).toBe('off');

    await place.run('npcs', 'on');
    await expect.poll(() => sayTo(second.url)).toBeUndefined();
    const { stderr } = await second.service.stop('SIGTERM');
    expect(stderr).toMatch(/"WARN".*NPCs are switched off.*\n(.*\n)*.*"INFO".*NPCs are switched on again/);
  });

  it('memory forget deletes one player everywhere, or at one NPC, and prints how many turns went', async () => {
    const memory = createNpcMemory(opened.database, opened.kind);
    const owners = ['sage', 'guard'].flatMap((npcId) =>
      ['Bob', 'bob'].map((playerId) => ({ npcId, playerId })),
    );
    for (const owner of owners) await memory.remember(owner, { said: 'Hi', answered: 'Yes?' }, null);
    await createLedger(opened).addTokens('Bob', 100);

    const atGuard = await place.run('memory', 'forget', '--player', 'Bob', '--npc', 'guard');
    expect(atGuard).toMatchObject({ exitCode: 0, stdout: '1\n', stderr: expect.stringMatching(place.name) });
    expect(await createLedger(opened).playersAbove(100)).toEqual(['Bob']);
    const everywhere = await place.run('memory', 'forget', '--player', 'Bob', '--json');
    expect(everywhere).toMatchObject({ exitCode: 0, stdout: '{"forgotten":1}\n' });
    expect(await createLedger(opened).playersAbove(0)).toEqual([]);

    expect(everywhere.stderr).not.toContain('Nothing was found');

    const left = await Promise.all(owners.map(async (owner) => (await memory.recall(owner)).turns.length));
    expect(left).toEqual([0, 1, 0, 1]);
  });

  it('memory forget finds an NPC by every name that the service takes, and tells when there was nothing', async () => {
    const memory = createNpcMemory(opened.database, opened.kind);
    const sage = { npcId: 'sage-of-prontera', playerId: '150001' };
    for (const npc of ['Sage of Prontera', 'Sage of Prontera#2', 'sage-of-prontera']) {
      await memory.remember(sage, { said: 'Hi', answered: 'Yes?' }, null);
      const forgotten = await place.run('memory', 'forget', '--player', '150001', '--npc', npc);
      expect(forgotten).toMatchObject({ exitCode: 0, stdout: '1\n' });
    }
    const nothing = await place.run('memory', 'forget', '--player', '150001', '--npc', 'Sgae');
    expect(nothing).toMatchObject({ exitCode: 0, stdout: '0\n' });
    expect(nothing.stderr).toContain(
      'Nothing was found. The NPC "Sgae" does not remember the player "150001"',
    );
  });

  it('memory forget takes the persona files that the service takes', async () => {
    const memory = createNpcMemory(opened.database, opened.kind);
    const folder = newFolder();
    const neutral = readFileSync(join(ROOT, 'personas/neutral.yaml'), 'utf8');
    writeFileSync(join(folder, 'fisher.yaml'), neutral.replace(/^name: .*$/m, 'name: Old Fisher'));
    await memory.remember({ npcId: 'fisher', playerId: '1' }, { said: 'Hi', answered: 'Yes?' }, null);
    const words = ['memory', 'forget', '--player', '1', '--npc', 'Old Fisher', '--personas', folder];
    expect((await place.run(...words)).stdout).toBe('1\n');
  });
});

it('memory forget refuses a SQLite file that is not there, and makes none', async () => {
  const file = join(newFolder(), 'typo.sqlite');
  const result = await runCli(['memory', 'forget', '--player', '1', '--database', `sqlite:${file}`]);
  expect(result).toMatchObject({ exitCode: 1, stdout: '' });
  expect(result.stderr).toContain(`ERROR storage_failed: The SQLite file ${file} is not there: `);
  expect(existsSync(file)).toBe(false);
});

it.each([
  [['memory', 'forget'], 2, /--player/],
  [['memory', 'forget', '--player', ''], 2, /bad_argument: An id of 0 characters/],
  [['npcs', 'quiet'], 2, /unknown command 'quiet'/],
])('%j ends with exit code %i and says why', async (args, exitCode, message) => {
  const file = join(newFolder(), 'queue.sqlite');
  await (await openServiceDatabase({ kind: 'sqlite', file })).database.close();
  const result = await runCli([...args, ...(args[1] === 'quiet' ? [] : ['--database', `sqlite:${file}`])]);
  expect(result).toMatchObject({ exitCode, stderr: expect.stringMatching(message) });
});

it('a database that was not migrated is told with what to do: exit code 78', async () => {
  const empty = await createTestDatabase();
  try {
    const result = await runCli(['npcs', 'off', ...mariadbOption(empty)], { env: mariadbEnv(empty) });
    expect(result).toMatchObject({ exitCode: 78, stdout: '' });
    expect(result.stderr).toMatch(/ERROR schema_missing: .*ai-ipc migrate/);
  } finally {
    await empty.drop();
  }
});
