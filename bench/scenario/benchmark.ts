/** What somebody typed; his own error, so without a stack. */
export class WordError extends Error {}

/** A benchmark, as it is chosen by its name. */
export interface Benchmark {
  /** The words behind its name as its usage shows them, such as `[REQUESTS [TIMES]]`; empty where it takes none. */
  readonly takes: string;
  /** Reads the words, and throws WordError before anything is started. What it gives runs the benchmark. */
  readonly prepare: (words: readonly string[]) => () => Promise<void>;
}

/** One that reads its words by itself. */
export function taking<Plan>(
  takes: string,
  read: (words: readonly string[]) => Plan,
  run: (plan: Plan) => Promise<void>,
): Benchmark {
  return {
    takes,
    prepare(words) {
      const plan = read(words);
      return () => run(plan);
    },
  };
}

export function takingNothing(run: () => Promise<void>): Benchmark {
  return taking(
    '',
    ([word]) => {
      if (word !== undefined) throw new WordError(`"${word}" is one word too many: it takes none.`);
    },
    run,
  );
}

export function usageOf(name: string, { takes }: Benchmark): string {
  return `npm run bench -- ${name}${takes === '' ? '' : ` ${takes}`}`;
}
