import { maskUrl, quote } from './allowed.ts';
import type { Variables } from './env-file.ts';
import { MARIADB, SQLITE } from './schema.ts';

/** Which database is used, and what the command line says of it. */
export interface DatabaseChoice {
  readonly kind: 'mariadb' | 'sqlite';
  /** What chose it, for people; undefined when nothing did and it is the default. */
  readonly reason?: string;
  /** Parts that were given with --database, by key. They beat everything else. */
  readonly parts: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

export interface ChoiceOptions {
  readonly database: string | undefined;
  readonly env: Variables;
  readonly envFile: Variables;
}

/** MariaDB by --database or by one of four variables; else the embedded database. */
export function chooseDatabase({ database, env, envFile }: ChoiceOptions): DatabaseChoice {
  if (database !== undefined) return chosenByOption(database);
  const variables = [MARIADB.host, MARIADB.database, MARIADB.user, MARIADB.password].map((s) => s.variable);
  const inEnvironment = variables.find((name) => env[name] !== undefined);
  if (inEnvironment !== undefined) return choice('mariadb', `${inEnvironment} in the environment`);
  const inFile = variables.find((name) => envFile[name] !== undefined);
  if (inFile !== undefined) return choice('mariadb', `${inFile} in .env`);
  return { kind: 'sqlite', parts: new Map(), problems: [] };
}

function chosenByOption(database: string): DatabaseChoice {
  const [, scheme = '', rest] = /^([a-z]+)(?::(.*))?$/is.exec(database) ?? [];
  const kind = SCHEMES[scheme.toLowerCase()];
  if (kind === undefined) return refused(database, 'It begins with neither mariadb nor sqlite');
  if (rest === undefined) return choice(kind, '--database');
  return kind === 'sqlite' ? sqliteAt(database, rest) : mariadbAt(database);
}

const SCHEMES: Readonly<Record<string, DatabaseChoice['kind']>> = {
  mariadb: 'mariadb',
  mysql: 'mariadb',
  sqlite: 'sqlite',
};

/** sqlite:path, sqlite:/path and, as other programs write it, sqlite:///path. */
function sqliteAt(database: string, path: string): DatabaseChoice {
  if (path === '') return refused(database, 'The path is missing');
  if (/^\/\/[^/]/.test(path))
    return refused(database, 'After sqlite:// a host would follow, and a file has none');
  return choice('sqlite', '--database', [[SQLITE.file.key, path.replace(/^\/{2,}/, '/')]]);
}

function mariadbAt(database: string): DatabaseChoice {
  if (!/^[a-z]+:\/\//i.test(database)) return refused(database, '// is missing after the first colon');
  // Several hosts are no host of a URL: one stands for all of them while the rest is read.
  const [, start, hosts, end] = /^([a-z]+:\/\/(?:[^/?#]*@)?)([^/?#@]*,[^/?#@]*)(.*)$/is.exec(database) ?? [];
  const address = hosts === undefined ? database : `${start}hosts${end}`;
  if (!URL.canParse(address)) return refused(database, 'It is no address; percent-encode special characters');
  const url = new URL(address);
  if (url.search !== '' || url.hash !== '')
    return refused(database, 'It has a ? or a #; settings go elsewhere');
  const parts: [string, string][] = [
    [MARIADB.host.key, hosts ?? url.hostname.replace(/^\[(.*)\]$/, '$1')],
    [MARIADB.port.key, url.port],
    [MARIADB.user.key, url.username],
    [MARIADB.password.key, url.password],
    [MARIADB.database.key, url.pathname.slice(1)],
  ];
  try {
    const given = parts
      .filter(([, text]) => text !== '')
      .map(([key, text]) => [key, decodeURIComponent(text)] as const);
    return choice('mariadb', '--database', given);
  } catch {
    // URIError, whose message says nothing of use.
    return refused(database, 'It has a % that is not followed by two hex digits');
  }
}

function choice(
  kind: DatabaseChoice['kind'],
  reason: string,
  parts: readonly (readonly [string, string])[] = [],
): DatabaseChoice {
  return { kind, reason, parts: new Map(parts), problems: [] };
}

function refused(database: string, why: string): DatabaseChoice {
  const problem =
    `--database is ${quote(maskUrl(database))}. ${why}. ` +
    'Allowed: mariadb, mariadb://user@host:port/database, sqlite or sqlite:file.';
  return { kind: 'sqlite', reason: '--database', parts: new Map(), problems: [problem] };
}
