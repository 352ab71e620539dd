import { expect, it } from 'vitest';
import { AiIpc } from '../../src/client/ai-ipc.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { TABLES_FILE } from '../support/schema-dump.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { waitFor } from '../support/wait-for.ts';

/** MariaDB writes a warning into its log for each connection that goes without a goodbye, and counts them. */
it('connections of a client that rests end with a goodbye', async () => {
  const server = new MariadbServer();
  try {
    await server.start();
    const database = await createTestDatabase(server.address);
    await database.loadSqlFile(TABLES_FILE);
    const ai = await AiIpc.open({ kind: 'mariadb', ...database.settings });
    await Promise.all([ai.status(1), ai.status(2), ai.status(3)]);

    const open = async () => Number((await database.query(OWN_CONNECTIONS))[0]?.['open']);
    await waitFor(async () => (await open()) === 0, {
      timeoutMs: 90_000,
      what: 'resting connections to end',
    });

    const [aborted] = await database.query("SHOW GLOBAL STATUS LIKE 'Aborted_clients'");
    expect(aborted).toMatchObject({ Value: '0' });
    await ai.close();
    await database.drop();
  } finally {
    await server.remove();
  }
});

const OWN_CONNECTIONS = `
  SELECT COUNT(*) AS open FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND NOT ID = CONNECTION_ID()`;
