import type { WorkerSettings } from '../config/settings.ts';
import {
  MOST_COUNTED,
  type OldestEnded,
  type PendingFacts,
  type QueueFacts,
  type RecentFacts,
  type TableGrowth,
  type TableSize,
  type WorkerFact,
} from '../store/queue-facts.ts';
import { remedies } from '../store/remedies.ts';
import { broken, countOf, type Finding, ok, sizeOf, spanOf, warning } from './finding.ts';
import { findingsOf } from './parts.ts';

/** As long as others wait before they take a worker for dead. */
const LIVING_MS = 10_000;
/** A worker beats every 2 s: one that missed two beats is in trouble, or its database is. */
const LATE_MS = 5_000;
/** A request that could be served waits for the poll, for room, for its turn; not for this long. */
const LONG_WAIT_SECONDS = 15;
/** Whoever ends what is overdue comes every second. */
const LONG_OVERDUE_SECONDS = 10;
/** From so many on, and from this part of all, timeouts are no accident. */
const SOME = 3;
const MANY = 0.2;
/** The cleanup of the worker comes every minute, the event every day. */
const LATE_CLEANUP_DAYS = 2;

interface Ways {
  readonly settings: WorkerSettings;
  /** Of this package: what the worker beside these tables should be. */
  readonly version: string;
  /** The part that is known to keep requests waiting: its own line says why, and what mends it. */
  readonly otherCause: string | undefined;
}

/** Workers and requests, on every kind of database. */
export function queueFindings(facts: QueueFacts, ways: Ways): Finding[] {
  const { settings } = ways;
  const living = livingOf(facts);
  return [
    ...findingsOf('workers', facts.workers, (workers) => workerFindings(workers, facts, ways)),
    ...findingsOf('requests', facts.pending, (pending) => pendingFindings(pending, living, ways)),
    ...findingsOf('time zones', facts.pending, (pending) => zoneFindings(pending, facts)),
    ...findingsOf('recent requests', facts.recent, (recent) => recentFindings(recent, ways)),
    ...findingsOf('cleanup', facts.oldestEnded, (oldest) => cleanupFindings(oldest, facts, settings)),
    ...findingsOf('tables', facts.sizes, (sizes) => [sizeFinding(sizes, facts)]),
  ];
}

export function livingOf({ workers }: QueueFacts): readonly WorkerFact[] {
  return 'seen' in workers ? workers.seen.filter(({ heartbeatAgeMs }) => heartbeatAgeMs <= LIVING_MS) : [];
}

function workerFindings(workers: readonly WorkerFact[], facts: QueueFacts, { version }: Ways): Finding[] {
  const living = livingOf(facts);
  if (living.length === 0) return [noWorker(workers[0], facts)];
  return living.map((worker) => {
    const { id, inFlight, heartbeatAgeMs } = worker;
    if (isOlder(worker.version, version))
      return warning('workers', {
        reason: `${id} is of version ${worker.version}, older than these tables and this ai-ipc (${version}).`,
        remedy: 'sudo systemctl restart ai-ipc-worker (on its machine, with the new version: UPGRADING.md).',
        symptom: 'No requests being processed',
      });
    if (heartbeatAgeMs > LATE_MS)
      return warning('workers', {
        reason: `${id} has been silent for ${spanOf(heartbeatAgeMs / 1000)}; it beats every 2 s.`,
        remedy: 'journalctl -u ai-ipc-worker -n 50 says what holds it up.',
        symptom: 'No requests being processed',
      });
    return ok('workers', `${id} is alive (version ${worker.version}, ${inFlight} in flight).`);
  });
}

function noWorker(last: WorkerFact | undefined, { pending }: QueueFacts): Finding {
  const waiting =
    'seen' in pending && pending.seen.pending > 0
      ? ` ${countOf(pending.seen.pending, 'request')} waiting.`
      : '';
  const seen =
    last === undefined
      ? ''
      : ` The last one, ${last.id}, was heard ${spanOf(last.heartbeatAgeMs / 1000)} ago.`;
  return broken('workers', {
    reason: `No worker is alive on this database.${seen}${waiting}`,
    remedy:
      'sudo systemctl start ai-ipc-worker (by hand: ai-ipc worker); the end of its log says why it stopped: journalctl -u ai-ipc-worker -n 50',
    symptom: 'No requests being processed',
  });
}

