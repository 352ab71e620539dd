import type { Breach, History, Rule, Story } from './story.ts';
import type { StoredEvent } from './tables.ts';

/** Where a request stands, as its log tells until here. */
interface Place {
  status: 'pending' | 'processing' | 'ended';
  /** Who holds the claim. */
  holder: string | null;
  /** Everybody who ever held one. */
  readonly holders: Set<string>;
  claims: number;
  /** Attempts that count. A retry gives its own back or not, and the log does not say which. */
  least: number;
  most: number;
}

/** The log of each request tells one way through the states of docs/design.md, and the row stands at its end. */
export const possibleStory: Rule = (story) => {
  if (story.row === undefined) return [];
  const place: Place = {
    ...{ status: 'pending', holder: null, holders: new Set(), claims: 0, least: 0, most: 0 },
  };
  for (const event of story.log) {
    const wrong = STEPS[event.event]?.(place, event) ?? unknown(event);
    if (wrong !== '') return [`${wrong}, in ${wordsOf(story.log)}`];
  }
  return endsAt(place, story);
};

/** What had ended when the tables were read before, and so is not among them, does not change. A late answer is dropped. */
export function endedForGood({ tables }: History): Breach[] {
  const ids = new Set(tables.requests.map(({ id }) => id));
  const later = tables.log.filter(
    ({ requestId, event }) => requestId !== 0 && event !== 'dropped' && !ids.has(requestId),
  );
  return later.map(({ requestId, event, worker }) => ({
    ...{ rule: 'ended for good', id: requestId },
    words: `it had ended, or is gone, and then was ${event}${worker === null ? '' : ` by ${worker}`}`,
  }));
}

type Step = (place: Place, event: StoredEvent) => string;

/** What each event does to a request; what is wrong with it, or ''. */
const STEPS: Readonly<Record<string, Step | undefined>> = {
  claimed(place, { worker, attempt }) {
    if (place.status !== 'pending') return `claimed while it was ${place.status}`;
    if (worker === null) return 'claimed by nobody';
    const count = attempt ?? 0;
    if (count < place.least + 1 || count > place.most + 1)
      return `claimed for attempt ${attempt}, after ${place.least} to ${place.most}`;
    place.holders.add(worker);
    Object.assign(place, { status: 'processing', holder: worker, claims: place.claims + 1 });
    Object.assign(place, { least: count, most: count });
    return '';
  },
  retried: (place, event) => byHolder(place, event) || open(place, place.most - 1, place.most),
  released: (place, event) => byHolder(place, event) || open(place, place.most - 1, place.most - 1),
  rescued(place, { worker }) {
    if (place.status !== 'processing') return `rescued while it was ${place.status}`;
    if (worker === place.holder) return 'rescued by its own holder';
    return open(place, place.most, place.most);
  },
  completed: (place, event) => byHolder(place, event) || end(place),
  failed(place, event) {
    if (event.errorCode === 'bad_status' && place.status === 'pending') return end(place);
    if (event.errorCode !== 'worker_lost') return byHolder(place, event) || end(place);
    if (place.status !== 'processing') return `failed as worker_lost while it was ${place.status}`;
    return event.worker === place.holder ? 'failed as worker_lost by its own holder' : end(place);
  },
  // By its holder, or by the sweep, which names no worker.
  timeout: (place, event) =>
    (event.worker === null ? whileOpen(place, 'timed out') : byHolder(place, event)) || end(place),
  cancelled: (place) => whileOpen(place, 'cancelled') || end(place),
  dropped: (place, { worker }) =>
    place.holders.has(worker ?? '') ? '' : `dropped by ${worker}, who never claimed it`,
};

function byHolder(place: Place, { event, worker, attempt }: StoredEvent): string {
  if (place.status !== 'processing') return `${event} while it was ${place.status}`;
  if (worker !== place.holder) return `${event} by ${worker}, while ${place.holder} held it`;
  return attempt === null || attempt === place.most
    ? ''
    : `${event} in attempt ${attempt}, which is number ${place.most}`;
}

function whileOpen({ status }: Place, what: string): string {
  return status === 'ended' ? `${what} after its end` : '';
}

function open(place: Place, least: number, most: number): string {
  Object.assign(place, { status: 'pending', holder: null, least, most });
  return '';
}

function end(place: Place): string {
  place.status = 'ended';
  return '';
}

function unknown({ event }: StoredEvent): string {
  return `"${event}", which is no event of a request`;
}

function endsAt({ status, holder, claims, least, most }: Place, { row, log }: Story): string[] {
  if (row === undefined) return [];
  const isOpen = row.status === 'pending' || row.status === 'processing';
  const wrong = [
    ...(isOpen && row.status !== status ? [`it is ${row.status}, and its log leaves it ${status}`] : []),
    ...(row.claimNo === claims
      ? []
      : [`its claim number is ${row.claimNo}, and its log has ${claims} claims`]),
    ...(row.attempts >= least && row.attempts <= most
      ? []
      : [`it has ${row.attempts} attempts, and its log ${least === most ? most : `${least} or ${most}`}`]),
    ...(row.status === 'processing' && row.claimedBy !== holder
      ? [`${row.claimedBy} holds it, and by its log ${holder} does`]
      : []),
  ];
  return wrong.map((words) => `${words}: ${wordsOf(log)}`);
}

/** `claimed by a:1 (1), retried by a:1 (1), …` */
function wordsOf(log: readonly StoredEvent[]): string {
  const words = log.map(
    ({ event, worker, attempt }) =>
      `${event}${worker === null ? '' : ` by ${worker}`}${attempt === null ? '' : ` (${attempt})`}`,
  );
  return words.length === 0 ? 'an empty log' : words.join(', ');
}
