-- AI IPC: the schema of the embedded database (SQLite 3.42 or later). `ai-ipc` makes it when it opens the file.
-- The same tables and columns as ai_ipc_tables.sql; times are UTC text with milliseconds.

CREATE TABLE IF NOT EXISTS ai_requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  request_type TEXT NOT NULL DEFAULT 'generic',
  endpoint TEXT NOT NULL,
  request_data TEXT DEFAULT NULL,
  priority INTEGER NOT NULL DEFAULT 5,
  timeout INTEGER NOT NULL DEFAULT 30,
  -- The CHECK stands for the ENUM of MariaDB.
  status TEXT NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'timeout', 'cancelled')),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  processed_at TEXT DEFAULT NULL,
  expires_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now', '+30 seconds')),
  source_npc TEXT DEFAULT NULL,
  source_map TEXT DEFAULT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER DEFAULT NULL,
  available_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  claimed_by TEXT DEFAULT NULL,
  claim_no INTEGER NOT NULL DEFAULT 0,
  claimed_at TEXT DEFAULT NULL,
  error_code TEXT DEFAULT NULL
);
CREATE INDEX IF NOT EXISTS idx_status_priority ON ai_requests (status, priority, created_at);
CREATE INDEX IF NOT EXISTS idx_expires_at ON ai_requests (status, expires_at);

CREATE TABLE IF NOT EXISTS ai_responses (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  request_id INTEGER NOT NULL REFERENCES ai_requests (id) ON DELETE CASCADE,
  response_data TEXT DEFAULT NULL,
  error_message TEXT DEFAULT NULL,
  processing_time_ms INTEGER DEFAULT NULL,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);
CREATE UNIQUE INDEX IF NOT EXISTS idx_request_id ON ai_responses (request_id);

CREATE TABLE IF NOT EXISTS ai_request_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  request_id INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  event_data TEXT DEFAULT NULL,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);
CREATE INDEX IF NOT EXISTS idx_log_request_id ON ai_request_log (request_id);
CREATE INDEX IF NOT EXISTS idx_event_type ON ai_request_log (event_type);

CREATE TABLE IF NOT EXISTS ai_workers (
  id TEXT PRIMARY KEY,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  version TEXT NOT NULL,
  started_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  heartbeat_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  in_flight INTEGER NOT NULL DEFAULT 0,
  doorbell TEXT DEFAULT NULL,
  timeout_seconds INTEGER NOT NULL DEFAULT 30
);

CREATE TABLE IF NOT EXISTS ai_npc_memory (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  npc_id TEXT NOT NULL,
  player_id TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT 'turn' CHECK (kind IN ('turn', 'summary', 'folded')),
  turns INTEGER NOT NULL DEFAULT 1,
  said TEXT DEFAULT NULL,
  answered TEXT DEFAULT NULL,
  turn_key TEXT DEFAULT NULL,
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);
CREATE UNIQUE INDEX IF NOT EXISTS idx_turn_key ON ai_npc_memory (turn_key);
CREATE INDEX IF NOT EXISTS idx_memory_owner ON ai_npc_memory (player_id, npc_id, kind);
CREATE INDEX IF NOT EXISTS idx_memory_age ON ai_npc_memory (kind, updated_at);

CREATE TABLE IF NOT EXISTS ai_npc_words (
  owner INTEGER NOT NULL,
  word INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  PRIMARY KEY (owner, word, turn)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS ai_npc_budget (
  player_id TEXT NOT NULL PRIMARY KEY,
  day TEXT NOT NULL,
  tokens INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS idx_budget_day ON ai_npc_budget (day, tokens);

CREATE TABLE IF NOT EXISTS ai_ipc_meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
INSERT INTO ai_ipc_meta (name, value) VALUES ('schema_version', '5')
  ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value + 0 < 5;
INSERT OR IGNORE INTO ai_ipc_meta (name, value)
  VALUES ('queue_id', lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
    || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))));