/** Whether a version is lower than another, number by number. */
function isOlder(version: string, other: string): boolean {
  const ones = numbersOf(version);
  for (const [at, number] of numbersOf(other).entries()) {
    const one = ones[at] ?? 0;
    if (one !== number) return one < number;
  }
  return false;
}

function numbersOf(version: string): number[] {
  const [numbers = ''] = version.split(/[-+]/, 1);
  return numbers.split('.').map(Number);
}

function pendingFindings(
  facts: PendingFacts,
  living: readonly WorkerFact[],
  { settings, otherCause }: Ways,
): Finding[] {
  const { pending, due, oldestDueSeconds, overdue, oldestOverdueSeconds } = facts;
  const more = pending >= MOST_COUNTED ? ' or more' : '';
  const findings: Finding[] = [];
  if (due > 0 && oldestDueSeconds > LONG_WAIT_SECONDS && living.length > 0)
    findings.push(
      warning('requests', {
        reason: `${countOf(due, 'request')}${more} could be served, and the oldest has waited for ${spanOf(oldestDueSeconds)}: ${otherCause === undefined ? whyWaiting(living, settings) : `see ${otherCause}.`}`,
        remedy:
          otherCause === undefined
            ? 'Raise CONCURRENCY, or start another worker; journalctl -u ai-ipc-worker -n 50 tells of troubles.'
            : `What mends ${otherCause}.`,
        symptom: 'No requests being processed',
      }),
    );
  if (overdue > 0 && oldestOverdueSeconds > LONG_OVERDUE_SECONDS)
    findings.push(
      warning('requests', {
        reason: `${countOf(overdue, 'request')} waited past the end of ${overdue === 1 ? 'its life' : 'their lives'}, the oldest by ${spanOf(oldestOverdueSeconds)}: nobody ended ${overdue === 1 ? 'it' : 'them'}.`,
        remedy:
          living.length === 0
            ? 'A worker ends them: sudo systemctl start ai-ipc-worker'
            : otherCause === undefined
              ? 'journalctl -u ai-ipc-worker -n 50 tells why its maintenance does not come to it.'
              : `What mends ${otherCause}.`,
        symptom: 'No requests being processed',
      }),
    );
  if (findings.length > 0) return findings;
  const oldest = due === 0 ? '' : `, the oldest for ${spanOf(oldestDueSeconds)}`;
  return [ok('requests', `${pending}${more} pending${oldest}.`)];
}

function whyWaiting(living: readonly WorkerFact[], { concurrency }: WorkerSettings): string {
  const inFlight = living.reduce((sum, worker) => sum + worker.inFlight, 0);
  return inFlight >= concurrency * living.length
    ? `all ${inFlight} places of ${countOf(living.length, 'worker')} are taken.`
    : `${countOf(living.length, 'worker')} with ${inFlight} in flight take none.`;
}

/** What somebody wrote with the clock of another zone. */
function zoneFindings({ ahead, farthestAheadSeconds }: PendingFacts, { recent }: QueueFacts): Finding[] {
  const bornOver = 'seen' in recent ? recent.seen.bornOver : 0;
  const remedy =
    'Let the database make the times: leave available_at and expires_at out of the INSERT, or use NOW(3) + INTERVAL … SECOND.';
  const findings: Finding[] = [];
  if (ahead > 0)
    findings.push(
      warning('time zones', {
        reason: `${countOf(ahead, 'pending request')} may not be served for up to ${spanOf(farthestAheadSeconds)} (available_at): most likely written in another time zone.`,
        remedy: `${remedy} Those that wait: ${remedies.availableNow}`,
        symptom: 'No requests being processed',
      }),
    );
  if (bornOver > 0)
    findings.push(
      warning('time zones', {
        reason: `${countOf(bornOver, 'request')} of the last quarter of an hour ended a quarter of an hour or more before being made (expires_at): written in another time zone.`,
        remedy,
        symptom: 'Requests timing out',
      }),
    );
  return findings;
}

