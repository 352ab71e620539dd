import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'mariadb';
import { createConnection } from 'mariadb';
import type { Random } from '../../support/random.ts';
import type { Stage } from '../stage.ts';
import { type Fault, LIMITS_MS } from './fault.ts';

/** On a machine that a storm keeps busy. */
const CONNECT_MS = 15_000;
const LOCK_HELD_MS = 20_000;
const STORM_MS = 8_000;
const STORM_SIDES = 4;
/** The least that MariaDB takes. */
const FEW_CONNECTIONS = 10;

const database = {
  group: 'database',
  recovery: 'from the first connection that it takes until the next answer',
  limitMs: LIMITS_MS.database,
  isHindrance: true,
} as const;

export const DATABASE_FAULTS: readonly Fault[] = [
  {
    ...database,
    name: 'database killed (SIGKILL)',
    lastsMs: [500, 6_000],
    async play({ server, recovery }, { forMs }) {
      await server.kill();
      await delay(forMs);
      await server.start();
      return await recovery.untilAnswered();
    },
  },
  {
    ...database,
    name: 'database restarted',
    async play({ server, recovery }) {
      await server.restart();
      return await recovery.untilAnswered();
    },
  },
  {
    ...database,
    name: 'database frozen',
    recovery: 'until the next answer',
    lastsMs: [2_000, 15_000],
    async play({ server, recovery }, { forMs }) {
      await server.pause();
      await delay(forMs);
      server.resume();
      return await recovery.untilAnswered();
    },
  },
  {
    ...database,
    name: 'database read-only',
    recovery: 'until the next answer',
    lastsMs: [2_000, 8_000],
    async play(stage, { forMs }) {
      await stage.database.query('SET GLOBAL read_only = ON');
      await delay(forMs);
      await stage.database.query('SET GLOBAL read_only = OFF');
      return await stage.recovery.untilAnswered();
    },
  },
  {
    ...database,
    name: 'database’s disk full',
    recovery: 'until the next answer',
    missing: ({ disk }) =>
      disk === undefined ? 'only root may mount a disk that can be made full' : undefined,
    lastsMs: [3_000, 10_000],
    async play({ disk, server, recovery }, { forMs }) {
      disk?.fill();
      await delay(forMs);
      disk?.free();
      if (!server.isRunning) {
        await server.kill();
        await server.start();
      }
      return await recovery.untilAnswered();
    },
  },
  {
    ...database,
    name: 'no connection left',
    recovery: 'until the next answer',
    lastsMs: [3_000, 8_000],
    async play(stage, { forMs }) {
      await stage.database.query(`SET GLOBAL max_connections = ${FEW_CONNECTIONS}`);
      await killConnections(stage);
      await delay(forMs);
      await stage.database.query('SET GLOBAL max_connections = 500');
      return await stage.recovery.untilAnswered();
    },
  },
  {
    ...database,
    name: 'all connections killed',
    recovery: 'until the next answer',
    isHindrance: false,
    async play(stage) {
      await killConnections(stage);
      return await stage.recovery.untilAnswered();
    },
  },
  {
    ...database,
    name: 'storm of deadlocks',
    recovery: 'until the next answer',
    async play(stage, { random }) {
      await deadlocks(stage, random);
      return await stage.recovery.untilAnswered();
    },
  },
  {
    ...database,
    name: 'rows locked for 20 s',
    recovery: 'until the next answer',
    async play(stage) {
      await withConnection(stage, async (admin) => {
        const open = await admin.query<{ id: number }[]>(
          "SELECT id FROM ai_requests WHERE status IN ('pending', 'processing') LIMIT 30",
        );
        await admin.query('START TRANSACTION');
        // By their keys: a scan would lock what lies between them, too, and nobody could insert.
        const ids = open.map(({ id }) => id);
        if (ids.length > 0) await admin.query('SELECT id FROM ai_requests WHERE id IN (?) FOR UPDATE', [ids]);
        await delay(LOCK_HELD_MS);
        await admin.query('ROLLBACK');
      });
      return await stage.recovery.untilAnswered();
    },
  },
  {
    ...database,
    name: 'a backup’s snapshot open',
    recovery: 'until the next answer',
    isHindrance: false,
    lastsMs: [15_000, 30_000],
    async play(stage, { forMs }) {
      await withConnection(stage, async (backup) => {
        await backup.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        await backup.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
        await backup.query('SELECT COUNT(*) FROM ai_requests');
        await delay(forMs);
        await backup.query('COMMIT');
      });
      return await stage.recovery.untilAnswered();
    },
  },
  {
    ...database,
    name: 'a backup’s read lock (FLUSH TABLES WITH READ LOCK)',
    recovery: 'until the next answer',
    lastsMs: [3_000, 15_000],
    async play(stage, { forMs }) {
      await withConnection(stage, async (backup) => {
        await backup.query('FLUSH TABLES WITH READ LOCK');
        await delay(forMs);
        await backup.query('UNLOCK TABLES');
      });
      return await stage.recovery.untilAnswered();
    },
  },
];

async function killConnections({ database: direct, userName }: Stage): Promise<void> {
  const rows = await direct.query('SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?', [
    userName,
  ]);
  // It may have ended by itself.
  for (const { id } of rows) await direct.query(`KILL ${Number(id)}`).catch(() => undefined);
}

/** Several who each lock two open requests, one after the other, and hold them for a moment. */
async function deadlocks(stage: Stage, random: Random): Promise<void> {
  const untilMs = performance.now() + STORM_MS;
  const sides = Array.from({ length: STORM_SIDES }, () =>
    withConnection(stage, async (admin) => {
      await admin.query('SET innodb_lock_wait_timeout = 1');
      while (performance.now() < untilMs) {
        // Being the one that is rolled back is what it is here for.
        await lockTwo(admin, random).catch(() => undefined);
        await admin.query('ROLLBACK');
      }
    }),
  );
  await Promise.all(sides);
}

async function lockTwo(admin: Connection, random: Random): Promise<void> {
  const open = await admin.query<{ id: number }[]>(
    "SELECT id FROM ai_requests WHERE status IN ('pending', 'processing') ORDER BY id LIMIT 20",
  );
  if (open.length < 2) return;
  await admin.query('START TRANSACTION');
  for (const { id } of random.shuffle(open).slice(0, 2)) {
    await admin.query('UPDATE ai_requests SET max_attempts = max_attempts WHERE id = ?', [id]);
    await delay(random.between(1, 30));
  }
}

async function withConnection(
  { database: direct }: Stage,
  work: (connection: Connection) => Promise<unknown>,
): Promise<void> {
  const settings = { ...direct.settings, bigIntAsNumber: true, connectTimeout: CONNECT_MS };
  const connection = await createConnection(settings);
  connection.on('error', () => connection.destroy());
  try {
    await work(connection);
  } finally {
    connection.destroy();
  }
}
