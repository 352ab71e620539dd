import { median } from '../median.ts';
import type { PaceFigures, PeerFigures } from './peer.ts';

/** What each round gave, by the name of the peer and the number of the round. One that failed has no figures in it. */
export type Rounds = ReadonlyMap<string, ReadonlyMap<number, PeerFigures>>;

export interface Row {
  readonly name: string;
  readonly perSecond: number;
  /** To the peer that all are compared with, in the same round; undefined where that one was left out. */
  readonly ratio: { readonly median: number; readonly least: number; readonly most: number } | undefined;
  readonly workerCpuSeconds: number;
  readonly databaseCpuSeconds: number;
  readonly paces: readonly PaceFigures[];
}

/** Medians of the rounds. Ratios are those within a round, since a machine is faster at one time than at another. */
export function rowsOf(rounds: Rounds, comparedWith: string): Row[] {
  return [...rounds]
    .filter(([, figures]) => figures.size > 0)
    .map(([name, byRound]) => {
      const figures = [...byRound.values()];
      return {
        name,
        ratio: ratioOf(byRound, rounds.get(comparedWith)),
        perSecond: medianOf(figures, (round) => round.perSecond),
        workerCpuSeconds: medianOf(figures, (round) => round.workerCpuSeconds),
        databaseCpuSeconds: medianOf(figures, (round) => round.databaseCpuSeconds),
        paces: pacesOf(figures),
      };
    });
}

type ByRound = ReadonlyMap<number, PeerFigures>;

function ratioOf(figures: ByRound, others: ByRound | undefined): Row['ratio'] {
  const ratios = [...figures].flatMap(([round, { perSecond }]) => {
    const other = others?.get(round);
    return other === undefined ? [] : [perSecond / other.perSecond];
  });
  if (ratios.length === 0) return undefined;
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

function pacesOf(figures: readonly PeerFigures[]): PaceFigures[] {
  return (figures[0]?.paces ?? []).map(({ perSecond }, at) => ({
    perSecond,
    p50: medianOf(figures, (round) => round.paces[at]?.p50 ?? Number.NaN),
    p99: medianOf(figures, (round) => round.paces[at]?.p99 ?? Number.NaN),
  }));
}

function medianOf(figures: readonly PeerFigures[], value: (round: PeerFigures) => number): number {
  return median(figures.map(value));
}
