import type { Query } from '../database/check-schema.ts';
import { text } from './look-at-queue.ts';
import type { LostKey } from './server-facts.ts';

interface Key {
  readonly table: string;
  readonly name: string;
  readonly columns: string;
  readonly kind: 'UNIQUE KEY' | 'KEY';
  /** Statements name it (FORCE INDEX), and are refused without it. */
  readonly isNeeded: boolean;
}

/** As sql-files/ai_ipc_tables.sql has them. */
const KEYS: readonly Key[] = [
  key('ai_requests', 'idx_status_priority', 'status,priority,created_at', true),
  key('ai_requests', 'idx_expires_at', 'status,expires_at', true),
  { ...key('ai_responses', 'idx_request_id', 'request_id', false), kind: 'UNIQUE KEY' },
  key('ai_request_log', 'idx_request_id', 'request_id', true),
  key('ai_request_log', 'idx_event_type', 'event_type', false),
];

function key(table: string, name: string, columns: string, isNeeded: boolean): Key {
  return { table, name, columns, kind: 'KEY', isNeeded };
}

const STATISTICS = `
  SELECT TABLE_NAME AS table_name, INDEX_NAME AS index_name,
         GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS column_names, MIN(NON_UNIQUE) AS non_unique
    FROM information_schema.STATISTICS
   WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('ai_requests', 'ai_responses', 'ai_request_log')
   GROUP BY TABLE_NAME, INDEX_NAME`;
/** information_schema tells of constraints only to whoever may more than read. */
const CREATED = 'SHOW CREATE TABLE ai_responses';
const CASCADES = /FOREIGN KEY \(`request_id`\) REFERENCES `ai_requests` \(`id`\) ON DELETE CASCADE/i;
const FOREIGN_KEY = 'fk_ai_responses_request_id';

/** Keys and constraints that are not there, or not as they were made. A name counts: statements use it. */
export async function findLostKeys(query: Query): Promise<LostKey[]> {
  const rows = await query(STATISTICS);
  const found = new Map(rows.map((row) => [`${text(row, 'table_name')} ${text(row, 'index_name')}`, row]));
  const lost = KEYS.flatMap((wanted) => {
    const row = found.get(`${wanted.table} ${wanted.name}`);
    if (row !== undefined && text(row, 'column_names').toLowerCase() === wanted.columns) return [];
    // Another unique index on the same column does the same; no statement names this one.
    if (wanted.kind === 'UNIQUE KEY' && rows.some((one) => isSameUnique(wanted, one))) return [];
    return [lostKey(wanted, row !== undefined)];
  });
  const [created] = await query(CREATED);
  if (CASCADES.test(text(created, 'Create Table'))) return lost;
  return [...lost, LOST_FOREIGN_KEY];
}

function isSameUnique(wanted: Key, row: Parameters<typeof text>[0]): boolean {
  return (
    text(row, 'table_name') === wanted.table &&
    text(row, 'column_names').toLowerCase() === wanted.columns &&
    Number(row?.['non_unique']) === 0
  );
}

function lostKey({ table, name, columns, kind, isNeeded }: Key, isOther: boolean): LostKey {
  const list = columns.replaceAll(',', ', ');
  const drop = isOther ? `DROP KEY ${name}, ` : '';
  return {
    table,
    key: `${name} (${list})`,
    isNeeded,
    remedy: `ALTER TABLE ${table} ${drop}ADD ${kind} ${name} (${list});`,
  };
}

const LOST_FOREIGN_KEY: LostKey = {
  table: 'ai_responses',
  key: `${FOREIGN_KEY} (to ai_requests, ON DELETE CASCADE)`,
  isNeeded: false,
  remedy:
    'DELETE p FROM ai_responses p LEFT JOIN ai_requests r ON r.id = p.request_id WHERE r.id IS NULL; ' +
    `ALTER TABLE ai_responses ADD CONSTRAINT ${FOREIGN_KEY} FOREIGN KEY (request_id) REFERENCES ai_requests (id) ON DELETE CASCADE;`,
};
