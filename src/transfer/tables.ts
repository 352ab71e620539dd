/**
 * What an export holds, in the order in which it is written: a row comes behind those that it points to. `key` is the
 * primary key, along which a table is read.
 */
export interface TableForm {
  readonly name: string;
  readonly key: string;
  /** Whether the key counts by itself: then its position goes along. */
  readonly counts: boolean;
  readonly columns: readonly string[];
  /** Columns that are times, in which SQLite may leave out the milliseconds. */
  readonly times: readonly string[];
}

export const TABLES: readonly TableForm[] = [
  {
    name: 'ai_requests',
    key: 'id',
    counts: true,
    columns: [
      ...['id', 'request_type', 'endpoint', 'request_data', 'priority', 'timeout', 'status', 'created_at'],
      ...[
        'processed_at',
        'expires_at',
        'source_npc',
        'source_map',
        'attempts',
        'max_attempts',
        'available_at',
      ],
      ...['claimed_by', 'claim_no', 'claimed_at', 'error_code'],
    ],
    times: ['created_at', 'processed_at', 'expires_at', 'available_at', 'claimed_at'],
  },
  {
    name: 'ai_responses',
    key: 'id',
    counts: true,
    columns: ['id', 'request_id', 'response_data', 'error_message', 'processing_time_ms', 'created_at'],
    times: ['created_at'],
  },
  {
    name: 'ai_request_log',
    key: 'id',
    counts: true,
    columns: ['id', 'request_id', 'event_type', 'event_data', 'created_at'],
    times: ['created_at'],
  },
  {
    name: 'ai_workers',
    key: 'id',
    counts: false,
    columns: [
      ...['id', 'host', 'pid', 'version', 'started_at', 'heartbeat_at', 'in_flight', 'doorbell'],
      'timeout_seconds',
    ],
    times: ['started_at', 'heartbeat_at'],
  },
  {
    name: 'ai_npc_memory',
    key: 'id',
    counts: true,
    columns: [
      ...['id', 'npc_id', 'player_id', 'kind', 'turns', 'said', 'answered', 'turn_key', 'updated_at'],
    ],
    times: ['updated_at'],
  },
  {
    name: 'ai_npc_budget',
    key: 'player_id',
    counts: false,
    columns: ['player_id', 'day', 'tokens'],
    times: [],
  },
];

/**
 * Rows of ai_ipc_meta that belong to the place and not to the queue. `npc_words` says that ai_npc_words is complete: that
 * table is not exported, since the AI service makes it of ai_npc_memory (src/service/memory/words.ts).
 */
export const OWN_META = ['schema_version', 'migrate', 'import', 'npc_words'] as const;

/** Columns that are text on every database. */
export const TEXTS: ReadonlySet<string> = new Set([
  ...['request_type', 'endpoint', 'request_data', 'source_npc', 'source_map', 'claimed_by', 'error_code'],
  ...['response_data', 'error_message', 'event_type', 'event_data', 'host', 'version', 'doorbell'],
  ...['npc_id', 'player_id', 'said', 'answered', 'turn_key'],
]);
