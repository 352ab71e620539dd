import { chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { TestProject } from 'vitest/node';
import { KEPT_DATA_FOLDERS } from './data-folder.ts';
import { MariadbServer } from './mariadb-server.ts';
import { makeOwnFolder } from './own-folder.ts';
import './test-database.ts';

/** One MariaDB server for all test files; each file makes databases of its own on it. */
export default async function startSharedServer(project: TestProject): Promise<() => Promise<void>> {
  const dataFolders = makeOwnFolder(tmpdir(), 'ai-ipc-data-');
  // The servers' user makes them in there.
  chmodSync(dataFolders, 0o711);
  // The test files' processes are started later, and inherit it.
  process.env[KEPT_DATA_FOLDERS] = dataFolders;
  const server = new MariadbServer();
  project.provide('mariadb', await server.start());
  return async () => {
    await server.remove();
    rmSync(dataFolders, { recursive: true });
  };
}
