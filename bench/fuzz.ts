import { fuzzEndpoints } from '../test/support/endpoint-fuzz.ts';
import type { Sizes } from './scenario/sizes.ts';

/**
 * A million endpoints through the worker's own client: each is refused, or comes to the configured service and nowhere else.
 * `npm run bench -- fuzz 7` takes 7 as the seed, `npm run bench -- fuzz 7 50000` as many cases.
 */
export async function fuzz({ seed, cases }: Sizes<'seed' | 'cases'>): Promise<void> {
  const startMs = performance.now();
  const { called, refused, faults } = await fuzzEndpoints({ cases, seed });
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
  for (const fault of faults) process.stdout.write(`FAILED ${fault}\n`);
  process.stdout.write(
    `seed ${seed}: ${called + refused} endpoints in ${seconds} s, ${called} called and ${refused} refused, ` +
      `${faults.length} led elsewhere\n`,
  );
  if (faults.length > 0) process.exitCode = 1;
}
