import { AiIpcError } from '../base/errors.ts';
import type { Query } from './check-schema.ts';

/** What a server tells of itself, and of the session that asks. */
export interface ServerFacts {
  /** Variables of this session, by name; what this server does not know is not there. */
  readonly session: ReadonlyMap<string, string>;
  readonly global: ReadonlyMap<string, string>;
  /** What this account may, such as `MAX_QUERIES_PER_HOUR` → 100; what has no limit is not there. */
  readonly accountLimits: ReadonlyMap<string, number>;
  /** By how much the server's clock is ahead of this machine's; negative where it is behind. */
  readonly clockAheadMs: number;
  /** Whether the tables are there. */
  readonly hasTables: boolean;
}

/** What stands in the way: with `needsAdmin`, nothing works until an admin has mended it. */
export interface Finding {
  readonly check: string;
  readonly needsAdmin: boolean;
  /** What is so, with its value. */
  readonly reason: string;
  /** What to do. */
  readonly remedy: string;
}

export interface ServerCheck {
  readonly name: string;
  /** Who it matters to. */
  readonly of: readonly Purpose[];
  readonly look: (facts: ServerFacts) => Omit<Finding, 'check'> | undefined;
}

/** serve: a worker, a client or the AI service. migrate: whoever makes tables. */
export type Purpose = 'serve' | 'migrate';

const ALL: readonly Purpose[] = ['serve', 'migrate'];
/** An index entry takes at most 768 bytes in pages of 4 KiB and 1,536 in those of 8; two ids of 200 characters have 1,600. */
const LEAST_PAGE_BYTES = 16_384;
/** A request of 65,535 bytes, each escaped, with what else stands in its statement. */
const LEAST_PACKET_BYTES = 262_144;
/** A worker at rest makes some 15,000 statements an hour: heartbeats, looks, maintenance. */
const STATEMENTS_PER_HOUR = 15_000;
/** Times of the log and of the tables would not fit together. */
const MOST_CLOCK_MS = 60_000;

