import { fuzzEndpoints } from '../test/support/endpoint-fuzz.ts';

const CASES = 1_000_000;

/**
 * A million endpoints through the worker's own client: each is refused, or comes to the configured service and nowhere else.
 * `npm run bench -- fuzz 7` takes 7 as the seed, `npm run bench -- fuzz 7 50000` as many cases.
 */
export async function fuzz(): Promise<void> {
  const seed = numberFrom(process.argv[3], Date.now() % 2 ** 32);
  const cases = numberFrom(process.argv[4], CASES);
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

function numberFrom(text: string | undefined, standard: number): number {
  if (text === undefined) return standard;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`${text} is no number. Give a seed, and how many cases.`);
}
