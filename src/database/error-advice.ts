import type { ErrorCode } from '../base/errors.ts';
import type { SeenLine } from './seen-line.ts';

export interface Trouble {
  readonly errno: number | undefined;
  readonly code: ErrorCode;
  /** What the server said. */
  readonly words: string;
  /** Of the connection that was refused. */
  readonly line?: SeenLine | undefined;
}

/** What an admin can do about an error of the database, in a sentence or two; '' where nothing is known. */
export function adviceFor({ errno, code, words, line }: Trouble): string {
  const special = errno === undefined ? undefined : BY_ERRNO.get(errno);
  if (typeof special === 'function') return special(words, line);
  return special ?? BY_CODE[code] ?? '';
}

type Advice = string | ((words: string, line: SeenLine | undefined) => string);

const RIGHTS = 'Give this user the rights of deploy/grants.sql, or use one that has them (DB_USER).';
const MISSING_INDEX = 'Run `ai-ipc migrate`: it makes each index again that is missing.';
export const READ_ONLY =
  'This server takes no writes: a replica, or the old primary after a failover. Have DB_HOST and DB_PORT lead to the ' +
  'primary (the worker goes on by itself then), or switch this one to writing.';
const INNODB_READ_ONLY =
  'InnoDB is read-only there (innodb_read_only, innodb_force_recovery): have DB_HOST lead to another server, or mend that.';
const OTHER_LOGIN =
  'The account has a way to log in that is too old or too new: ALTER USER … IDENTIFIED BY sets the password anew. Or a ' +
  'proxy in between does not know that way: have DB_HOST and DB_PORT lead to the server itself.';
const SHUTTING_DOWN = 'The server is being stopped: start it, or have DB_HOST lead to another one.';
const NO_CONNECTION_LEFT =
  'End other connections, or raise max_connections of the server; this program opens up to max_pool_size.';

/** Where the number tells more than the code. */
const BY_ERRNO: ReadonlyMap<number, Advice> = new Map<number, Advice>([
  [1045, adviceForRefusedLogin],
  // A server tells whoever has no right on a database not even whether there is one.
  [
    1044,
    'Check DB_NAME: there is no such database, or this user has no rights on it (deploy/grants.sql; those of a role count only with SET DEFAULT ROLE).',
  ],
  [
    1130,
    'No account may come from this host: CREATE USER one with it, or check DB_HOST (a proxy has its own address).',
  ],
  [
    1698,
    'The account has another way to log in than a password, such as unix_socket: use one with a password (DB_USER).',
  ],
  [
    1524,
    'The account has a way to log in that this server does not know: ALTER USER … IDENTIFIED BY sets a password.',
  ],
  [1251, OTHER_LOGIN],
  [1275, OTHER_LOGIN],
  // The driver's own: the server asks for a way that it does not know.
  [45_025, OTHER_LOGIN],
  [3118, 'ALTER USER … ACCOUNT UNLOCK.'],
  [4151, 'ALTER USER … ACCOUNT UNLOCK.'],
  [1820, 'The password has expired: ALTER USER … IDENTIFIED BY a new one, and set DB_PASSWORD.'],
  [1862, 'The password has expired: ALTER USER … IDENTIFIED BY a new one, and set DB_PASSWORD.'],
  [1176, MISSING_INDEX],
  [1142, RIGHTS],
  [1143, RIGHTS],
  [1227, RIGHTS],
  [1370, RIGHTS],
  [
    1129,
    'The server blocks this host after handshakes that broke off (a check of a proxy, often): on MySQL TRUNCATE TABLE performance_schema.host_cache, else FLUSH HOSTS, and mend that check.',
  ],
  [
    1205,
    'A transaction that somebody left open holds a row or a table (`ai-ipc doctor` names it), or a backup has locked the tables (SHOW PROCESSLIST shows it).',
  ],
  [
    1180,
    (words) =>
      /\b90\b/.test(words)
        ? 'The transaction is larger than Galera sends to its nodes: raise wsrep_max_ws_size, or store less at once.'
        : 'The COMMIT failed and was undone: on Galera for a conflict with another node, or since this one is being cut off. It is tried again.',
  ],
  [3159, (_, line) => `The server demands TLS (require_secure_transport). ${remedyForDemand(line)}.`],
  [
    1665,
    "SET GLOBAL binlog_format = ROW (and in the server's settings, in place of STATEMENT): a worker that runs goes on by itself then, over new connections.",
  ],
  [1290, (words) => (/read.?only/i.test(words) ? READ_ONLY : 'Start the server without this option.')],
  [1792, READ_ONLY],
  [1836, INNODB_READ_ONLY],
  [1874, INNODB_READ_ONLY],
  [1881, INNODB_READ_ONLY],
  [1036, INNODB_READ_ONLY],
  [
    1047,
    "This node is cut off from its Galera cluster, or is joining: SHOW STATUS LIKE 'wsrep%'. It is tried again, over new connections.",
  ],
  [
    3100,
    'This server is cut off from its replication group, or is joining it: have DB_HOST lead to its primary.',
  ],
  [3168, SHUTTING_DOWN],
  [
    3032,
    'The server is offline for all but its admins (offline_mode): switch that off, or have DB_HOST lead to another one.',
  ],
  [1053, SHUTTING_DOWN],
  [1927, 'Somebody ended this connection (KILL); it is tried again over a new one.'],
  [3169, 'Somebody ended this connection (KILL); it is tried again over a new one.'],
  [1317, 'Somebody ended this statement (KILL QUERY); it is tried again.'],
  [1969, 'The statement took too long: look at the load of the server, and at what SHOW PROCESSLIST names.'],
  [3024, 'The statement took too long: look at the load of the server, and at what SHOW PROCESSLIST names.'],
  [1040, NO_CONNECTION_LEFT],
  [
    1203,
    "This user has as many connections as the server gives one (max_user_connections): raise that in the server's settings, or lower max_pool_size, and end other programs of this user.",
  ],
  [1226, adviceForAccountLimit],
]);

