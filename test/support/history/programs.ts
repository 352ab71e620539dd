import type { ProgramNote, Resources } from './notes.ts';
import type { Breach, History, Rule, Story } from './story.ts';

/** Connections that come and go by themselves: of the pool up to its most, and of the AI client. */
const FILES_MORE = 30;
/** The heap grows to what a busy time needs, and is given back late. */
const BYTES_MORE = 96 * 2 ** 20;

/** No worker and no client program ends unless it is asked to, and what it took for its work it gives back. */
export function programsAreWell({ programs }: History): Breach[] {
  return programs.flatMap(({ name, end, resting }) => {
    const breach = (words: string): Breach => ({ rule: 'programs', id: null, words: `${name} ${words}` });
    return [
      ...(typeof end === 'object' && 'unasked' in end ? [breach(`ended by itself: ${end.unasked}`)] : []),
      ...(resting === undefined ? [] : grown(resting).map(breach)),
    ];
  });
}

function grown({ before, after }: NonNullable<ProgramNote['resting']>): string[] {
  const more = (of: keyof Resources) => after[of] - before[of];
  const words = (of: keyof Resources, name: string) => `holds ${after[of]} ${name}, and held ${before[of]}`;
  return [
    ...(more('files') > FILES_MORE ? [words('files', 'open files')] : []),
    ...(more('sockets') > FILES_MORE ? [words('sockets', 'sockets')] : []),
    ...(more('residentBytes') > BYTES_MORE ? [words('residentBytes', 'bytes of memory')] : []),
  ];
}

/** A worker that stopped in order leaves no claim behind: nobody has to rescue one, or to wait for the end of its life. */
export const nothingLeftBehind: Rule = (story, { programs, tables }) => {
  if (!story.isClockSteady) return [];
  return leftBy(story, tables.nowMs).flatMap(({ holder, how, atMs }) => {
    const end = programs.find(({ name }) => name === holder)?.end;
    const hasLeft = typeof end === 'object' && 'stoppedAtMs' in end && end.stoppedAtMs < atMs;
    return hasLeft ? [`${holder} stopped in order and kept it claimed: it was ${how}`] : [];
  });
};

interface LeftClaim {
  readonly holder: string;
  readonly how: string;
  readonly atMs: number;
}

/** Who held a claim that somebody else had to end. */
function leftBy({ row, log }: Story, nowMs: number): LeftClaim[] {
  const left: LeftClaim[] = [];
  let holder: string | null = null;
  for (const { event, worker, errorCode, atMs } of log) {
    const isLost = event === 'rescued' || errorCode === 'worker_lost';
    if (holder !== null && isLost) left.push({ holder, how: 'rescued', atMs });
    if (holder !== null && event === 'timeout' && worker === null)
      left.push({ holder, how: 'timed out', atMs });
    if (event !== 'dropped') holder = event === 'claimed' ? worker : null;
  }
  if (row?.status === 'processing' && row.claimedBy !== null)
    left.push({ holder: row.claimedBy, how: 'left processing', atMs: nowMs });
  return left;
}
