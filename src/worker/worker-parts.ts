import type { AiClient } from '../ai/ai-client.ts';
import type { Breaker } from '../ai/breaker.ts';
import type { Clock } from '../base/clock.ts';
import type { Events } from '../base/events.ts';
import type { QueueStore } from '../queue/queue-store.ts';

/** What the parts of a worker share. */
export interface WorkerContext {
  readonly workerId: string;
  readonly store: QueueStore;
  readonly client: AiClient;
  readonly breaker: Breaker;
  readonly events: Events;
  readonly clock: Clock;
  readonly settings: WorkerSettings;
}

/** The worker's settings; docs/settings.md gives each its meaning. */
export interface WorkerSettings {
  /** The longest wait between two looks when idle. */
  readonly pollIntervalMs: number;
  /** The most that one claim takes. */
  readonly batchSize: number;
  /** The most calls at once. */
  readonly concurrency: number;
  /** A call longer than this is logged as slow. */
  readonly maxProcessingTimeMs: number;
  readonly cleanupIntervalSeconds: number;
  readonly retentionDays: number;
  readonly logRetentionDays: number;
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  readonly aiServiceBaseUrl: string;
  readonly aiServiceTimeoutSeconds: number;
  readonly doorbellBind: string | null;
  readonly doorbellAdvertise: string | null;
}