const BY_CODE: Partial<Record<ErrorCode, string>> = {
  database_denied: 'Check DB_USER, DB_PASSWORD and the rights of that user (deploy/grants.sql).',
  database_unknown: 'Check DB_NAME, or create the database and run `ai-ipc migrate`.',
  schema_missing: 'Run `ai-ipc migrate`.',
  schema_old: 'Run `ai-ipc migrate`.',
  database_unavailable: 'Check that the server runs and that DB_HOST and DB_PORT name it.',
  storage_failed: 'Make room on the disk of the database; nothing is lost, it is tried again.',
};

/**
 * The server names whom it took us for. Without names it sees the address of this machine (skip_name_resolve), for which
 * an account @'localhost' does not count; and MariaDB before 11 says the same where the account must use TLS.
 */
function adviceForRefusedLogin(words: string, line: SeenLine | undefined): string {
  const [, user = '', host = ''] = /'([^']*)'@'([^']*)'/.exec(words) ?? [];
  const causes = ['DB_USER, DB_PASSWORD and the rights of that user (deploy/grants.sql)'];
  if (host === '127.0.0.1' || host === '::1') {
    causes.push(
      `the account's host: the server looks up no names (skip_name_resolve) and sees ${host}, so '${user}'@'localhost' ` +
        `does not count. Set DB_HOST to the server's socket (often /run/mysqld/mysqld.sock), or CREATE USER '${user}'@'${host}'`,
    );
  }
  causes.push(tlsCause(line));
  return `Check ${causes.join('; ')}.`;
}

function tlsCause(line: SeenLine | undefined): string {
  if (line?.hasTls)
    return (
      'whether the account demands a certificate of its client (REQUIRE X509, ISSUER or SUBJECT), which this program has ' +
      'none of: then ALTER USER … REQUIRE SSL'
    );
  if (line?.greeting?.kind === 'server' && !line.offersTls)
    return 'whether the account demands TLS (REQUIRE SSL), which this server does not offer: then ALTER USER … REQUIRE NONE';
  return `whether the server or the account demands TLS (require_secure_transport, REQUIRE SSL): then ${remedyForDemand(line)}`;
}

function remedyForDemand(line: SeenLine | undefined): string {
  return line?.whyPlain === undefined
    ? 'set DB_SSL=required'
    : `mend what keeps it from being used (${line.whyPlain})`;
}

function adviceForAccountLimit(words: string): string {
  const [, resource = ''] = /'(max_\w+)' resource/.exec(words) ?? [];
  const option = LIMITS[resource];
  const remedy =
    option === undefined ? 'Raise that limit' : `ALTER USER … WITH ${option} 0 takes the limit away`;
  const isOfConnections = resource === 'max_user_connections';
  return isOfConnections
    ? `${remedy}; or lower max_pool_size, and end other programs of this user.`
    : `${remedy}.`;
}

const LIMITS: Readonly<Record<string, string>> = {
  max_user_connections: 'MAX_USER_CONNECTIONS',
  max_connections_per_hour: 'MAX_CONNECTIONS_PER_HOUR',
  max_questions: 'MAX_QUERIES_PER_HOUR',
  max_queries_per_hour: 'MAX_QUERIES_PER_HOUR',
  max_updates: 'MAX_UPDATES_PER_HOUR',
  max_updates_per_hour: 'MAX_UPDATES_PER_HOUR',
};
