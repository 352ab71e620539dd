import { BENCHMARKS } from './benchmarks.ts';
import { inOwnTemp } from './own-temp.ts';
import { type Benchmark, usageOf, WordError } from './scenario/benchmark.ts';

const HELP = ['--help', '-h'];
const [name = '', ...words] = process.argv.slice(2);
const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;

if (benchmark) await run(benchmark);
else if (HELP.includes(name)) process.stdout.write(list());
else refuse(`no benchmark "${name}".`, list());

async function run(chosen: Benchmark): Promise<void> {
  const usage = `It takes: ${usageOf(name, chosen)}\n`;
  if (words.some((word) => HELP.includes(word))) {
    process.stdout.write(usage);
    return;
  }
  try {
    await inOwnTemp(chosen.prepare(words));
  } catch (error) {
    if (!(error instanceof WordError)) throw error;
    refuse(error.message, usage);
  }
}

function list(): string {
  const usages = Object.entries(BENCHMARKS).map((entry) => `  ${usageOf(...entry)}\n`);
  return (
    `There are:\n${usages.join('')}docs/performance.md says what they measure.\n` +
    'What the commands cost the game loop: npm run test:rathena -- FOLDER --part loop\n'
  );
}

function refuse(reason: string, remedy: string): void {
  process.stderr.write(`ERROR ${reason}\n${remedy}`);
  process.exitCode = 2;
}
