// `npm run servers`: fetches the servers that the tests know beside the machine's own, starts each and the machine's own,
// tries on them what AI IPC needs, and writes docs/servers.md. With names (`npm run servers -- mysql-9.7`) it prints those
// and writes nothing. Ends with 1 when one cannot be had.
import { writeFileSync } from 'node:fs';
import { FETCHED_SERVERS, fetchServer } from './support/fetched-servers.ts';
import { MariadbServer } from './support/mariadb-server.ts';
import { FEATURES, tryFeatures, VERSION } from './support/server-features.ts';
import { findMachinePrograms, type ServerPrograms } from './support/server-programs.ts';

const PAGE = new URL('../docs/servers.md', import.meta.url);
const OWN = 'the machine’s own';

const asked = process.argv.slice(2);
const columns: Record<string, string>[] = [];
for (const name of asked.length > 0 ? asked : [...Object.keys(FETCHED_SERVERS), OWN]) {
  const startMs = performance.now();
  try {
    const programs = name === OWN ? findMachinePrograms() : await fetchServer(name);
    columns.push(await resultsOn(programs));
    process.stdout.write(`${name}: tried in ${Math.round(performance.now() - startMs)} ms\n`);
  } catch (error) {
    process.stdout.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
if (asked.length === 0 && process.exitCode !== 1) writeFileSync(PAGE, pageOf(table()));
process.stdout.write(`${table()}\n`);

async function resultsOn(programs: ServerPrograms): Promise<Record<string, string>> {
  const server = new MariadbServer({ programs });
  try {
    const results = await tryFeatures(await server.start());
    const label = `${programs.kind === 'mysql' ? 'MySQL' : 'MariaDB'} ${versionIn(results)}`;
    return { ...results, [VERSION.name]: label };
  } finally {
    await server.remove();
  }
}

/** 10.11.19 of 10.11.19-MariaDB-0+deb12u1. */
function versionIn(results: Record<string, string>): string {
  return /^[\d.]+/.exec(results[VERSION.name] ?? '')?.[0] ?? 'of an unknown version';
}

function table(): string {
  const rows = FEATURES.map(({ name }) => [name, ...columns.map((column) => column[name] ?? '')]);
  const head = ['', ...columns.map((column) => column[VERSION.name] ?? '')];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function pageOf(results: string): string {
  const day = new Date().toISOString().slice(0, 10);
  return `# Database servers

AI IPC runs on MariaDB 10.3 or later and on MySQL 8.0.13 or later. \`npm run servers\` started these on ${day}, each in a
data folder of its own, tried on each what stands on the left, and wrote this page:

${results}

A worker behaves the same on all of them, but for what the table shows: without SKIP LOCKED it needs other statements to
get past rows that somebody holds. The transaction of a client that is gone is ended by the server after 10 s: on MySQL by
the \`wait_timeout\` of our sessions, since it has no limit for that alone.

The whole list of tests runs on one of them with \`npm test -- --server mysql-9.7\` (or \`mariadb-10.5\`, \`mariadb-11.8\`):
[CONTRIBUTING](../CONTRIBUTING.md) says where the servers come from.

## On MySQL

- The client is \`mysql\` in place of \`mariadb\`. In that of 9.7, \`SOURCE file\` and \`\\G\` work only with
  \`--commands\`; \`mysql … < file\` works without.
- Before 8.0.22, \`FOR SHARE\` asks for a right to write, so the game's user of \`deploy/grants.sql\` cannot delete old
  requests (\`ai_db_cleanup\`, \`ai-ipc cleanup\`); the worker does that by itself.
- \`EXPLAIN\` draws a tree; \`EXPLAIN FORMAT=TRADITIONAL …\` gives the columns that the pages of AI IPC speak of.
- \`mysqldump\` is for the administrator: that of 9.7 refuses a user who has all rights on the database and no others
  (FLUSH_TABLES without \`--set-gtid-purged=OFF\`, PROCESS without \`--no-tablespaces\`, and then SELECT on a table of the
  server's own).

## From one server to another

A dump of one kind does not load into the other: MariaDB writes a computed default without brackets, and each has a
collation for the ids of players that the other lacks. So make the tables there with \`ai-ipc migrate\`, and take
only rows along:

\`\`\`bash
mariadb-dump --default-character-set=utf8mb4 --single-transaction --no-create-info --skip-triggers --complete-insert \\
  --replace ragnarok ai_requests ai_responses ai_request_log ai_npc_memory ai_npc_budget ai_npc_words > rows.sql
mysql new_database < rows.sql
\`\`\`

The other way round it is \`mysqldump --no-tablespaces --set-gtid-purged=OFF\` with the same options, and \`mariadb\`. Stop
worker and game first: what is asked meanwhile stays behind.
`;
}
