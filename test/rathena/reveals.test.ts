import type { Connection } from 'mariadb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useQueue } from '../support/queue-observer.ts';
import { useMapServers } from './harness/map-server.ts';
import { ScriptLibrary } from './script-library.ts';

const startMapServer = useMapServers();
const queue = useQueue();

describe.each(['with the C++ commands', 'over SQL'])('what a script unlocks, %s', (way) => {
  let connection: Connection;
  let library: ScriptLibrary;
  beforeEach(async () => {
    const server = way === 'over SQL' ? undefined : await startMapServer(queue().settings);
    connection = await queue().database.connect();
    library = new ScriptLibrary(connection, server);
  });
  afterEach(() => connection.end());

  it('is a list of names in the request, and no field where there is none', async () => {
    const unlocked = async (names: string) =>
      JSON.parse(`{"message":"Hello"${await library.call('F_AI_Reveals', names)}}`) as unknown;
    const message = 'Hello';
    expect(await unlocked('')).toEqual({ message });
    expect(await unlocked('dungeon_key')).toEqual({ message, reveals: ['dungeon_key'] });
    expect(await unlocked('dungeon_key, old_song')).toEqual({
      message,
      reveals: ['dungeon_key', 'old_song'],
    });
    expect(await unlocked('a"],"npc_id":"Other')).toEqual({ message, reveals: ['a"]', '"npc_id":"Other'] });
  });
});
