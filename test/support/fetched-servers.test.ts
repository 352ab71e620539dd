import { afterEach, expect, it, vi } from 'vitest';
import { fetchServer } from './fetched-servers.ts';
import { MariadbServer } from './mariadb-server.ts';
import { createTestDatabase } from './test-database.ts';

/** The first time, 17 MB come over the network; `npm run servers` tries those that are more. */
const FETCH_TIMEOUT_MS = 600_000;

afterEach(() => {
  vi.unstubAllEnvs();
});

it(
  'a server that is not installed is fetched, and starts beside the machine’s own',
  async () => {
    const server = new MariadbServer({ programs: await fetchServer('mariadb-11.8') });
    try {
      const database = await createTestDatabase(await server.start());
      const [row] = await database.query('SELECT VERSION() AS version');
      expect(row!['version']).toMatch(/^11\.8\.\d+-MariaDB/);
    } finally {
      await server.remove();
    }
  },
  FETCH_TIMEOUT_MS,
);

it('a server that nobody has described is refused with those that are', async () => {
  await expect(fetchServer('mariadb-99')).rejects.toThrow(
    'The server mariadb-99 is not known. Known are mariadb-10.5, mariadb-11.8, mysql-9.7.',
  );
});

it('a server that cannot be had is told with the reason', async () => {
  vi.stubEnv('AI_IPC_CACHE', '/dev/null');
  await expect(fetchServer('mariadb-11.8')).rejects.toThrow(
    /^The server mariadb-11\.8 cannot be had: ENOTDIR.*\/dev\/null\/servers/,
  );
});