/** Each with its reason and its remedy. `ai-ipc worker` and `ai-ipc migrate` go through them before anything fails. */
export const SERVER_CHECKS: readonly ServerCheck[] = [
  {
    name: 'binlog_format',
    of: ALL,
    look: ({ session, global }) =>
      session.get('binlog_format') === 'STATEMENT' && global.get('log_bin') === 'ON'
        ? mustMend(
            'The binary log is written by statement (binlog_format=STATEMENT), which takes nothing from READ COMMITTED (error 1665).',
            "SET GLOBAL binlog_format = ROW, and the same in the server's settings; connections that are open keep the old one.",
          )
        : undefined,
  },
  {
    name: 'session',
    of: ALL,
    look: ({ session }) => {
      const wrong = SESSION.filter(({ names, is }) => !names.some((name) => is(session.get(name))));
      if (wrong.length === 0) return undefined;
      const found = wrong.map(({ names }) => settingOf(names, session)).join(', ');
      return mustMend(
        `Sessions do not stay as they were set (${found}): a proxy in between gives each statement another connection.`,
        'Have DB_HOST and DB_PORT lead to the server itself, or keep the proxy from sharing connections (multiplexing).',
      );
    },
  },
  {
    name: 'page_size',
    of: ['migrate'],
    look: ({ global, hasTables }) => {
      const bytes = Number(global.get('innodb_page_size') ?? LEAST_PAGE_BYTES);
      if (hasTables || bytes >= LEAST_PAGE_BYTES) return undefined;
      return mustMend(
        `InnoDB has pages of ${bytes} bytes here (innodb_page_size), and the rows and keys of AI IPC need ${LEAST_PAGE_BYTES}.`,
        'Use a server whose data folder was made with innodb_page_size=16k (the default) or more: it cannot be changed later.',
      );
    },
  },
  {
    name: 'engine',
    of: ['migrate'],
    look: ({ session }) => {
      const engine = session.get('enforce_storage_engine') ?? '';
      if (engine === '' || /^(null|innodb)$/i.test(engine)) return undefined;
      return mustMend(
        `The server makes every table in the engine ${engine} (enforce_storage_engine), and AI IPC needs InnoDB.`,
        "SET GLOBAL enforce_storage_engine = NULL (and in the server's settings).",
      );
    },
  },
  {
    name: 'disabled_engine',
    of: ['migrate'],
    look: ({ global, hasTables }) => {
      const engines = global.get('disabled_storage_engines') ?? '';
      if (hasTables || !/\binnodb\b/i.test(engines)) return undefined;
      return mustMend(
        `The server makes no table in InnoDB (disabled_storage_engines=${engines}), and AI IPC needs it.`,
        "Take InnoDB out of disabled_storage_engines in the server's settings, and restart it.",
      );
    },
  },
  {
    name: 'packet',
    of: ALL,
    look: ({ session }) => {
      const bytes = Number(session.get('max_allowed_packet') ?? LEAST_PACKET_BYTES);
      if (bytes >= LEAST_PACKET_BYTES) return undefined;
      return mayMend(
        `The server takes statements of ${bytes} bytes at most (max_allowed_packet): long requests and answers are refused.`,
        "SET GLOBAL max_allowed_packet = 16777216 (and in the server's settings).",
      );
    },
  },
  {
    name: 'account_connections',
    of: ['serve'],
    look: ({ session }) => {
      const most = Number(session.get('max_user_connections') ?? 0);
      if (most === 0 || most >= 3) return undefined;
      return mayMend(
        `This account may have ${most} connection${most === 1 ? '' : 's'} (max_user_connections): all of a worker's work and its heartbeat share ${most === 1 ? 'it' : 'them'}.`,
        'ALTER USER … WITH MAX_USER_CONNECTIONS 10, for each worker.',
      );
    },
  },
  {
    name: 'account_statements',
    of: ['serve'],
    look: ({ accountLimits }) => {
      const tooFew = [...accountLimits].filter(
        ([name, most]) => /_PER_HOUR$/.test(name) && most < STATEMENTS_PER_HOUR,
      );
      if (tooFew.length === 0) return undefined;
      const limits = tooFew.map(([name, most]) => `${name} ${most}`).join(', ');
      return mayMend(
        `This account is limited (${limits}), and a worker makes some ${STATEMENTS_PER_HOUR} statements an hour even at rest: it will stand still until the hour is over.`,
        `ALTER USER … WITH ${tooFew.map(([name]) => `${name} 0`).join(' ')}.`,
      );
    },
  },
  {
    name: 'event_scheduler',
    of: ['migrate'],
    look: ({ global }) => {
      const state = global.get('event_scheduler') ?? 'OFF';
      if (state === 'ON') return undefined;
      return mayMend(
        `The event scheduler of this server is off (event_scheduler=${state}), so the daily cleanup event does not run. The worker deletes old requests too.`,
        state === 'DISABLED'
          ? "To have them deleted without a worker: event_scheduler = ON in the server's settings, a restart, and `ai-ipc migrate` again."
          : "To have them deleted without a worker: SET GLOBAL event_scheduler = ON (and in the server's settings).",
      );
    },
  },
  {
    name: 'clock',
    of: ['serve'],
    look: ({ clockAheadMs }) => {
      if (Math.abs(clockAheadMs) < MOST_CLOCK_MS) return undefined;
      const seconds = Math.round(Math.abs(clockAheadMs) / 1000);
      return mayMend(
        `The clock of the database server is ${seconds} s ${clockAheadMs > 0 ? 'ahead of' : 'behind'} the one of this machine: requests are served all the same, but times of the log and of the tables do not fit together.`,
        'Have both set their clocks from the network (systemd-timesyncd, chrony).',
      );
    },
  },
];

