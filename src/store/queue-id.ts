import { AiIpcError } from '../base/errors.ts';
import type { Database } from '../database/database.ts';
import { textOf } from '../database/row-fields.ts';
import type { Statements } from './statements.ts';

/** The UUID that was made with the tables: part of every Idempotency-Key, since ids repeat across databases. */
export async function readQueueId(database: Database, statements: Statements): Promise<string> {
  const rows = await database.query(statements.readMeta);
  const row = rows.find((candidate) => candidate['name'] === 'queue_id');
  if (row !== undefined) return textOf(row, 'value');
  throw new AiIpcError('schema_missing', 'The table ai_ipc_meta has no queue_id. Run `ai-ipc migrate`.');
}
