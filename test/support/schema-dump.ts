import type { TestDatabase } from './test-database.ts';

const TABLES = [
  'ai_requests',
  'ai_responses',
  'ai_request_log',
  'ai_workers',
  'ai_ipc_meta',
  'ai_npc_memory',
  'ai_npc_budget',
  'ai_npc_words',
] as const;

export const TABLES_FILE = new URL('../../sql-files/ai_ipc_tables.sql', import.meta.url).pathname;
export const VIEWS_FILE = new URL('../../sql-files/ai_ipc_views.sql', import.meta.url).pathname;
const DOCUMENT_FILE = new URL('document-schema.sql', import.meta.url).pathname;

/** What the server says of the whole schema, without what may differ: AUTO_INCREMENT values and the event's first day. */
export async function dumpSchema(database: TestDatabase): Promise<Record<string, string>> {
  const dump: Record<string, string> = {};
  for (const table of TABLES) {
    const [row] = await database.query(`SHOW CREATE TABLE ${table}`);
    dump[table] = String(row?.['Create Table'])
      .replace(/ AUTO_INCREMENT=\d+/, '')
      // MySQL remembers whether it was said or came with the collation.
      .replaceAll(/ CHARACTER SET utf8mb4(?= COLLATE utf8mb4_)/g, '');
  }
  const [procedure] = await database.query('SHOW CREATE PROCEDURE sp_ai_cleanup_old_requests');
  dump['procedure'] =
    `${procedure?.['sql_mode']}\n${withoutComments(String(procedure?.['Create Procedure']))}`;
  const [event] = await database.query('SHOW CREATE EVENT evt_ai_cleanup_old_requests');
  dump['event'] = `${event?.['sql_mode']}\n${String(event?.['Create Event']).replace(/ STARTS '[^']*'/, '')}`;
  return dump;
}

/** The plain client leaves comments out of what it sends, and empty lines in their place. */
function withoutComments(body: string): string {
  return body
    .split('\n')
    .filter((line) => !/^\s*(--.*)?$/.test(line))
    .join('\n');
}

/** The tables of the document, letter by letter. */
export async function loadDocumentSchema(database: TestDatabase): Promise<void> {
  await database.loadSqlFile(DOCUMENT_FILE);
}

/** The settings of migrate for a test's database. */
export function migrateSettings(database: TestDatabase) {
  return { ...database.settings, ssl: 'preferred' as const, socketPath: null, sslCaFile: null };
}
