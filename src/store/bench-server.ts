import { randomBytes } from 'node:crypto';
import { AiIpcError } from '../base/errors.ts';
import type { MariadbSettings } from '../config/settings.ts';
import type { Database, Row } from '../database/database.ts';
import { mariadbName } from '../database/database-name.ts';
import { atHost, hasSeveralHosts } from '../database/hosts.ts';
import { connectLikePool, openMariadbPool } from '../database/mariadb-pool.ts';
import { numberOf, textOf } from '../database/row-fields.ts';
import {
  BENCH_MARK,
  type BenchGround,
  type BenchPlace,
  type OtherPlace,
  type Others,
  type Stranger,
} from './bench-place.ts';
import { readGroundFacts } from './bench-server-facts.ts';
import { quotedName } from './grants.ts';

const PREFIX = 'ai_ipc_bench_';
const FORM = /^ai_ipc_bench_[0-9a-f]{12}$/;
/** Each server has it, and each user may go into it. */
const EVERYBODYS = 'information_schema';
/** All that migrate and a bench make in a database. */
const OURS = /^ai_\w+$/;

const FIND_NAMES = `
  SELECT SCHEMA_NAME AS name
    FROM information_schema.SCHEMATA
   WHERE SCHEMA_NAME REGEXP '^ai_ipc_bench_[0-9a-f]{12}$'
   ORDER BY SCHEMA_NAME`;
const FIND_TABLES = 'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?';
const WHO = 'SELECT CURRENT_USER() AS account';

/** In the place of a bench; `seen_at` by the server's clock. */
const MAKE_MARK = (name: string) => `
  CREATE TABLE ${quotedName(name)}.ai_ipc_bench (
    mark VARCHAR(60) NOT NULL PRIMARY KEY,
    owner VARCHAR(200) NOT NULL,
    beats INT UNSIGNED NOT NULL DEFAULT 0,
    started_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    seen_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`;
const INSERT_MARK = (name: string) => `
  INSERT INTO ${quotedName(name)}.ai_ipc_bench (mark, owner) VALUES (?, ?)`;
const READ_MARK = (name: string) => `
  SELECT owner, CAST(beats AS CHAR) AS beat, CAST(started_at AS CHAR) AS started_at,
         TIMESTAMPDIFF(SECOND, seen_at, NOW(6)) * 1000 AS silent_ms
    FROM ${quotedName(name)}.ai_ipc_bench
   WHERE mark = ?`;
const BEAT = (name: string) => `
  UPDATE ${quotedName(name)}.ai_ipc_bench SET beats = beats + 1, seen_at = NOW(6) WHERE mark = ?`;
const CREATE = (name: string) => `CREATE DATABASE ${quotedName(name)} CHARACTER SET utf8mb4`;
const DROP = (name: string) => `DROP DATABASE IF EXISTS ${quotedName(name)}`;

