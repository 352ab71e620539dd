/** A database user as the server names it. */
export interface Account {
  readonly user: string;
  /** From where it comes: localhost, an address, %. */
  readonly host: string;
}

/** Rights on one thing: a whole database (`*`) or a table of it. */
export interface Grant {
  readonly rights: readonly string[];
  readonly database: string;
  readonly table: string;
}

/** The user of deploy/grants.sql that may do all that ai-ipc does: migrate, and what worker and service need. */
const WHO_MAY_ALL = "'ai_ipc_migrate'@'localhost'";
const DATABASE_IN_FILE = 'ragnarok';
const NAME = '(`(?:[^`]|``)+`|\\*)';
const GRANT = new RegExp(`^GRANT (.+?) ON ${NAME}\\.${NAME} TO `, 's');

/** What the file (deploy/grants.sql) gives the user that may do all, for a database of another name. */
export function grantsIn(file: string, database: string): Grant[] {
  const statements = file
    .replace(/^--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim());
  return statements
    .filter((statement) => statement.startsWith('GRANT ') && statement.endsWith(`TO ${WHO_MAY_ALL}`))
    .flatMap((statement) => parseGrant(statement) ?? [])
    .map((grant) => (grant.database === DATABASE_IN_FILE ? { ...grant, database } : grant));
}

/** One line of SHOW GRANTS; undefined for what gives no rights on tables (a role, a proxy). */
export function parseGrant(line: string): Grant | undefined {
  const [, rights, database, table] = GRANT.exec(line.replace(/\s+/g, ' ')) ?? [];
  if (rights === undefined || database === undefined || table === undefined) return undefined;
  return {
    rights: rights.split(',').map((right) => right.trim().toUpperCase()),
    database: unquoted(database),
    table: unquoted(table),
  };
}

/** Those of `wanted` that `had` does not cover, each with the rights that are missing. */
export function missingGrants(wanted: readonly Grant[], had: readonly Grant[]): Grant[] {
  return wanted.flatMap((grant) => {
    const covering = had.filter((one) => covers(one, grant)).flatMap(({ rights }) => rights);
    if (covering.some((right) => /^ALL( PRIVILEGES)?$/.test(right))) return [];
    const rights = grant.rights.filter((right) => !covering.includes(right));
    return rights.length === 0 ? [] : [{ ...grant, rights }];
  });
}

/** The statement that gives it. */
export function grantStatement({ rights, database, table }: Grant, account: string): string {
  const on = table === '*' ? '*' : quotedName(table);
  return `GRANT ${rights.join(', ')} ON ${quotedName(database)}.${on} TO ${account}`;
}

export function quotedName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function covers(had: Grant, wanted: Grant): boolean {
  if (had.database === '*') return true;
  if (!databaseMatches(had, wanted.database)) return false;
  return had.table === '*' || had.table === wanted.table;
}

/** On a whole database, _ and % stand for any character, unless a backslash is before them. */
function databaseMatches({ database, table }: Grant, name: string): boolean {
  if (table !== '*') return database === name;
  const pattern = database.replace(/\\([_%])|([_%])|[^\w]/g, (all, plain?: string, wild?: string) => {
    if (plain !== undefined) return plain;
    if (wild !== undefined) return wild === '_' ? '.' : '.*';
    return `\\${all}`;
  });
  return new RegExp(`^${pattern}$`).test(name);
}

function unquoted(name: string): string {
  return name === '*' ? name : name.slice(1, -1).replaceAll('``', '`');
}
