export interface Percentiles {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** A value that stands for so many. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** Null without a value. */
export function percentilesOf(values: readonly Weighted[]): Percentiles | null {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return null;
  const at = (share: number): number => {
    let passed = 0;
    for (const { value, weight } of sorted) {
      passed += weight;
      if (passed >= share * total) return value;
    }
    return sorted.at(-1)?.value ?? 0;
  };
  const sum = sorted.reduce((all, { value, weight }) => all + value * weight, 0);
  // To a tenth: weights are no whole numbers.
  const mean = Math.round((sum / total) * 10) / 10;
  return { mean, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
