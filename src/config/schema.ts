import { ALERT } from './alert-schema.ts';
import {
  baseUrl,
  caPlace,
  filePath,
  headers,
  hostAndPort,
  hostAndPortOrOff,
  hostAndPortToListenOn,
  hostsOrSocket,
  longSecret,
  oneOf,
  optional,
  plainText,
  secretText,
  wholeNumber,
  yesOrNo,
} from './allowed.ts';
import { MODEL_SERVER, MODELS, SERVICE } from './service-schema.ts';
import { define, type Setting } from './setting.ts';
import { SSL_MODES, type SslMode } from './ssl-mode.ts';

/** The settings of the worker. */
export const WORKER = {
  enabled: define({
    key: 'ipc_worker.enabled',
    variable: 'ENABLED',
    default: true,
    unit: '',
    meaning: 'false: the worker says so and exits with code 0.',
    allowed: yesOrNo(),
    isInDocument: true,
  }),
  pollIntervalMs: define({
    key: 'ipc_worker.poll_interval_ms',
    variable: 'POLL_INTERVAL_MS',
    default: 100,
    unit: 'ms',
    meaning:
      'The longest wait between two looks for requests when idle; three times as long while every request comes with a ring of the doorbell.',
    allowed: wholeNumber(10, 60_000),
    isInDocument: true,
  }),
  batchSize: define({
    key: 'ipc_worker.batch_size',
    variable: 'BATCH_SIZE',
    default: 10,
    unit: 'requests',
    meaning:
      'The most that one claim takes of a short queue; after each full one the next takes twice as many at once, up to 256.',
    allowed: wholeNumber(1, 1000),
    isInDocument: true,
  }),
  concurrency: define({
    key: 'ipc_worker.concurrency',
    variable: 'CONCURRENCY',
    default: 64,
    unit: 'requests',
    meaning: 'The most in flight at the AI service at once. It bounds the memory of the worker.',
    // 4096 requests of 64 KiB with answers of 16 KiB are 320 MiB at worst.
    allowed: wholeNumber(1, 4096),
  }),
  maxProcessingTimeMs: define({
    key: 'ipc_worker.max_processing_time',
    variable: 'MAX_PROCESSING_TIME',
    default: 5000,
    unit: 'ms',
    meaning: 'A call that takes longer than this is logged as slow; nothing else happens to it.',
    allowed: wholeNumber(1, 3_600_000),
    isInDocument: true,
  }),
  cleanupIntervalSeconds: define({
    key: 'ipc_worker.cleanup_interval',
    variable: 'CLEANUP_INTERVAL',
    default: 60,
    unit: 's',
    meaning: 'How often old ended requests are deleted.',
    allowed: wholeNumber(1, 86_400),
    isInDocument: true,
  }),
  retentionDays: define({
    key: 'ipc_worker.retention_days',
    variable: 'RETENTION_DAYS',
    default: 7,
    unit: 'days',
    meaning: 'Ended requests and their responses are deleted when they are older than this.',
    allowed: wholeNumber(1, 3650),
  }),
  logRetentionDays: define({
    key: 'ipc_worker.log_retention_days',
    variable: 'LOG_RETENTION_DAYS',
    default: 30,
    unit: 'days',
    meaning: 'Rows of ai_request_log are deleted when they are older than this.',
    allowed: wholeNumber(1, 3650),
  }),
  timeoutSeconds: define({
    key: 'ipc_worker.timeout_seconds',
    variable: 'TIMEOUT_SECONDS',
    default: 30,
    unit: 's',
    meaning: 'The life of a request whose client names none; the game commands use it too.',
    allowed: wholeNumber(1, 86_400),
    isInDocument: true,
  }),
  maxAttempts: define({
    key: 'ipc_worker.max_attempts',
    variable: 'MAX_ATTEMPTS',
    default: 3,
    unit: 'attempts',
    meaning:
      'How often the AI service is called for one request before it fails. What reached nobody, and 429, do not count.',
    allowed: wholeNumber(1, 100),
  }),
  /** Without a slash at its end. */
  aiServiceBaseUrl: define({
    key: 'ipc_worker.ai_service_base_url',
    variable: 'AI_SERVICE_BASE_URL',
    default: 'http://127.0.0.1:8000',
    unit: '',
    meaning: 'The AI service; the endpoint of a request is appended to it.',
    allowed: baseUrl(),
    isInDocument: true,
  }),
  aiServiceTimeoutSeconds: define({
    key: 'ipc_worker.ai_service_timeout',
    variable: 'AI_SERVICE_TIMEOUT',
    default: 10,
    unit: 's',
    meaning: 'The longest time that one attempt may take.',
    allowed: wholeNumber(1, 3600),
    isInDocument: true,
  }),
  aiServiceHeaders: define<Readonly<Record<string, string>>>({
    key: 'ipc_worker.ai_service_headers',
    variable: 'AI_SERVICE_HEADERS',
    default: {},
    unit: '',
    meaning: 'HTTP headers sent with each call: the place for the key of the AI service.',
    allowed: headers(),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in when the file is read.
    example: { Authorization: 'Bearer ${AI_SERVICE_KEY}' },
  }),
  /** The full path of a PEM file, or `system`; null for none. */
  aiServiceCaFile: define<string | null>({
    key: 'ipc_worker.ai_service_ca',
    variable: 'AI_SERVICE_CA',
    default: null,
    unit: '',
    meaning:
      'A PEM file with the certificate of the authority that signed the one of the AI service, for https; system: those that this machine trusts. Left out: those that Node knows, and NODE_EXTRA_CA_CERTS of the environment.',
    allowed: optional(caPlace(), '(none)'),
    example: '/etc/ai-ipc/ai-service-ca.pem',
  }),
  maxResponseBytes: define({
    key: 'ipc_worker.max_response_bytes',
    variable: 'MAX_RESPONSE_BYTES',
    default: 16_384,
    unit: 'bytes',
    meaning: 'A longer answer fails its request. The map server crashes when mes shows 33,000 bytes.',
    allowed: wholeNumber(256, 1_048_576),
  }),
  /** host:port, with [ ] around an IPv6 address; null when it is off. */
  doorbellBind: define<string | null>({
    key: 'ipc_worker.doorbell_bind',
    variable: 'DOORBELL_BIND',
    default: '127.0.0.1:0',
    unit: '',
    meaning:
      'Where the worker listens for the UDP datagrams that say that there is work; off: it polls alone.',
    allowed: hostAndPortOrOff('host:port (port 0 takes a free one), or off for polling alone'),
  }),
  /** host:port, to be published in place of the address of doorbellBind; null when it is not set. */
  doorbellAdvertise: define<string | null>({
    key: 'ipc_worker.doorbell_advertise',
    variable: 'DOORBELL_ADVERTISE',
    default: null,
    unit: '',
    meaning: 'Where clients on other machines send those datagrams; give doorbell_bind a fixed port then.',
    allowed: optional(hostAndPort('host:port, with a port from 1 to 65535'), '(none)'),
    example: 'map-host.example:4000',
  }),
  /** host:port, with [ ] around an IPv6 address; null when it is off. */
  metricsListen: define<string | null>({
    key: 'ipc_worker.metrics_listen',
    variable: 'METRICS_LISTEN',
    default: null,
    unit: '',
    meaning:
      'Where the worker serves /metrics, /healthz and /readyz: host:port, such as 127.0.0.1:9464; off: nowhere.',
    allowed: hostAndPortOrOff('host:port (port 0 takes a free one), or off'),
    example: '127.0.0.1:9464',
  }),
  logLevel: define<'debug' | 'info' | 'warn' | 'error'>({
    key: 'ipc_worker.log_level',
    variable: 'LOG_LEVEL',
    default: 'info',
    unit: '',
    meaning:
      'The least important kind of log line that worker and AI service write: debug, info, warn or error. What players say is in none of them.',
    allowed: oneOf(['debug', 'info', 'warn', 'error']),
  }),
  /** An absolute path; null where lines go to the standard output or error. */
  logFolder: define<string | null>({
    key: 'ipc_worker.log_folder',
    variable: 'LOG_FOLDER',
    default: null,
    unit: '',
    meaning:
      'A folder for the log files ai-ipc-worker.log and ai-ipc-service.log, where nothing collects what programs print (Windows). Without it lines go to standard output (worker) and error (service).',
    allowed: optional(filePath('a folder, which is made where it is missing'), '(none)'),
    example: 'logs',
  }),
  logFileMb: define({
    key: 'ipc_worker.log_file_mb',
    variable: 'LOG_FILE_MB',
    default: 10,
    unit: 'MB',
    meaning: 'At this size a log file is put aside as NAME.log.1; four such are kept.',
    allowed: wholeNumber(1, 1_000),
  }),
  hasDashboard: define({
    key: 'ipc_worker.dashboard',
    variable: 'DASHBOARD',
    default: false,
    unit: '',
    meaning: 'true: the worker also shows the dashboard; `ai-ipc dashboard` does it without a worker.',
    allowed: yesOrNo(),
  }),
  /** host:port */
  dashboardBind: define({
    key: 'ipc_worker.dashboard_bind',
    variable: 'DASHBOARD_BIND',
    default: '127.0.0.1:8010',
    unit: '',
    meaning: 'Where the dashboard listens; on an address that others can reach only with dashboard_token.',
    allowed: hostAndPortToListenOn(),
  }),
  /** Empty where there is none. */
  dashboardToken: define({
    key: 'ipc_worker.dashboard_token',
    variable: 'DASHBOARD_TOKEN',
    default: '',
    unit: '',
    meaning:
      'Who brings it may look at the dashboard and act; without it, whoever is on this machine may look, and act only by the token that `ai-ipc dashboard` prints.',
    allowed: longSecret(16),
  }),
} as const;