/** What src/database/session.ts has set, read back. */
const SESSION: readonly {
  names: readonly [string, ...string[]];
  is: (value: string | undefined) => boolean;
}[] = [
  { names: ['transaction_isolation', 'tx_isolation'], is: (value) => value === 'READ-COMMITTED' },
  { names: ['autocommit'], is: (value) => value === 'ON' },
  { names: ['foreign_key_checks'], is: (value) => value === 'ON' },
  { names: ['completion_type'], is: (value) => value === 'NO_CHAIN' },
  { names: ['sql_mode'], is: (value) => /STRICT_TRANS_TABLES/.test(value ?? '') },
  { names: ['character_set_client'], is: (value) => value === 'utf8mb4' },
];

function settingOf(names: readonly string[], session: ReadonlyMap<string, string>): string {
  const name = names.find((candidate) => session.has(candidate)) ?? names.join(' or ');
  return `${name}=${session.get(name) ?? 'unknown'}`;
}

const VARIABLES = [
  ...SESSION.flatMap(({ names }) => names),
  'binlog_format',
  'enforce_storage_engine',
  'max_allowed_packet',
  'max_user_connections',
];
const GLOBAL_VARIABLES = ['log_bin', 'innodb_page_size', 'event_scheduler', 'disabled_storage_engines'];
const LIMITS = /\b(MAX_QUERIES_PER_HOUR|MAX_UPDATES_PER_HOUR|MAX_CONNECTIONS_PER_HOUR) (\d+)/g;

/** What is wrong with this server for this purpose, the worst first. */
export async function findServerFaults(query: Query, purpose: Purpose): Promise<Finding[]> {
  const facts = await readServerFacts(query);
  const findings = SERVER_CHECKS.filter((check) => check.of.includes(purpose)).flatMap(({ name, look }) => {
    const fault = look(facts);
    return fault === undefined ? [] : [{ check: name, ...fault }];
  });
  return findings.sort((one, other) => Number(other.needsAdmin) - Number(one.needsAdmin));
}

/** Throws AiIpcError (database_unsupported) for what only an admin can mend, and gives back the rest. */
export function refuseFaults(findings: readonly Finding[], name: string): Finding[] {
  const worst = findings.filter(({ needsAdmin }) => needsAdmin);
  if (worst.length > 0)
    throw new AiIpcError('database_unsupported', `${name}: ${worst.map(sentencesOf).join(' ')}`);
  return [...findings];
}

export function sentencesOf({ reason, remedy }: Finding): string {
  return `${reason} ${remedy}`;
}

async function readServerFacts(query: Query): Promise<ServerFacts> {
  const session = await variables(query, 'SESSION', VARIABLES);
  const global = await variables(query, 'GLOBAL', GLOBAL_VARIABLES);
  const accountLimits = await readAccountLimits(query);
  const [tables] = await query(
    "SELECT COUNT(*) AS number FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ai_npc_memory'",
  );
  const [clock] = await query('SELECT ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) AS ms');
  const clockAheadMs = Number(clock?.['ms']) - Date.now();
  return { session, global, accountLimits, clockAheadMs, hasTables: Number(tables?.['number']) > 0 };
}

async function variables(
  query: Query,
  scope: 'SESSION' | 'GLOBAL',
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const list = names.map((name) => `'${name}'`).join(', ');
  const rows = await query(`SHOW ${scope} VARIABLES WHERE Variable_name IN (${list})`);
  return new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
}

/** Whoever asks may see his own account. What stands there of the password goes no further than this function. */
async function readAccountLimits(query: Query): Promise<ReadonlyMap<string, number>> {
  const rows = await query('SHOW CREATE USER CURRENT_USER()').catch(() => {
    // A proxy or an old server that does not tell: then a limit is told when it is met.
    return [];
  });
  const text = Object.values(rows[0] ?? {}).join(' ');
  return new Map([...text.matchAll(LIMITS)].map(([, name = '', most]) => [name, Number(most)]));
}

function mustMend(reason: string, remedy: string): Omit<Finding, 'check'> {
  return { needsAdmin: true, reason, remedy };
}

function mayMend(reason: string, remedy: string): Omit<Finding, 'check'> {
  return { needsAdmin: false, reason, remedy };
}
