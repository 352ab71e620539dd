/** The same numbers for the same seed (Mulberry32). */
export interface Random {
  /** From 0 to 1, without 1. */
  next(): number;
  /** A whole number; both ends included. */
  between(least: number, most: number): number;
  /** With this chance, from 0 to 1. */
  chance(chance: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  /** Them all, in another order. */
  shuffle<Value>(values: readonly Value[]): Value[];
}

export function createRandom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    chance: (chance) => next() < chance,
    pick(values) {
      const value = values[between(0, values.length - 1)];
      if (value === undefined) throw new Error('There is nothing to pick from.');
      return value;
    },
    shuffle(values) {
      const keyed = values.map((value) => [next(), value] as const);
      return keyed.sort(([a], [b]) => a - b).map(([, value]) => value);
    },
  };
}
