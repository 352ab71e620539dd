import { afterEach } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { createNpcMemory, type KeptMemory } from '../../src/service/memory/npc-memory.ts';
import { type Backend, openDatabase } from './backends.ts';

/** Opens the memory as often as a test wants, each time over connections of its own; they end with the test. */
export function useMemories(backend: () => Backend): (other?: Backend) => KeptMemory {
  let databases: Database[] = [];
  afterEach(async () => {
    await Promise.all(databases.map((database) => database.close()));
    databases = [];
  });
  return (on = backend()) => {
    const database = openDatabase(on);
    databases.push(database);
    return createNpcMemory(database, on.kind);
  };
}
