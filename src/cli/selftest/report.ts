import { AiIpcError, messageOf } from '../../base/errors.ts';

/** The eight tests, by the names that admins know, in the order in which they run. */
const TEST_NAMES = [
  'Database connectivity',
  'Table existence',
  'Request insertion',
  'Request processing',
  'Response retrieval',
  'Timeout handling',
  'Cleanup operations',
  'Performance metrics',
] as const;

/** Longer than this nobody should wonder whether it still runs. */
const TELL_WAIT_MS = 5_000;

export type TestName = (typeof TEST_NAMES)[number];

export interface TestResult {
  readonly name: TestName;
  readonly status: 'passed' | 'failed' | 'not run';
  readonly ms: number;
  /** What was seen; for a failure the reason and what to do. */
  readonly detail: string;
}

/** Runs tests, measures them and tells each result as soon as it is there. */
export class Report {
  readonly results: TestResult[] = [];
  /** What passed and still may be a mistake, one or two sentences each. */
  readonly warnings: string[] = [];
  readonly #onResult: (result: TestResult) => void;
  readonly #onWait: (name: TestName, seconds: number) => void;

  constructor(
    onResult: (result: TestResult) => void,
    onWait: (name: TestName, seconds: number) => void = () => undefined,
  ) {
    this.#onResult = onResult;
    this.#onWait = onWait;
  }

  /** `test` gives what it saw, or throws. */
  async run(name: TestName, test: () => Promise<string>): Promise<void> {
    const startMs = performance.now();
    const elapsedMs = () => Math.round(performance.now() - startMs);
    const waiting = setInterval(() => this.#onWait(name, Math.round(elapsedMs() / 1_000)), TELL_WAIT_MS);
    try {
      const detail = await test();
      this.#add({ name, status: 'passed', ms: elapsedMs(), detail });
    } catch (error) {
      this.#add({ name, status: 'failed', ms: elapsedMs(), detail: reasonOf(error) });
    } finally {
      clearInterval(waiting);
    }
  }

  /** Tells of every test that has no result yet that it was not run. */
  skipRest(because: string): void {
    for (const name of TEST_NAMES) if (!this.#has(name)) this.skip(name, because);
  }

  fail(name: TestName, reason: string): void {
    this.#add({ name, status: 'failed', ms: 0, detail: reason });
  }

  skip(name: TestName, because: string): void {
    this.#add({ name, status: 'not run', ms: 0, detail: `Not run: ${because}` });
  }

  warn(warning: string): void {
    this.warnings.push(warning);
  }

  hasPassed(name: TestName): boolean {
    return this.results.some((result) => result.name === name && result.status === 'passed');
  }

  get isGood(): boolean {
    return TEST_NAMES.every((name) => this.hasPassed(name));
  }

  #has(name: TestName): boolean {
    return this.results.some((result) => result.name === name);
  }

  #add(result: TestResult): void {
    this.results.push(result);
    this.#onResult(result);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof AiIpcError ? `${error.code}: ${error.message}` : messageOf(error);
}
