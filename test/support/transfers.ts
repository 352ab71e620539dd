import type { StoreSettings } from '../../src/store/open-store.ts';
import { exportQueue } from '../../src/transfer/export-queue.ts';
import { type ImportResult, importQueue } from '../../src/transfer/import-queue.ts';
import { numbers } from './numbers.ts';

/** What an export of this database writes. */
export async function exportOf(
  database: StoreSettings,
  onChunk: () => Promise<unknown> = async () => undefined,
): Promise<string> {
  const texts: string[] = [];
  const write = async (text: string) => {
    texts.push(text);
    await onChunk();
  };
  await exportQueue({ database, write, onTable: () => undefined });
  return texts.join('');
}

/** Imports this text, in pieces that end anywhere. */
export async function importInto(database: StoreSettings, text: string): Promise<ImportResult> {
  return await importQueue({ database, chunks: piecesOf(text), onTable: () => undefined });
}

async function* piecesOf(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 10_007) yield text.slice(at, at + 10_007);
}

/** Texts that something on the way might change. */
const TEXTS = [
  '{"message":"Hello"}',
  'quotes \' " ` and \\ \\\\ \\n %_',
  'lines \n\r\n\t and \u2028 and \u2029',
  'ประเทศไทย 妹妹 🐉 \ufffd \u200b e\u0301',
  'a NUL \0 in it',
  '',
  ' blanks ',
  'x'.repeat(60_000),
];

type Run = (sql: string, values: readonly unknown[]) => Promise<unknown>;

/** Rows in all tables that are hard to move: on MariaDB, MySQL and SQLite. */
export async function fillWithHardRows(run: Run): Promise<void> {
  for (const [index, text] of TEXTS.entries()) {
    const id = 10 + index;
    await run(
      `INSERT INTO ai_requests (id, request_type, endpoint, request_data, priority, timeout, status, created_at,
              processed_at, expires_at, source_npc, source_map, attempts, max_attempts, available_at, claimed_by, claim_no,
              claimed_at, error_code)
       VALUES (?, 'dialogue', '/api/v1/npc/dialogue?a=%5F', ?, 255, 4294967295, 'completed', '2026-03-29 01:59:59.999',
              '2026-10-25 01:30:00.001', '2038-01-19 03:14:07.000', ?, NULL, 3, 4294967295, '2026-03-29 02:30:00.500',
              'host:1:0123abcd', 7, '2026-01-01 00:00:00.000', 'expired')`,
      [id, text, text.slice(0, 90)],
    );
    await run(
      `INSERT INTO ai_responses (request_id, response_data, error_message, processing_time_ms, created_at)
       VALUES (?, ?, NULL, 4294967295, '1971-01-01 00:00:00.000')`,
      [id, text],
    );
    await run('INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES (?, ?, ?)', [
      id,
      'retried',
      text,
    ]);
    await run(
      "INSERT INTO ai_npc_memory (npc_id, player_id, kind, said, answered, turn_key) VALUES ('sage', ?, 'turn', ?, NULL, ?)",
      [`${index} ${text.slice(0, 100)}`, text, String(index)],
    );
  }
  const largest = '9007199254740993';
  await run("INSERT INTO ai_requests (id, endpoint) VALUES (?, '/largest')", [largest]);
  await run('INSERT INTO ai_request_log (request_id, event_type) VALUES (18446744073709551, ?)', ['claimed']);
  await run('DELETE FROM ai_requests WHERE id = ?', [largest]);
  for (const id of ['Bob', 'bob', 'Bob ']) {
    await run(
      "INSERT INTO ai_npc_budget (player_id, day, tokens) VALUES (?, '2026-11-29', 9223372036854775807)",
      [id],
    );
  }
  await run(
    "INSERT INTO ai_workers (id, host, pid, version) VALUES ('host:1:0123abcd', 'Host', 1, '0.1.0')",
    [],
  );
  await run("INSERT INTO ai_ipc_meta (name, value) VALUES ('npc_switch', 'off')", []);
}

/** So many requests, each with a response and a row of the log. */
export async function fillWithMany(run: Run, kind: 'mariadb' | 'sqlite', rows: number): Promise<void> {
  const counted =
    kind === 'mariadb'
      ? `(SELECT seq AS n FROM ${numbers(rows)}) counted`
      : `(WITH RECURSIVE counting (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < ${rows}) SELECT n FROM counting)`;
  await run(
    `INSERT INTO ai_requests (id, endpoint, request_data, status) SELECT n, '/api/v1/npc/dialogue', '{"message":"Where am I?"}', 'completed' FROM ${counted}`,
    [],
  );
  await run(
    `INSERT INTO ai_responses (request_id, response_data) SELECT n, '{"text":"In Prontera."}' FROM ${counted}`,
    [],
  );
  await run(
    `INSERT INTO ai_request_log (request_id, event_type, event_data) SELECT n, 'completed', '{"attempt":1,"ms":40}' FROM ${counted}`,
    [],
  );
}
