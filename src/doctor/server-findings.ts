import { isOn } from '../database/pool-member.ts';
import type { Finding as ServerFinding } from '../database/server-checks.ts';
import type { ServerFacts } from '../store/server-facts.ts';
import { broken, type Finding, ok, warning } from './finding.ts';
import { hostFindings } from './host-findings.ts';
import { findingsOf } from './parts.ts';

/** Below this, a worker's claims, answers, heartbeat and maintenance share connections. */
const CONNECTIONS_OF_A_WORKER = 4;
/** Of all connections of the server: with more, others are refused soon. */
const FULL = 0.9;
/** Told by a check of this file, with the figures of this worker. */
const OWN_CHECKS = ['account_connections'];
/** Each as the part that it belongs to. */
const PARTS: Readonly<Record<string, string>> = { clock: 'clocks', event_scheduler: 'cleanup event' };

/** The server itself: what it is, what it is set to, what this account may open. */
export function serverFindings(facts: ServerFacts): Finding[] {
  return [
    ok('database', `It answers: ${kindOf(facts)} ${facts.version}.`),
    ok('encryption', `${facts.encryption}.`),
    ...findingsOf('hosts', facts.hosts, hostFindings),
    ...findingsOf('server settings', facts.server, (found) => settingFindings(facts, found)),
    ...(takesNoWrites(facts)
      ? [noWritesFinding(facts)]
      : findingsOf('claims', facts.lockBy, (lockBy) => [lockFinding(lockBy)])),
    ...findingsOf('connections', facts.connections, (connections) => [
      connectionFinding(connections, livingWorkers(facts), facts.account),
    ]),
    ...findingsOf(
      'cleanup event',
      facts.event,
      ({ status }) => eventFindings(status, facts),
      'EVENT on the database',
    ),
    ...findingsOf('cluster', facts.galera, (galera) =>
      galera === undefined ? [] : [clusterFinding(galera)],
    ),
  ];
}

function kindOf({ isMariadb }: ServerFacts): string {
  return isMariadb ? 'MariaDB' : 'MySQL';
}

function livingWorkers(facts: ServerFacts): number {
  const { workers } = facts.queue;
  return 'seen' in workers ? workers.seen.filter(({ heartbeatAgeMs }) => heartbeatAgeMs <= 10_000).length : 0;
}

function settingFindings(facts: ServerFacts, found: readonly ServerFinding[]): Finding[] {
  const seen = new Set<string>(OWN_CHECKS);
  const faults = found.flatMap(({ check, needsAdmin, reason, remedy }) => {
    if (seen.has(check)) return [];
    seen.add(check);
    const part = PARTS[check] ?? 'server settings';
    // Debian's MariaDB has it off: nothing depends on it where a worker deletes what is old.
    if (check === 'event_scheduler' && livingWorkers(facts) > 0) return [ok(part, `${reason} ${remedy}`)];
    const symptom = needsAdmin ? ({ symptom: 'No requests being processed' } as const) : {};
    const verdict = needsAdmin ? broken : warning;
    return [verdict(part, { reason, remedy, ...symptom })];
  });
  const others = [
    ...(faults.some(({ part }) => part === 'server settings')
      ? []
      : [ok('server settings', settingsLine(facts))]),
    ...(faults.some(({ part }) => part === 'clocks') ? [] : [ok('clocks', zonesLine(facts))]),
  ];
  return [...others, ...faults];
}

/** Such as a replica. Then neither claims nor rights can be tried. */
export function takesNoWrites({ settings }: ServerFacts): boolean {
  const values = 'seen' in settings ? settings.seen : {};
  return isOn(values['read_only']) || isOn(values['innodb_read_only']);
}

function noWritesFinding({ settings }: ServerFacts): Finding {
  const symptom = 'No requests being processed';
  if ('seen' in settings && isOn(settings.seen['innodb_read_only']))
    return broken('writes', {
      reason: 'This server takes no writes (innodb_read_only).',
      remedy:
        'Have DB_HOST lead to another server, or start this one without innodb_read_only and innodb_force_recovery.',
      symptom,
    });
  return broken('writes', {
    reason: 'This server takes no writes (read_only): a replica, or the old primary after a failover.',
    remedy:
      'Have DB_HOST and DB_PORT lead to the primary, or, if it is this one: SET GLOBAL read_only = OFF;',
    symptom,
  });
}

