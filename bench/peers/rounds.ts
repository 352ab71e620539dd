import { median } from '../median.ts';
import type { PaceFigures, PeerFigures } from './peer.ts';

/** What each round gave, by the name of the peer; the rounds of all in the same order. */
export type Rounds = ReadonlyMap<string, readonly PeerFigures[]>;

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
  return [...rounds].map(([name, figures]) => ({
    name,
    ratio: ratioOf(figures, rounds.get(comparedWith)),
    perSecond: medianOf(figures, (round) => round.perSecond),
    workerCpuSeconds: medianOf(figures, (round) => round.workerCpuSeconds),
    databaseCpuSeconds: medianOf(figures, (round) => round.databaseCpuSeconds),
    paces: pacesOf(figures),
  }));
}

function ratioOf(figures: readonly PeerFigures[], others: readonly PeerFigures[] | undefined): Row['ratio'] {
  if (others === undefined) return undefined;
  const ratios = figures.map((round, at) => round.perSecond / (others[at]?.perSecond ?? Number.NaN));
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
