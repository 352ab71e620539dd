import type { GroundFacts } from '../../store/bench-place.ts';
import type { Measured } from './stages.ts';

/** What takes most of an answer's time. */
export interface Limit {
  readonly kind: 'disk' | 'network' | 'processor' | 'nothing';
  /** For the admin: what it is, with its figures, and what helps. */
  readonly sentence: string;
}

/** An answer waits for the commits of its INSERT, of the claim, and of the answer itself. */
const COMMITS = 3;
/** And for so many trips to the server, those of the commits among them: two each of INSERT and claim, one of settle and look. */
const TRIPS = 6;
/** Where nearly all is waiting, less than this is nothing that anybody sees. */
const LEAST_DISK_MS = 1;
const LEAST_TRIP_MS = 0.5;
/** From here on there is no more to be had of one core. */
const BUSY = 0.9;
/** Of an answer, what is neither commit nor trip: 5 ms on a machine that has nothing else to do, 80 where it has. */
const LEAST_OTHER_MS = 20;

/** undefined while too little was measured. */
export function findLimit(measured: Measured, facts: GroundFacts): Limit | undefined {
  const { commit, ask, drain } = measured;
  if (commit === undefined || ask === undefined) return undefined;
  const tripMs = measured.roundTrip?.p50Ms ?? 0;
  const diskMs = Math.max(0, commit.p50Ms - tripMs);
  const [disk, network] = [COMMITS * diskMs, TRIPS * tripMs];
  const half = ask.p50Ms / 2;
  if (disk >= half && diskMs >= LEAST_DISK_MS)
    return limitOfDisk({ diskMs, tripMs, askMs: ask.p50Ms }, facts);
  if (network >= half && tripMs >= LEAST_TRIP_MS)
    return {
      kind: 'network',
      sentence:
        `The way to the server takes most of the time: a round trip takes ${inMs(tripMs)}, and an answer makes ${TRIPS} of ` +
        `them, which are ${inMs(network)} of its ${inMs(ask.p50Ms)}. The nearer worker and game are to the database, the ` +
        'faster it gets; on one machine a round trip takes a tenth of a millisecond.',
    };
  const otherMs = ask.p50Ms - disk - network;
  if (otherMs >= half && otherMs >= LEAST_OTHER_MS)
    return {
      kind: 'processor',
      sentence:
        `The database keeps up: of the ${inMs(ask.p50Ms)} that an answer takes, ${COMMITS} commits and ${TRIPS} round trips are ` +
        `${inMs(disk + network)}. The rest is this machine, whose processor has other work: see uptime and top.`,
    };
  if (drain !== undefined && drain.busy >= BUSY)
    return {
      kind: 'processor',
      sentence:
        `The database keeps up: while the queue was drained, the one process with worker and AI stub was at work for ` +
        `${Math.round(drain.busy * 100)} % of the time. A core of this machine is the limit; more workers share a longer queue.`,
    };
  return {
    kind: 'nothing',
    sentence:
      `Nothing stands out: an answer takes ${inMs(ask.p50Ms)}, of which ${COMMITS} commits and ${TRIPS} round trips are ` +
      `${inMs(Math.min(ask.p50Ms, disk + network))}. With a real AI service its answers take far longer than that.`,
  };
}

function limitOfDisk(
  { diskMs, tripMs, askMs }: { readonly diskMs: number; readonly tripMs: number; readonly askMs: number },
  facts: GroundFacts,
): Limit {
  const trip = tripMs === 0 ? '' : `, and the way to the server ${inMs(tripMs)} more`;
  const share = Math.min(askMs, COMMITS * diskMs);
  return {
    kind: 'disk',
    sentence:
      `The commit takes most of the time: the disk takes ${inMs(diskMs)} for one${trip}. An answer waits for ${COMMITS} of ` +
      `them (its INSERT, the claim, the answer itself), which are ${inMs(share)} of its ${inMs(askMs)}. ${remedyOf(facts)}`,
  };
}

function remedyOf({ settings }: GroundFacts): string {
  const set = [...SYNCS, ...OTHERS_WAIT].filter((name) => WAITS[name]?.(settings[name] ?? '') ?? false);
  const waits = set.map((name) => `${name}=${settings[name]}`).join(', ');
  const why = waits === '' ? '' : ` It waits because of ${waits}.`;
  return `A faster disk helps most (an SSD that keeps what it has when the power goes).${why}`;
}

const SYNCS = ['innodb_flush_log_at_trx_commit', 'sync_binlog'];
const OTHERS_WAIT = ['wsrep_on', 'rpl_semi_sync_master_enabled', 'rpl_semi_sync_source_enabled'];
/** By the value with which a commit waits. */
const WAITS: Readonly<Record<string, (value: string) => boolean>> = {
  innodb_flush_log_at_trx_commit: (value) => value === '1' || value === '3',
  sync_binlog: (value) => value === '1',
  wsrep_on: (value) => value === 'ON',
  rpl_semi_sync_master_enabled: (value) => value === 'ON',
  rpl_semi_sync_source_enabled: (value) => value === 'ON',
};

/** What is to be known of the server with any figures, a sentence each. */
export function notesOn({ settings }: GroundFacts): string[] {
  const flush = settings['innodb_flush_log_at_trx_commit'];
  const notes: string[] = [];
  if (flush === '0' || flush === '2')
    notes.push(
      `innodb_flush_log_at_trx_commit is ${flush}: a commit does not wait for the disk, and a power cut may lose the last ` +
        'second of what was accepted. 1 is durable, and slower than these figures.',
    );
  if (settings['wsrep_on'] === 'ON')
    notes.push(
      'It is a node of a Galera cluster: each commit also waits for the slowest of the other nodes.',
    );
  return notes;
}

/** 0.12 ms, 8.1 ms, 120 ms */
function inMs(ms: number): string {
  return `${msText(ms)} ms`;
}

/** Three figures at the most. */
export function msText(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}
