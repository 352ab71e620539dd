import { messageOf } from '../base/errors.ts';
import type { MariadbSettings } from '../config/settings.ts';
import { openMariadbPool } from '../database/mariadb-pool.ts';

/** What the user of a game server finds in the database, and what it may not. */
export interface GameSide {
  /** Of those that deploy/grants.sql gives the game, such as `DELETE on ai_requests`. */
  readonly missingRights: readonly string[];
  readonly characterSets: readonly string[];
  /** The character set of a connection that asks for none. */
  readonly connectionCodepage: string;
  /** The data of the last requests, the newest first. */
  readonly texts: readonly string[];
}

const MOST_TEXTS = 200;

/** Each does nothing, and is refused without the right. */
const RIGHTS: readonly (readonly [right: string, sql: string])[] = [
  ['SELECT on ai_requests', 'SELECT id FROM ai_requests LIMIT 0'],
  [
    'INSERT on ai_requests',
    "INSERT INTO ai_requests (request_type, endpoint) SELECT 'x', '/x' FROM DUAL WHERE FALSE",
  ],
  ['UPDATE on ai_requests', 'UPDATE ai_requests FORCE INDEX (PRIMARY) SET priority = 5 WHERE id = 0'],
  ['DELETE on ai_requests', 'DELETE ai_requests FROM ai_requests FORCE INDEX (PRIMARY) WHERE id = 0'],
  ['SELECT on ai_responses', 'SELECT id FROM ai_responses LIMIT 0'],
  [
    'INSERT on ai_request_log',
    "INSERT INTO ai_request_log (request_id, event_type) SELECT 0, 'x' FROM DUAL WHERE FALSE",
  ],
  ['SELECT on ai_workers', 'SELECT id FROM ai_workers LIMIT 0'],
  ['SELECT on ai_ipc_meta', 'SELECT name FROM ai_ipc_meta LIMIT 0'],
];
const CHARACTER_SETS = 'SELECT CHARACTER_SET_NAME AS name FROM information_schema.CHARACTER_SETS';
/** Our own connections set theirs; the server's is what a client without a setting is given. */
const CONNECTION_CODEPAGE = 'SELECT @@GLOBAL.character_set_client AS name';
const LAST_TEXTS = `SELECT request_data AS text FROM ai_requests ORDER BY id DESC LIMIT ${MOST_TEXTS}`;
/** "SELECT command denied to user"; a user who may not come at all is told "Access denied". */
const REFUSED = /\bcommand denied\b/i;

/** Looks with this user's own eyes. Changes nothing. Throws AiIpcError for a database that cannot be reached. */
export async function lookAtGameSide(settings: MariadbSettings): Promise<GameSide> {
  const database = openMariadbPool({ ...settings, minPoolSize: 0, maxPoolSize: 1 });
  try {
    const names = async (sql: string, field = 'name') =>
      (await database.query(sql)).map((row) => String(row[field] ?? ''));
    const missingRights: string[] = [];
    for (const [right, sql] of RIGHTS) {
      await database.query(sql).catch((error: unknown) => {
        if (!REFUSED.test(messageOf(error))) throw error;
        missingRights.push(right);
      });
    }
    const [connectionCodepage = ''] = await names(CONNECTION_CODEPAGE);
    return {
      missingRights,
      characterSets: await names(CHARACTER_SETS),
      connectionCodepage,
      texts: missingRights.includes('SELECT on ai_requests') ? [] : await names(LAST_TEXTS, 'text'),
    };
  } finally {
    await database.close();
  }
}
