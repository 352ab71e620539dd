import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ALL_SETTINGS } from '../../src/config/schema.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/differences.md');

/** Every name of AI_IPC_IMPLEMENTATION.md 1.0.0 that a script, an admin or a SQL client may look for. */
const NAMES = {
  tables: 'ai_requests ai_responses ai_request_log',
  columns:
    'id request_type endpoint request_data priority timeout status created_at processed_at expires_at source_npc ' +
    'source_map request_id response_data error_message processing_time_ms event_type event_data',
  keys: 'idx_status_priority idx_expires_at idx_request_id fk_ai_responses_request_id idx_event_type',
  statuses: 'pending processing completed failed timeout cancelled',
  routines: 'sp_ai_cleanup_old_requests evt_ai_cleanup_old_requests',
  commands: 'ai_db_request ai_db_response ai_db_status ai_db_cancel ai_db_cleanup',
  codes:
    'AI_REQ_NOT_FOUND AI_REQ_PENDING AI_REQ_PROCESSING AI_REQ_COMPLETED AI_REQ_FAILED AI_REQ_TIMEOUT AI_REQ_CANCELLED',
  worker:
    'AIIPCWorker initialize poll_and_process process_request route_to_service write_response handle_timeout ' +
    'cleanup_expired_requests run_forever aiomysql aiohttp',
  settings:
    'enabled poll_interval_ms batch_size max_processing_time cleanup_interval timeout_seconds ai_service_base_url ' +
    'ai_service_timeout host port database user password min_pool_size max_pool_size',
  variables:
    'DB_HOST DB_PORT DB_USER DB_PASSWORD DB_NAME AI_SERVICE_BASE_URL AI_SERVICE_TIMEOUT POLL_INTERVAL_MS BATCH_SIZE ' +
    'CLEANUP_INTERVAL TIMEOUT_SECONDS',
  files:
    'sql-files/ai_ipc_tables.sql src/custom/script_ai_ipc.cpp src/custom/script_ai_ipc.hpp src/custom/script_def.inc ' +
    'ml_inference_service/ ai_ipc_worker.py ai-ipc-worker.service inference_config.yaml requirements.txt ' +
    'test_ipc_integration.py AI_IPC_IMPLEMENTATION.md npc/custom/ai-world/test/test_ai_ipc_commands.txt ' +
    'npc/scripts_custom.conf .env doc/NATIVE_IPC_ARCHITECTURE.md npc/custom/AI_NPC_GUIDE.md',
} as const;

/** What the document has users type or read, of more than one word. */
const PHRASES = [
  'FOR UPDATE SKIP LOCKED',
  'mysql -u root -p',
  "SHOW TABLES LIKE 'ai_%';",
  'SET GLOBAL event_scheduler = ON;',
  './configure',
  'make clean',
  'make server',
  'python3 -m venv venv',
  'pip install -r requirements.txt',
  'daemon-reload',
  '@reloadscript',
  'sudo journalctl -u ai-ipc-worker -f',
  'sudo journalctl -u ai-ipc-worker -n 50',
  'sudo systemctl status ai-ipc-worker',
  'sudo systemctl restart ai-ipc-worker',
  'mysql -u ragnarok -p ragnarok -e "SELECT 1;"',
  'curl http://127.0.0.1:8000/api/v1/health',
  "SELECT * FROM ai_requests WHERE status='timeout' ORDER BY id DESC LIMIT 10;",
  'SHOW PROCESSLIST;',
  'SHOW ENGINE INNODB STATUS;',
  'ANALYZE TABLE',
  'OPTIMIZE TABLE',
  'EXPLAIN',
  'CALL sp_ai_cleanup_old_requests(7)',
  'SHOW EVENTS',
  'ALTER EVENT',
  'python3 test_ipc_integration.py',
  'grep ERROR',
  'grep "Statistics"',
];

/** Not in code quotes: names of tests, metrics and habits. */
const HEADINGS = [
  'Database connectivity, Table existence, Request insertion, Request processing, Response retrieval, Timeout handling, Cleanup operations, Performance metrics',
  'Basic Request/Response, Status Checking, Cancel Request, Timeout Handling, Cleanup (Admin), Batch Processing, Error Handling',
  'Throughput test (100 requests), Latency test (10 requests with timing)',
  'Request Throughput, Average Latency, Success Rate, Queue Depth, Processing Time',
  '"AI IPC Test"',
  '"AI IPC Benchmark"',
  ...[
    'Async I/O',
    'Batch Processing',
    'Connection Pooling',
    'Graceful Shutdown',
    'Auto-Retry',
    'Timeout Handling',
  ],
  ...['Use Priority Wisely', 'Keep Data Small', 'Handle Timeouts', 'Cleanup Regularly', 'Monitor Queue'],
  ...['Log Errors', 'Test Before Production', 'Backup Database', 'Use Transactions', 'Graceful Degradation'],
];

it.each(Object.entries(NAMES))('docs/differences.md tells what became of the %s', (_kind, names) => {
  expect(names.split(' ').filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it('and of every command, query, test and advice', () => {
  const text = page.replace(/\s+/g, ' ');
  expect(PHRASES.filter((phrase) => !text.includes(`\`${phrase}`))).toEqual([]);
  expect(HEADINGS.filter((heading) => !text.includes(heading))).toEqual([]);
});

it('the columns, keys and routines are in the schema, under their own names', () => {
  const schema = read('sql-files/ai_ipc_tables.sql');
  const { tables, columns, keys, routines } = NAMES;
  const names = [tables, columns, keys, routines].flatMap((list) => list.split(' '));
  expect(names.filter((name) => !schema.includes(`\`${name}\``))).toEqual([]);
});

it('the settings and variables are settings here, with the defaults of the document but for DB_HOST', () => {
  const shown = (name: string) => {
    const setting = ALL_SETTINGS.find(({ key, variable }) => key.endsWith(`.${name}`) || variable === name);
    return setting === undefined ? 'no such setting' : setting.allowed.show(setting.default);
  };
  const names = [NAMES.settings, NAMES.variables].flatMap((list) => list.split(' '));
  expect(Object.fromEntries(names.map((name) => [name, shown(name)]))).toEqual({
    enabled: 'true',
    poll_interval_ms: '100',
    batch_size: '10',
    max_processing_time: '5000',
    cleanup_interval: '60',
    timeout_seconds: '30',
    ai_service_base_url: 'http://127.0.0.1:8000',
    ai_service_timeout: '10',
    host: '127.0.0.1',
    port: '3306',
    database: 'ragnarok',
    user: 'ragnarok',
    password: '(empty)',
    min_pool_size: '5',
    max_pool_size: '20',
    DB_HOST: '127.0.0.1',
    DB_PORT: '3306',
    DB_USER: 'ragnarok',
    DB_PASSWORD: '(empty)',
    DB_NAME: 'ragnarok',
    AI_SERVICE_BASE_URL: 'http://127.0.0.1:8000',
    AI_SERVICE_TIMEOUT: '10',
    POLL_INTERVAL_MS: '100',
    BATCH_SIZE: '10',
    CLEANUP_INTERVAL: '60',
    TIMEOUT_SECONDS: '30',
  });
});

it('the files that it sends people to are there', () => {
  const paths = [...page.matchAll(/(?<![\w/`])((?:src|docs|deploy|test|sql-files)\/[\w./-]*[\w/])/g)].map(
    ([, path]) => path ?? '',
  );
  expect(paths.length).toBeGreaterThan(15);
  expect(paths.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url)))).toEqual([]);
});
