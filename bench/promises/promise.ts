import type { AiStub } from '../../test/support/ai-stub.ts';
import type { QueueObserver } from '../../test/support/queue-observer.ts';
import type { WorkerProcess } from '../../test/support/worker-process.ts';

/** What a promise is measured with: tables of its own, an AI service that does what it is told, and workers. */
export interface Bench {
  readonly queue: QueueObserver;
  readonly stub: AiStub;
  /** A worker that serves; it ends with the measuring. `database` where it does not go straight to the queue's. */
  startWorker(
    env?: Readonly<Record<string, string>>,
    database?: { readonly host: string; readonly port: number },
  ): Promise<WorkerProcess>;
}

/** Something that is promised to take no longer than a certain time. */
export interface Promised {
  readonly name: string;
  readonly withinMs: number;
  /** Resolves with the milliseconds that it took. */
  measure(bench: Bench): Promise<number>;
}

/** The milliseconds until `work` is done. */
export async function msOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