/** The settings of the MariaDB database, in use when that is chosen. */
export const MARIADB = {
  host: define({
    key: 'database.mariadb.host',
    variable: 'DB_HOST',
    default: '127.0.0.1',
    unit: '',
    meaning:
      'The database server, or the path of its socket. Of several, such as `db1,db2:3307,[::1]`, which must have the same data (Galera), the first that serves is used, and the first of all as soon as it serves again.',
    allowed: hostsOrSocket(),
    isInDocument: true,
  }),
  port: define({
    key: 'database.mariadb.port',
    variable: 'DB_PORT',
    default: 3306,
    unit: '',
    meaning: 'The TCP port of the database server, where DB_HOST names none; of no use with a socket.',
    allowed: wholeNumber(1, 65_535),
    isInDocument: true,
  }),
  user: define({
    key: 'database.mariadb.user',
    variable: 'DB_USER',
    default: 'ragnarok',
    unit: '',
    meaning: 'The database user.',
    // MariaDB's limit for a user name is 128 characters, for a database 64.
    allowed: plainText('a user name of 1 to 128 characters', 128),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in when the file is read.
    example: '${DB_USER}',
    isInDocument: true,
  }),
  password: define({
    key: 'database.mariadb.password',
    variable: 'DB_PASSWORD',
    default: '',
    isRequired: true,
    unit: '',
    meaning: 'The password of that user. It must be set, and may be empty.',
    allowed: secretText(),
    isInDocument: true,
  }),
  database: define({
    key: 'database.mariadb.database',
    variable: 'DB_NAME',
    default: 'ragnarok',
    unit: '',
    meaning: 'The database that holds the tables: the one of rAthena, where the game looks for them.',
    allowed: plainText('a database name of 1 to 64 characters', 64),
    isInDocument: true,
  }),
  minPoolSize: define({
    key: 'database.mariadb.min_pool_size',
    variable: 'DB_MIN_POOL_SIZE',
    default: 5,
    unit: 'connections',
    meaning: 'The worker keeps at least this many connections open.',
    allowed: wholeNumber(1, 500),
    isInDocument: true,
  }),
  maxPoolSize: define({
    key: 'database.mariadb.max_pool_size',
    variable: 'DB_MAX_POOL_SIZE',
    default: 20,
    unit: 'connections',
    meaning: 'The pool opens at most this many; claim, settle, heartbeat and maintenance are counted in.',
    // One each for claim, settle, heartbeat and maintenance.
    allowed: wholeNumber(4, 500),
    isInDocument: true,
  }),
  ssl: define<SslMode>({
    key: 'database.mariadb.ssl',
    variable: 'DB_SSL',
    default: 'preferred',
    unit: '',
    meaning:
      'Whether connections are encrypted, as with `--ssl-mode` of MySQL. preferred: where the server offers TLS; required: always; neither checks who the server is. verify-ca checks its certificate, verify-full also the name of the host in it. With ssl_ca alone it is verify-full.',
    allowed: oneOf(SSL_MODES),
  }),
  /** The full path of a PEM file; null for none. */
  sslCaFile: define<string | null>({
    key: 'database.mariadb.ssl_ca',
    variable: 'DB_SSL_CA',
    default: null,
    unit: '',
    meaning:
      'A PEM file with the certificate of the authority that signed the one of the server. Without it, verify-ca and verify-full take the authorities that Node knows, and MariaDB from 11.4 on shows by the password who it is.',
    allowed: optional(filePath('the path of a PEM file; left out for none'), '(none)'),
    example: '/etc/ai-ipc/ca.pem',
  }),
} as const;

/** The settings of the embedded database, in use when MariaDB is not chosen. */
export const SQLITE = {
  /** A full path. */
  file: define({
    key: 'database.sqlite.file',
    variable: 'SQLITE_FILE',
    default: './ai_ipc.sqlite',
    unit: '',
    meaning: 'The file of the embedded database; it is made when it is missing.',
    allowed: filePath('the path of a file'),
  }),
} as const;

/** Every setting, in the order in which people are shown them. */
export const ALL_SETTINGS: readonly Setting<unknown>[] = [
  ...Object.values(WORKER),
  ...Object.values(MODEL_SERVER),
  ...Object.values(MODELS),
  ...Object.values(SERVICE),
  ...Object.values(ALERT),
  ...Object.values(MARIADB),
  ...Object.values(SQLITE),
];

/** Settings whose values are shown nowhere. */
export const SECRETS = ALL_SETTINGS.filter(({ allowed }) => allowed.isSecret);
