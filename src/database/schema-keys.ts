import type { Query } from './check-schema.ts';
import type { Row } from './database.ts';

/** An index or a constraint that a table has not, or has not as it was made. */
export interface LostKey {
  readonly table: string;
  readonly key: string;
  /** Without it a statement of ours fails, not only grows slow. */
  readonly isNeeded: boolean;
  /** The statements that make it again. */
  readonly cure: readonly string[];
}

interface Key {
  readonly table: string;
  readonly name: string;
  readonly columns: string;
  readonly kind: 'UNIQUE KEY' | 'KEY' | 'PRIMARY KEY';
  /** Statements name it (FORCE INDEX), and are refused without it. */
  readonly isNeeded: boolean;
}

/** As sql-files/ai_ipc_tables.sql has them, but for the keys of AUTO_INCREMENT columns, which cannot be dropped. */
const KEYS: readonly Key[] = [
  key('ai_requests', 'idx_status_priority', 'status,priority,created_at', true),
  key('ai_requests', 'idx_expires_at', 'status,expires_at', true),
  { ...key('ai_responses', 'idx_request_id', 'request_id', false), kind: 'UNIQUE KEY' },
  key('ai_request_log', 'idx_request_id', 'request_id', true),
  key('ai_request_log', 'idx_event_type', 'event_type', false),
  { ...key('ai_workers', 'PRIMARY', 'id', true), kind: 'PRIMARY KEY' },
  { ...key('ai_ipc_meta', 'PRIMARY', 'name', true), kind: 'PRIMARY KEY' },
  { ...key('ai_npc_memory', 'idx_turn_key', 'turn_key', false), kind: 'UNIQUE KEY' },
  key('ai_npc_memory', 'idx_memory_owner', 'player_id,npc_id,kind', true),
  key('ai_npc_memory', 'idx_memory_age', 'kind,updated_at', true),
  { ...key('ai_npc_budget', 'PRIMARY', 'player_id', true), kind: 'PRIMARY KEY' },
  key('ai_npc_budget', 'idx_budget_day', 'day,tokens', true),
  { ...key('ai_npc_words', 'PRIMARY', 'owner,word,turn', true), kind: 'PRIMARY KEY' },
];

function key(table: string, name: string, columns: string, isNeeded: boolean): Key {
  return { table, name, columns, kind: 'KEY', isNeeded };
}

/** A row for each index, and one without an index for a table that has none; a table that is not seen has no row. */
const INDEXES = `
  SELECT t.TABLE_NAME AS table_name, s.INDEX_NAME AS index_name,
         GROUP_CONCAT(s.COLUMN_NAME ORDER BY s.SEQ_IN_INDEX) AS column_names, MIN(s.NON_UNIQUE) AS non_unique
    FROM information_schema.TABLES t
         LEFT JOIN information_schema.STATISTICS s
           ON s.TABLE_SCHEMA = t.TABLE_SCHEMA AND s.TABLE_NAME = t.TABLE_NAME
   WHERE t.TABLE_SCHEMA = DATABASE()
     AND t.TABLE_NAME IN ('ai_requests', 'ai_responses', 'ai_request_log', 'ai_workers', 'ai_ipc_meta', 'ai_npc_memory',
                          'ai_npc_budget', 'ai_npc_words')
   GROUP BY t.TABLE_NAME, s.INDEX_NAME`;
/** information_schema tells of constraints only to whoever may more than read. */
const CREATED = 'SHOW CREATE TABLE ai_responses';
const CASCADES = /FOREIGN KEY \(`request_id`\) REFERENCES `ai_requests` \(`id`\) ON DELETE CASCADE/i;
const FOREIGN_KEY = 'fk_ai_responses_request_id';

/** Keys and constraints that are not there, or not as they were made. A name counts: statements use it. */
export async function findLostKeys(query: Query): Promise<LostKey[]> {
  const rows = await query(INDEXES);
  const lost = KEYS.flatMap((wanted) => {
    const ofTable = rows.filter((row) => text(row, 'table_name').toLowerCase() === wanted.table);
    if (ofTable.length === 0) return [];
    const found = ofTable.find((row) => text(row, 'index_name') === wanted.name);
    if (found !== undefined && columnsOf(found) === wanted.columns) return [];
    // Another unique index on the same column does the same; no statement names this one.
    if (wanted.kind === 'UNIQUE KEY' && ofTable.some((row) => isSameUnique(wanted, row))) return [];
    return [lostKey(wanted, found !== undefined)];
  });
  const [created] = await query(CREATED);
  const words = text(created, 'Create Table');
  return CASCADES.test(words) ? lost : [...lost, lostForeignKey(words.includes(`\`${FOREIGN_KEY}\``))];
}

function columnsOf(row: Row): string {
  return text(row, 'column_names').toLowerCase();
}

function isSameUnique({ columns }: Key, row: Row): boolean {
  return columnsOf(row) === columns && Number(row['non_unique']) === 0;
}

function lostKey({ table, name, columns, kind, isNeeded }: Key, isOther: boolean): LostKey {
  const list = columns.replaceAll(',', ', ');
  const [drop, add] =
    kind === 'PRIMARY KEY'
      ? [kind, `ADD ${kind} (${list})`]
      : [`KEY ${name}`, `ADD ${kind} ${name} (${list})`];
  return {
    table,
    key: `${name} (${list})`,
    isNeeded,
    cure: [`ALTER TABLE \`${table}\` ${isOther ? `DROP ${drop}, ` : ''}${add}`],
  };
}

/** What belongs to no request any more would refuse the key. */
function lostForeignKey(isOther: boolean): LostKey {
  return {
    table: 'ai_responses',
    key: `${FOREIGN_KEY} (to ai_requests, ON DELETE CASCADE)`,
    isNeeded: false,
    cure: [
      ...(isOther ? [`ALTER TABLE \`ai_responses\` DROP FOREIGN KEY ${FOREIGN_KEY}`] : []),
      'DELETE p FROM `ai_responses` p LEFT JOIN ai_requests r ON r.id = p.request_id WHERE r.id IS NULL',
      `ALTER TABLE \`ai_responses\` ADD CONSTRAINT ${FOREIGN_KEY} FOREIGN KEY (request_id) REFERENCES ai_requests (id) ON DELETE CASCADE`,
    ],
  };
}

function text(row: Row | undefined, field: string): string {
  return String(row?.[field] ?? '');
}
