import { SCHEMA_VERSION, type SchemaState } from '../database/check-schema.ts';
import type { LostKey } from '../database/schema-keys.ts';
import { remedies } from '../store/remedies.ts';
import type { OpenTransaction, ServerFacts } from '../store/server-facts.ts';
import { broken, countOf, type Finding, ok, spanOf, unseen, warning } from './finding.ts';
import { findingsOf } from './parts.ts';
import { takesNoWrites } from './server-findings.ts';

/** A transaction of ours takes milliseconds, a backup in one snapshot minutes. */
const LONG_TRANSACTION_SECONDS = 600;
/** With so many old versions behind it, a younger one is worth a word too: reads of every index go past them. */
const LONG_HISTORY = 100_000;
const LONG_WITH_HISTORY_SECONDS = 30;
/** A transaction that is younger may be one of ours. */
const SUSPECT_SECONDS = 1;
/** Of the four rights on five tables, those that write. */
const WRITING_RIGHTS = 15;
/** What deploy/grants.sql does not give to whoever only asks. */
const NOT_OF_THE_GAME = [
  'INSERT on ai_responses',
  'UPDATE on ai_responses',
  'DELETE on ai_responses',
  'INSERT on ai_workers',
  'UPDATE on ai_workers',
  'DELETE on ai_workers',
];

/** The tables: schema, engine, keys, rights, and what stands in their way. */
export function tableFindings(facts: ServerFacts, database: string): Finding[] {
  return [
    ...findingsOf('schema', facts.schema, schemaFindings),
    ...findingsOf('row format', facts.rowFormats, rowFormatFindings),
    ...findingsOf('keys', facts.lostKeys, keyFindings),
    ...(isWithoutKey(facts)
      ? []
      : findingsOf('claim plan', facts.planFault, (fault) => planFindings(fault, facts))),
    ...(takesNoWrites(facts)
      ? []
      : findingsOf('rights', facts.missingRights, (missing) => [
          rightFinding(missing, database, facts.account),
        ])),
    ...findingsOf('old versions', facts.historyLength, (length) => purgeFindings(length, facts), 'PROCESS'),
    ...(isWithoutKey(facts)
      ? []
      : findingsOf('held rows', facts.heldIds, (ids) => [heldFinding(ids, facts)])),
  ];
}

/** Then nothing can be claimed or looked for by it, and the line of the keys says why. */
function isWithoutKey({ lostKeys }: ServerFacts): boolean {
  return 'seen' in lostKeys && lostKeys.seen.length > 0;
}

function schemaFindings(state: SchemaState): Finding[] {
  const migrate = { remedy: 'ai-ipc migrate', symptom: 'No requests being processed' } as const;
  const engines = state.otherEngines.map((table) => {
    const [name = ''] = table.split(' ', 1);
    return broken('engine', {
      reason: `${table} is not InnoDB: its writes are not part of any transaction.`,
      remedy: remedies.engine(name),
      symptom: 'No requests being processed',
    });
  });
  if (state.version === 0)
    return [broken('schema', { reason: 'There are no AI IPC tables that this user may see.', ...migrate })];
  if (state.version > SCHEMA_VERSION)
    return [
      broken('schema', {
        reason: `The tables are of version ${state.version}, and this ai-ipc knows version ${SCHEMA_VERSION}.`,
        remedy: 'Update ai-ipc here (UPGRADING.md); the database is right as it is.',
        symptom: 'No requests being processed',
      }),
    ];
  if (state.hidden.length > 0) return [unseenTables(state.hidden), ...engines];
  if (state.version < SCHEMA_VERSION)
    return [
      broken('schema', {
        reason: `The tables are of version ${state.version}, and this ai-ipc needs version ${SCHEMA_VERSION}${lackOf(state)}.`,
        ...migrate,
      }),
      ...engines,
    ];
  return [ok('schema', `Version ${state.version}, whole.`), ...engines];
}

function unseenTables(hidden: readonly string[]): Finding {
  return unseen(
    'schema',
    `This user sees no table ${hidden.join(' and no ')}: most likely it has no right on it.`,
    "Ask as the worker's user; only if the table was dropped: ai-ipc migrate",
  );
}

function lackOf({ missing }: SchemaState): string {
  return missing.length === 0 ? '' : ` (there is no ${missing.join(', ')})`;
}

function rowFormatFindings(formats: ReadonlyMap<string, string>): Finding[] {
  const format = formats.get('ai_requests');
  if (format === undefined) return [];
  if (/^redundant$/i.test(format))
    return [ok('row format', 'ai_requests has REDUNDANT: rows stay in their place.')];
  return [
    warning('row format', {
      reason: `ai_requests has the row format ${format}: rows grow with each claim, 6,700 bytes of log a request in place of 1,200.`,
      remedy: remedies.rowFormat,
      symptom: 'High database load',
    }),
  ];
}

function keyFindings(lost: readonly LostKey[]): Finding[] {
  if (lost.length === 0) return [ok('keys', 'Every index and constraint is there.')];
  return lost.map(({ table, key, isNeeded }) =>
    isNeeded
      ? broken('keys', {
          reason: `${table} has no index ${key}: statements name it and are refused.`,
          remedy: 'ai-ipc migrate',
          symptom: 'No requests being processed',
        })
      : warning('keys', {
          reason: `${table} has no ${key}.`,
          remedy: 'ai-ipc migrate',
          symptom: 'High database load',
        }),
  );
}

