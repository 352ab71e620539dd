import { fetchServer } from './fetched-servers.ts';
import { findMachinePrograms, type ServerPrograms } from './server-programs.ts';

/**
 * The programs of the server that the tests are to run on: the one that `npm test -- --server NAME` named, else the
 * machine's own MariaDB. That one is found in both cases, since its client is used with every server.
 */
export async function findChosenServer(): Promise<ServerPrograms> {
  const machinePrograms = findMachinePrograms();
  const name = process.env['AI_IPC_TEST_SERVER'];
  return name ? await fetchServer(name) : machinePrograms;
}

/** Before any server runs, for tests that one kind of server alone can have. */
export function isMysqlChosen(): boolean {
  return process.env['AI_IPC_TEST_SERVER']?.startsWith('mysql') ?? false;
}
