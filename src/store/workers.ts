import type { Database } from '../database/database.ts';
import { nullableNumberOf, nullableTextOf, numberOf, textOf } from '../database/row-fields.ts';
import type { WorkerRow, WorkerSighting } from '../queue/queue-store.ts';
import type { ClaimRef } from '../queue/request.ts';
import type { Statements } from './statements.ts';

export async function heartbeat(
  database: Database,
  statements: Statements,
  worker: WorkerRow,
): Promise<void> {
  const { id, host, pid, version, inFlight, doorbell, timeoutSeconds } = worker;
  await database.execute(statements.heartbeat, [id, host, pid, version, inFlight, doorbell, timeoutSeconds]);
}

export async function retire(
  database: Database,
  statements: Statements,
  workerIds: readonly string[],
): Promise<void> {
  for (const id of workerIds) await database.execute(statements.retire, [id]);
}

export async function sightings(database: Database, statements: Statements): Promise<WorkerSighting[]> {
  const rows = await database.query(statements.sightings);
  return rows.map((row) => ({
    id: textOf(row, 'id'),
    heartbeat: nullableTextOf(row, 'heartbeat'),
    heartbeatAgeMs: nullableNumberOf(row, 'heartbeat_age_ms'),
    host: nullableTextOf(row, 'host'),
    doorbell: nullableTextOf(row, 'doorbell'),
    timeoutSeconds: nullableNumberOf(row, 'timeout_seconds'),
  }));
}

export async function listClaims(
  database: Database,
  statements: Statements,
  workerId: string,
): Promise<ClaimRef[]> {
  const rows = await database.query(statements.listClaims, [workerId]);
  return rows.map((row) => ({ id: numberOf(row, 'id'), claimNo: numberOf(row, 'claim_no') }));
}
