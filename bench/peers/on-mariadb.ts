import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MariadbServer } from '../../test/support/mariadb-server.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { TUNED } from '../one-drain.ts';
import { startWorker } from '../worker-process.ts';
import { PYTHON, PYTHON_MODULES } from './debian-needs.ts';
import type { Peer, PeerWorker } from './peer.ts';
import { startPythonWorker } from './peer-program.ts';
import { runOn } from './running-peer.ts';

const OUR_TABLES = 'sql-files/ai_ipc_tables.sql';
const OUR_FOLDER = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENT_TABLES = fileURLToPath(new URL('../../test/support/document-schema.sql', import.meta.url));

export const AI_IPC_TUNED = aiIpc('AI IPC, tuned', { settings: TUNED });
export const AI_IPC = aiIpc('AI IPC, default');

/** An older build, with its own tables, worker and client, and default settings. */
export function aiIpcBefore(folder: string): Peer {
  return { ...aiIpc('AI IPC, the older build', { folder }), packages: folder };
}

export const DOCUMENT: Peer = {
  name: "the document's design",
  needs: [PYTHON_MODULES],
  npm: [],
  // It takes ten each 100 ms, so that 20,000 are three and a half minutes.
  drainPart: 1 / 20,
  start: (how) =>
    onMariadb(DOCUMENT_TABLES, 'document-client.ts', (database) =>
      startPythonWorker(PYTHON, 'document_worker.py', { ...how, database: database.settings }),
    ),
};

interface Build {
  /** A checkout that is built; this one by default. */
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

function aiIpc(name: string, { folder = OUR_FOLDER, settings = {} }: Build = {}): Peer {
  return {
    name,
    needs: [],
    npm: [],
    start: ({ stubUrl }) =>
      onMariadb(join(folder, OUR_TABLES), 'ai-ipc-client.ts', async (database) => {
        // Its log is as quiet as that of the others.
        const env = { AI_SERVICE_BASE_URL: stubUrl, LOG_LEVEL: 'warn', ...settings };
        const worker = startWorker(database.settings, env, folder);
        await waitFor(() => worker.hasEnded || isServed(database), { what: 'the worker to serve' });
        return worker;
      }),
  };
}

async function isServed(database: TestDatabase): Promise<boolean> {
  return (await database.query('SELECT 1 FROM ai_workers')).length > 0;
}

async function onMariadb(
  tables: string,
  client: string,
  start: (database: TestDatabase) => Promise<PeerWorker>,
): ReturnType<Peer['start']> {
  const server = new MariadbServer();
  const database = await createTestDatabase(await server.start());
  return await runOn(
    { pid: server.pid, stop: () => server.remove() },
    { client, database: database.settings },
    async () => {
      await database.loadSqlFile(tables);
      return await start(database);
    },
  );
}
