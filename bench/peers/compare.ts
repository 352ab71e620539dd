import type { AiStubProcess } from '../../test/support/ai-stub-process.ts';
import { measureHttpAlone } from '../http-alone.ts';
import { median } from '../median.ts';
import { leftOutNotice } from './left-out.ts';
import { measurePeer, prepare } from './measure-peer.ts';
import type { Peer, PeerFigures, PeerLoad, PeerStart } from './peer.ts';
import { type Row, rowsOf } from './rounds.ts';

/** HTTP alone is measured with each of these numbers of calls at once: which of them is best, differs. */
const HTTP_CONCURRENCIES = [64, 256, 512];

export interface Comparison {
  readonly rounds: number;
  readonly requests: number;
  /** Calls a second without a queue. */
  readonly httpPerSecond: number;
  readonly rows: readonly Row[];
  /** A notice for each that could not be measured, and for each round in which one failed. */
  readonly leftOut: readonly string[];
}

export interface ComparisonPlan {
  readonly peers: readonly Peer[];
  /** The name of the one that all others are compared with. */
  readonly comparedWith: string;
  readonly rounds: number;
  readonly load: Omit<PeerLoad, 'warmUp'>;
  /** Told as soon as something is measured. */
  onFigures(
    round: number,
    measured: { readonly http: number } | ({ readonly name: string } & PeerFigures),
  ): void;
  onFailure(round: number, failed: { readonly name: string; readonly error: unknown }): void;
}

/** Measures all in turn, round by round. */
export async function compare(plan: ComparisonPlan, stub: AiStubProcess): Promise<Comparison> {
  const { rounds, comparedWith } = plan;
  const { requests } = plan.load;
  const load: PeerLoad = { warmUp: requests, ...plan.load };
  const leftOut = plan.peers.flatMap((peer) => leftOutNotice(peer) ?? []);
  const prepared = await prepareAll(plan.peers);
  const figuresOf = new Map<string, Map<number, PeerFigures>>(
    prepared.map(({ peer }) => [peer.name, new Map()]),
  );
  const https: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const http = await measureHttp(stub.url, requests);
    https.push(http);
    plan.onFigures(round, { http });
    for (const { peer, ...how } of prepared) {
      try {
        const figures = await measurePeer(peer, { ...how, stubUrl: stub.url }, load);
        figuresOf.get(peer.name)?.set(round, figures);
        plan.onFigures(round, { name: peer.name, ...figures });
      } catch (error) {
        // Half an hour of the others' figures is not lost with one that has a bad day.
        leftOut.push(
          `${peer.name} failed in round ${round} (${lineOf(error)}); its figures are those of the other rounds`,
        );
        plan.onFailure(round, { name: peer.name, error });
      }
    }
  }
  return { rounds, requests, httpPerSecond: median(https), rows: rowsOf(figuresOf, comparedWith), leftOut };
}

type Prepared = Omit<PeerStart, 'stubUrl'> & { readonly peer: Peer };

async function prepareAll(peers: readonly Peer[]): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (const peer of peers)
    if (leftOutNotice(peer) === undefined) prepared.push({ peer, ...(await prepare(peer)) });
  return prepared;
}

/** Calls a second without a queue, with the best number of calls at once. */
async function measureHttp(url: string, count: number): Promise<number> {
  const rates: number[] = [];
  for (const concurrency of HTTP_CONCURRENCIES)
    rates.push(await measureHttpAlone(url, { count, concurrency }));
  return Math.max(...rates);
}

/** The line that says what went wrong, of all that a program printed. */
function lineOf(error: unknown): string {
  const lines = String(error).split('\n');
  return (lines.findLast((line) => /^\s*\w*Error: /.test(line)) ?? lines[0] ?? '').trim();
}