/** A server of MariaDB or MySQL, over one connection. Of several hosts it is the one that serves. */
export async function openBenchServer(settings: MariadbSettings): Promise<BenchGround> {
  const serving = await servingOf(settings);
  const server = openMariadbPool({ ...serving, database: EVERYBODYS, minPoolSize: 0, maxPoolSize: 1 });
  try {
    const name = mariadbName(serving).replace(/\/[^/]*$/, '');
    const facts = await readGroundFacts(server, name);
    return {
      name,
      facts,
      findOthers: () => findOthers(server),
      removeOther: (other) => removeOther(server, other),
      make: (owner) => make(server, serving, owner),
      close: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** All that a bench does is done on one of them: another one may be behind. */
async function servingOf(settings: MariadbSettings): Promise<MariadbSettings> {
  if (!hasSeveralHosts(settings)) return settings;
  const { place, cut } = await connectLikePool({ ...settings, database: EVERYBODYS });
  cut();
  return atHost(settings, place);
}

async function make(server: Database, settings: MariadbSettings, owner: string): Promise<BenchPlace> {
  const name = `${PREFIX}${randomBytes(6).toString('hex')}`;
  try {
    // In one packet: whatever ends this process, there is no database without its mark.
    await server.queryAll([
      { sql: CREATE(name), values: [] },
      { sql: MAKE_MARK(name), values: [] },
      { sql: INSERT_MARK(name), values: [BENCH_MARK, owner.slice(0, 200)] },
    ]);
  } catch (error) {
    throw error instanceof AiIpcError && error.code === 'database_denied'
      ? await mayNotMake(server, settings, error)
      : error;
  }
  return {
    name,
    settings: { ...settings, kind: 'mariadb', database: name },
    beat: async () => {
      await server.execute(BEAT(name), [BENCH_MARK]);
    },
    remove: async () => {
      await server.execute(DROP(name));
    },
  };
}

async function mayNotMake(
  server: Database,
  settings: MariadbSettings,
  cause: AiIpcError,
): Promise<AiIpcError> {
  const [who] = await server.query(WHO);
  const account = textOf(who ?? {}, 'account').replace(/^(.*)@([^@]*)$/, "'$1'@'$2'");
  return new AiIpcError(
    'database_denied',
    `${mariadbName(settings)}: the account ${account} may not make a database, and a bench works in one of its own. Nothing ` +
      'was changed. Come as the administrator of the server: sudo ai-ipc bench --db-admin (root through the socket), or ' +
      '--db-admin root@host with his password in DB_ADMIN_PASSWORD. Or have him give this account the right: ' +
      `GRANT ALL PRIVILEGES ON ${quotedName(`${PREFIX}%`.replaceAll('_', '\\_'))}.* TO ${account}`,
    { cause },
  );
}

/** Those that this account may see. */
async function findOthers(server: Database): Promise<Others> {
  const rows = await server.query(FIND_NAMES);
  const names = rows.map((row) => textOf(row, 'name')).filter((name) => FORM.test(name));
  const places: OtherPlace[] = [];
  const strangers: Stranger[] = [];
  for (const name of names) {
    const other = await look(server, name);
    if (other === undefined) continue;
    if ('why' in other) strangers.push(other);
    else places.push(other);
  }
  return { places, strangers };
}

/** undefined where it has gone meanwhile. */
async function look(server: Database, name: string): Promise<OtherPlace | Stranger | undefined> {
  const tables = (await server.query(FIND_TABLES, [name])).map((row) => textOf(row, 'name'));
  const foreign = tables.filter((table) => !OURS.test(table));
  if (foreign.length > 0)
    return { name, why: `it has tables that no bench makes (${foreign.slice(0, 3).join(', ')})` };
  const noMark = { name, why: 'there is no mark of ai-ipc bench in it' };
  if (!tables.includes('ai_ipc_bench')) return (await isThere(server, name)) ? noMark : undefined;
  const mark = await server.query(READ_MARK(name), [BENCH_MARK]).catch(noneIfGone);
  if (mark === undefined) return undefined;
  return mark[0] === undefined ? noMark : placeOf(name, mark[0]);
}

function placeOf(name: string, row: Row): OtherPlace {
  return {
    name,
    owner: textOf(row, 'owner'),
    startedAt: textOf(row, 'started_at'),
    beat: textOf(row, 'beat'),
    silentMs: numberOf(row, 'silent_ms'),
  };
}

async function isThere(server: Database, name: string): Promise<boolean> {
  return (await server.query(FIND_NAMES)).some((row) => row['name'] === name);
}

/** Its bench ended between the two looks. */
function noneIfGone(error: unknown): undefined {
  const isGone = error instanceof AiIpcError && ['schema_missing', 'database_unknown'].includes(error.code);
  if (!isGone) throw error;
}

/** Looked at once more: what is deleted is what was seen. */
async function removeOther(server: Database, name: string): Promise<void> {
  const other = FORM.test(name) ? await look(server, name) : undefined;
  if (other === undefined || 'why' in other) return;
  await server.execute(DROP(name));
}
