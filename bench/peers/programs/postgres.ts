import type { PeerTask } from '../peer.ts';
import { packageOf, postgresUrl } from './task.ts';

interface Postgres {
  connect(): Promise<unknown>;
  query(
    sql: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
  on(event: 'notification', listener: (message: { readonly payload?: string }) => void): void;
  end(): Promise<void>;
}

/** A connection of its own, by the package pg. */
export async function connectPostgres(task: PeerTask): Promise<Postgres> {
  const { Client } = packageOf<{ readonly Client: new (url: string) => Postgres }>(task, 'pg');
  const connection = new Client(postgresUrl(task));
  await connection.connect();
  return connection;
}
