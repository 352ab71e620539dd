import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueueStore } from '../../src/queue/queue-store.ts';
import { openMariadbStore } from '../../src/store/mariadb-store.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { StatementProxy } from '../support/statement-proxy.ts';
import { eventsOf, FAILED, insertClaimed, settled, statusOf, WORKER } from './arrange.ts';
import { MariadbBackend, useBackend } from './backends.ts';

/** Rows are tried one by one on MariaDB alone; every MySQL that is served has SKIP LOCKED. */
const PASSING = isMysqlChosen()
  ? []
  : [{ name: 'without SKIP LOCKED', options: { lockBy: 'pass_held' } as const }];

describe.each([{ name: 'as the server can', options: {} }, ...PASSING])(
  'round trips to the database, $name:',
  ({ options }) => {
    const backend = useBackend(() => MariadbBackend.create(options));
    const packets: string[] = [];
    let proxy: StatementProxy;
    let store: QueueStore;

    beforeAll(async () => {
      proxy = new StatementProxy({
        target: backend().settings,
        before: async (sql) => {
          packets.push(sql);
        },
      });
      const through = { host: '127.0.0.1', port: await proxy.listen(), maxPoolSize: 1 };
      store = await openMariadbStore({ ...backend().settings, ...through }, options);
    });
    afterAll(async () => {
      await store.close();
      await proxy.close();
    });

    /** How each packet begins; a connection that rested may be looked at first (connection-pool.ts). */
    async function packetsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
      packets.length = 0;
      await work();
      return packets.filter((sql) => !sql.includes('read_only')).map((sql) => sql.slice(0, 6));
    }

    it('answers are settled in one', async () => {
      const claims = await insertClaimed(backend(), 20);
      const settle = () =>
        store.settle(
          WORKER,
          claims.map((claim) => settled(claim)),
        );
      expect(await packetsOf(settle)).toEqual(['BEGIN;']);
      for (const { id } of claims) expect(await eventsOf(backend(), id)).toEqual(['claimed', 'completed']);
    });

    it('where a claim was lost, the first one writes nothing, and the others come after it is undone', async () => {
      const [kept, lost] = await insertClaimed(backend(), 2);
      await backend().store.cancel(lost!.id);
      const settle = async () =>
        expect(await store.settle(WORKER, [settled(kept!), settled(lost!)])).toEqual(['written', 'dropped']);
      expect((await packetsOf(settle)).slice(0, 3)).toEqual(['BEGIN;', 'ROLLBA', 'BEGIN;']);
      expect(await eventsOf(backend(), kept!.id)).toEqual(['claimed', 'completed']);
      expect(await statusOf(backend(), lost!.id)).toBe('cancelled');
    });

    it('what is no answer takes two: its row is read before it is written', async () => {
      const [claim] = await insertClaimed(backend(), 1);
      const packetsOfFailure = await packetsOf(() => store.settle(WORKER, [settled(claim!, FAILED)]));
      expect(packetsOfFailure).toHaveLength(2);
    });
  },
);