function planFindings(fault: string | undefined, { lostKeys }: ServerFacts): Finding[] {
  if (fault === undefined) return [ok('claim plan', 'A claim goes by idx_status_priority.')];
  if ('seen' in lostKeys && lostKeys.seen.length > 0) return [];
  return [
    warning('claim plan', {
      reason: `A claim does not go by its index: ${fault}.`,
      remedy: remedies.analyze,
      symptom: 'High database load',
    }),
  ];
}

function rightFinding(missing: readonly string[], database: string, account: string): Finding {
  if (missing.length === 0) return ok('rights', "This user has the rights of the worker's.");
  const other = "whether the worker's user has its rights, this cannot tell";
  if (missing.length === WRITING_RIGHTS && missing.every((right) => !right.startsWith('SELECT')))
    return unseen(
      'rights',
      `This user may read and no more: ${other}.`,
      "Ask as the worker's user (DB_USER).",
    );
  if (NOT_OF_THE_GAME.every((right) => missing.includes(right)))
    return unseen(
      'rights',
      `This user is one who asks, not the worker's: ${other}.`,
      "Ask as the worker's user (DB_USER).",
    );
  return broken('rights', {
    reason: `This user lacks ${missing.join(', ')}, which a worker needs.`,
    remedy: missing.map((right) => remedies.grant(right, database, account)).join(' '),
    symptom: 'No requests being processed',
  });
}

function purgeFindings(length: number, { transactions }: ServerFacts): Finding[] {
  const oldest = 'seen' in transactions ? transactions.seen[0] : undefined;
  const seconds = oldest?.seconds ?? 0;
  const isLong =
    seconds >= LONG_TRANSACTION_SECONDS || (length >= LONG_HISTORY && seconds >= LONG_WITH_HISTORY_SECONDS);
  if (oldest !== undefined && isLong)
    return [
      warning('old versions', {
        reason: `${length} old versions of rows wait to be purged, behind a transaction that ${ownerOf(oldest)} has had open for ${spanOf(seconds)}.`,
        remedy: `${killOf([oldest])}, or have it end its transaction.`,
        symptom: 'High database load',
      }),
    ];
  const age =
    'seen' in transactions
      ? ageLine(oldest)
      : '; whose transactions are open, this user may not see (right PROCESS)';
  return [ok('old versions', `${length} wait to be purged${age}.`)];
}

function ageLine(oldest: OpenTransaction | undefined): string {
  return oldest === undefined
    ? '; no transaction is open'
    : `; the oldest open transaction has ${spanOf(oldest.seconds)}`;
}

function ownerOf({ connection, user, host }: OpenTransaction): string {
  return user === '' ? `connection ${connection}` : `connection ${connection} (${user}@${host})`;
}

function heldFinding(ids: readonly number[], { transactions }: ServerFacts): Finding {
  if (ids.length === 0) return ok('held rows', 'Nobody holds a request that waits.');
  const named = ids.length > 3 ? `${ids.slice(0, 3).join(', ')}, …` : ids.join(', ');
  const held = `${countOf(ids.length, 'request')} that should be served (${named}) ${ids.length === 1 ? 'is' : 'are'} held by an open transaction`;
  const symptom = 'No requests being processed';
  if (!('seen' in transactions))
    return broken('held rows', {
      reason: `${held}; whose it is, this user may not see (right PROCESS).`,
      remedy: `${remedies.nameTransactions} names the connection; KILL ends it.`,
      symptom,
    });
  const suspects = suspectsAmong(transactions.seen);
  return broken('held rows', {
    reason: `${held}: ${suspects.map((one) => `${ownerOf(one)} for ${spanOf(one.seconds)}, ${one.command || 'state unknown'}`).join('; ') || 'one that has ended meanwhile'}${behind(transactions.seen)}.`,
    remedy: killOf(suspects) ?? 'ai-ipc doctor, once more.',
    symptom,
  });
}

function behind(transactions: readonly OpenTransaction[]): string {
  const waiting = transactions.filter(({ isWaiting }) => isWaiting).length;
  return waiting === 0
    ? ''
    : `; ${countOf(waiting, 'other connection')} ${waiting === 1 ? 'waits' : 'wait'} for a lock`;
}

/** Who waits for a lock himself (a player's INSERT behind the gap that a locking read has closed) is a victim, mostly. */
function suspectsAmong(transactions: readonly OpenTransaction[]): OpenTransaction[] {
  const holders = transactions.filter(
    ({ rowsLocked, seconds }) => rowsLocked > 0 && seconds >= SUSPECT_SECONDS,
  );
  const atEase = holders.filter(({ isWaiting }) => !isWaiting);
  return atEase.length > 0 ? atEase : holders;
}

/** As a command of the shell, for an administrator of the database: few others may end connections. */
function killOf(suspects: readonly OpenTransaction[]): string | undefined {
  const statements = suspects.map(({ connection }) => `KILL ${connection};`).join(' ');
  return statements === '' ? undefined : `sudo mariadb -e "${statements}"`;
}