function recentFindings(
  { ended, timeout, failed, neverTried, bornOver, errorCode }: RecentFacts,
  { otherCause }: Ways,
): Finding[] {
  if (ended === 0) return [ok('recent requests', 'None ended in the last quarter of an hour.')];
  const figures = `of ${ended} that ended in the last quarter of an hour, ${timeout} timed out and ${failed} failed`;
  const sameCause =
    otherCause === undefined ? undefined : `Likely of the same cause: what mends ${otherCause}.`;
  const isMany = (count: number) => count >= SOME && count >= MANY * ended;
  if (isMany(timeout - bornOver))
    return [
      warning('recent requests', {
        reason: `Requests time out: ${figures}; ${neverTried} of them without an attempt${errorCode === null ? '' : `, mostly as ${errorCode}`}.`,
        remedy:
          sameCause ??
          (neverTried * 2 >= timeout
            ? 'Raise CONCURRENCY or start another worker, for nobody came to them; TIMEOUT_SECONDS gives them a longer life.'
            : 'The AI service is too slow for them: raise TIMEOUT_SECONDS and AI_SERVICE_TIMEOUT, or make it faster.'),
        symptom: 'Requests timing out',
      }),
    ];
  if (isMany(failed))
    return [
      warning('recent requests', {
        reason: `Requests fail: ${figures}, mostly as ${errorCode ?? 'unknown'}.`,
        remedy: sameCause ?? `docs/errors.md explains ${errorCode ?? 'the code'}.`,
      }),
    ];
  return [
    ok('recent requests', timeout + failed === 0 ? `All is well: ${figures}.` : `O${figures.slice(1)}.`),
  ];
}

function cleanupFindings(
  oldest: OldestEnded | undefined,
  { lastCleanedSeconds }: QueueFacts,
  { retentionDays }: WorkerSettings,
): Finding[] {
  const last = 'seen' in lastCleanedSeconds ? lastCleanedSeconds.seen : undefined;
  const when =
    last === undefined
      ? 'the log knows of no cleanup that deleted something'
      : `the last cleanup that did was ${spanOf(last)} ago`;
  if (oldest !== undefined && oldest.ageDays > retentionDays + LATE_CLEANUP_DAYS)
    return [
      warning('cleanup', {
        reason: `Request ${oldest.id} ended ${Math.round(oldest.ageDays)} days ago, and those older than ${retentionDays} should be gone (RETENTION_DAYS); ${when}.`,
        remedy:
          'ai-ipc cleanup 604800 deletes what ended more than 7 days ago; a running worker does it every minute.',
        symptom: 'High database load',
      }),
    ];
  const age =
    oldest === undefined
      ? 'Nothing has ended yet'
      : `The oldest that ended has ${spanOf(oldest.ageDays * 86_400)}`;
  return [ok('cleanup', `${age}; ${when}.`)];
}

function sizeFinding(sizes: readonly TableSize[], { growth }: QueueFacts): Finding {
  const all = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const largest = [...sizes].sort((one, other) => other.bytes - one.bytes)[0];
  const most =
    largest === undefined || sizes.length < 2
      ? ''
      : `, most of it ${largest.table} with ${sizeOf(largest.bytes)}`;
  const grown = 'seen' in growth ? growthLine(sizes, growth.seen) : '';
  return ok('tables', `${sizeOf(all)}${most}${grown}.`);
}

/** What a day brings; cleanup takes as much away, once the oldest is old enough. */
function growthLine(sizes: readonly TableSize[], growth: readonly TableGrowth[]): string {
  const requests = growth.find(({ table }) => table === 'ai_requests');
  if (requests === undefined) return '';
  const bytes = growth.reduce((sum, { table, rowsADay }) => {
    const size = sizes.find((one) => one.table === table);
    return size === undefined || size.rows <= 0 ? sum : sum + (size.bytes / size.rows) * rowsADay;
  }, 0);
  const written = bytes === 0 ? '' : `, ${sizeOf(Math.round(bytes))} with answers and log`;
  return `; a day brings ${countOf(requests.rowsADay, 'request')}${written}`;
}
