import { createRandom } from '../support/random.ts';

/** What comes next in a run. */
export interface Planned<Kind> {
  readonly kind: Kind;
  /** For how long nothing happens before it. */
  readonly restMs: number;
  /** For whatever it leaves to chance. */
  readonly seed: number;
  /** Whether it may be played together with the next one. */
  readonly isBesideNext: boolean;
}

const BESIDE_NEXT = 0.5;
const REST_MS = { least: 1_000, most: 6_000 } as const;

/**
 * Faults in an order that the seed alone decides: each kind once before any comes twice. It never ends; a run takes as many
 * as it has time for.
 */
export function* schedule<Kind>(kinds: readonly Kind[], seed: number): Generator<Planned<Kind>, never> {
  const random = createRandom(seed);
  for (;;) {
    for (const kind of random.shuffle(kinds))
      yield {
        kind,
        restMs: random.between(REST_MS.least, REST_MS.most),
        seed: random.between(1, 2 ** 31),
        isBesideNext: random.chance(BESIDE_NEXT),
      };
  }
}