function settingsLine({ settings }: ServerFacts): string {
  const values = 'seen' in settings ? settings.seen : {};
  const isolation = values['transaction_isolation'] ?? values['tx_isolation'] ?? 'unknown';
  const log = values['log_bin'] === 'ON' ? `binlog_format ${values['binlog_format']}` : 'no binary log';
  return `Sessions have READ-COMMITTED as they were set (the server's own is ${isolation}); ${log}.`;
}

function zonesLine({ settings }: ServerFacts): string {
  const values = 'seen' in settings ? settings.seen : {};
  const zone = values['time_zone'] === 'SYSTEM' ? values['system_time_zone'] : values['time_zone'];
  return `The server's clock and the one of this machine agree; its time zone is ${zone ?? 'unknown'}, ours UTC.`;
}

function lockFinding(lockBy: string): Finding {
  if (lockBy === 'skip_locked' || lockBy === 'skip_locked_of')
    return ok('claims', 'SKIP LOCKED was tried, and skips.');
  if (lockBy === 'pass_held')
    return ok(
      'claims',
      'Without SKIP LOCKED (MariaDB before 10.6): rows are tried one by one, 30 to 60 µs each.',
    );
  return warning('claims', {
    reason: 'SKIP LOCKED does not skip here: one row that somebody holds keeps all others waiting.',
    remedy: 'Use MariaDB 10.6 or later, or MySQL 8.0.13 or later.',
    symptom: 'No requests being processed',
  });
}

function connectionFinding(
  { mostOfAccount, mostOfServer, open }: { mostOfAccount: number; mostOfServer: number; open: number },
  workers: number,
  account: string,
): Finding {
  const wanted = CONNECTIONS_OF_A_WORKER * Math.max(1, workers);
  if (mostOfAccount > 0 && mostOfAccount < wanted)
    return warning('connections', {
      reason: `This account may open ${mostOfAccount} connections (max_user_connections), and ${workers > 1 ? `${workers} workers want` : 'a worker wants'} ${wanted}: claims, answers and heartbeat wait for each other.`,
      remedy: `ALTER USER ${account} WITH MAX_USER_CONNECTIONS ${5 * wanted};`,
      symptom: 'Requests timing out',
    });
  if (mostOfServer > 0 && open > FULL * mostOfServer)
    return warning('connections', {
      reason: `${open} of the server's ${mostOfServer} connections are open (max_connections).`,
      remedy: `SET GLOBAL max_connections = ${2 * mostOfServer}; and the same in the server's settings.`,
      symptom: 'High database load',
    });
  const own = mostOfAccount === 0 ? 'without a limit for this account' : `${mostOfAccount} for this account`;
  return ok('connections', `${open} of ${mostOfServer} are open; ${own}.`);
}

function eventFindings(status: string | undefined, facts: ServerFacts): Finding[] {
  const { server } = facts;
  if (status === undefined && livingWorkers(facts) > 0)
    return [
      ok('cleanup event', 'There is none (`ai-ipc migrate` makes it): the worker deletes old requests.'),
    ];
  if (status === undefined)
    return [
      warning('cleanup event', {
        reason: 'There is no event evt_ai_cleanup_old_requests. The worker deletes old requests too.',
        remedy: 'ai-ipc migrate makes it, as a user with the right EVENT.',
      }),
    ];
  // Told with the settings of the server: it does not run, whatever it is.
  if ('seen' in server && server.seen.some(({ check }) => check === 'event_scheduler')) return [];
  if (status === 'ENABLED')
    return [ok('cleanup event', 'evt_ai_cleanup_old_requests is there, and enabled.')];
  return [ok('cleanup event', `evt_ai_cleanup_old_requests is there, and ${status}: the worker cleans up.`)];
}

function clusterFinding({
  clusterStatus,
  state,
  isReady,
  size,
}: {
  clusterStatus: string;
  state: string;
  isReady: boolean;
  size: number;
}): Finding {
  const figures = `${state}, cluster of ${size} is ${clusterStatus}`;
  if (isReady && clusterStatus === 'Primary' && state === 'Synced')
    return ok('cluster', `This Galera node takes part (${figures}).`);
  return broken('cluster', {
    reason: `This Galera node does not take part as it should (${figures}).`,
    remedy:
      "Have DB_HOST lead to a node that is Synced; here: SHOW STATUS LIKE 'wsrep%', and the server's error log.",
    symptom: 'No requests being processed',
  });
}
