import type { TestProject } from 'vitest/node';
import { MariadbServer } from './mariadb-server.ts';
import './test-database.ts';

/** One MariaDB server for all test files; each file makes databases of its own on it. */
export default async function startSharedServer(project: TestProject): Promise<() => Promise<void>> {
  const server = new MariadbServer();
  project.provide('mariadb', await server.start());
  return () => server.remove();
}
