import { describe, expect, inject, it } from 'vitest';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { createUser } from '../support/create-user.ts';
import { waitFor } from '../support/wait-for.ts';
import { insert, WORKER } from './arrange.ts';
import { MariadbBackend, useBackend } from './backends.ts';
import { untilLockWait } from './lock-waits.ts';

const SIGN = {
  ...{ id: WORKER, host: 'host-a', pid: 100, version: '0.1.0', inFlight: 1 },
  ...{ doorbell: null, timeoutSeconds: 30 },
};

describe('the connections of a store on MariaDB', () => {
  const backend = useBackend(() => MariadbBackend.create());

  async function countConnections(): Promise<number> {
    const rows = await backend().sql('SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE()');
    return rows.length;
  }

  it('leave one to the heartbeat, though all others wait for a lock', async () => {
    const [id] = await insert(backend());
    const holder = await backend().database.connect();
    await holder.beginTransaction();
    await holder.query('SELECT id FROM ai_requests WHERE id = ? FOR UPDATE', [id]);
    const store = await openMariadbStore({ ...backend().settings, maxPoolSize: 2 });
    const cancelling = store.cancel(id!);
    await untilLockWait(backend());

    await store.heartbeat(SIGN);
    expect(await backend().sql('SELECT id FROM ai_workers')).toEqual([{ id: WORKER }]);

    await holder.rollback();
    expect(await cancelling).toBe(true);
    await store.close();
  });

  it('are no more than were allowed, with that of the heartbeat', async () => {
    const before = await countConnections();
    // As many as it may have are kept for ever, and that of the heartbeat is kept busy.
    const store = await openMariadbStore({ ...backend().settings, minPoolSize: 3, maxPoolSize: 3 });
    await Promise.all(Array.from({ length: 12 }, () => store.hasDue()));
    const areFew = async () => {
      await store.heartbeat(SIGN);
      return (await countConnections()) - before <= 3;
    };
    await waitFor(areFew, { what: 'three connections, when those that looked at the server are gone' });
    await store.close();
  });

  // MySQL asks for the whole password then, and takes it over a file as it is, over the network hidden alone.
  it.each(['its address', 'its file'])(
    'are let in by a password that the server has not in its cache, over %s',
    async (way) => {
      const { database } = backend();
      const name = `new_${database.settings.database.slice(-8)}`;
      for (const host of ['localhost', '127.0.0.1']) {
        await createUser(database, `'${name}'@'${host}'`, 'pw');
        await database.query(`GRANT ALL ON \`${database.settings.database}\`.* TO '${name}'@'${host}'`);
      }
      const socketPath = way === 'its file' ? inject('mariadb').socketPath : null;
      const store = await openMariadbStore({ ...backend().settings, user: name, password: 'pw', socketPath });
      expect(await store.hasDue()).toBe(false);
      await store.close();
      for (const host of ['localhost', '127.0.0.1']) await database.query(`DROP USER '${name}'@'${host}'`);
    },
  );

  it('are all closed where it cannot be opened', async () => {
    const before = await countConnections();
    await backend().sql("UPDATE ai_ipc_meta SET value = '99' WHERE name = 'schema_version'");
    // One that the pool would keep for ever.
    const opening = openMariadbStore({ ...backend().settings, minPoolSize: 1 });
    await expect(opening).rejects.toMatchObject({ code: 'schema_new' });
    await backend().sql("UPDATE ai_ipc_meta SET value = '5' WHERE name = 'schema_version'");
    await waitFor(async () => (await countConnections()) <= before, { what: 'the connections to be closed' });
  });
});
