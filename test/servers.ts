// `npm run servers`: fetches the servers that the tests know beside the machine's own (or those that are named), starts
// each, and prints what it says of its version. Ends with 1 when one cannot be had.
import { createConnection } from 'mariadb';
import { FETCHED_SERVERS, fetchServer } from './support/fetched-servers.ts';
import { MariadbServer } from './support/mariadb-server.ts';

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(FETCHED_SERVERS)) {
  const startMs = performance.now();
  try {
    const version = await versionOf(name);
    process.stdout.write(`${name}: ${version}, after ${Math.round(performance.now() - startMs)} ms\n`);
  } catch (error) {
    process.stdout.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function versionOf(name: string): Promise<string> {
  const server = new MariadbServer({ programs: await fetchServer(name) });
  try {
    const { host, port, user, password } = await server.start();
    const connection = await createConnection({ host, port, user, password });
    const [row] = await connection.query<{ version: string }[]>('SELECT VERSION() AS version');
    await connection.end();
    return row?.version ?? 'it did not say';
  } finally {
    await server.remove();
  }
}
