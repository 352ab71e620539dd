import type { AiClient } from '../ai/ai-client.ts';
import type { AiBreaker } from '../ai/breaker.ts';
import type { Clock } from '../base/clock.ts';
import type { Events } from '../base/events.ts';
import type { WorkerSettings } from '../config/settings.ts';
import type { QueueStore } from '../queue/queue-store.ts';

/** What the parts of a worker share. */
export interface WorkerContext {
  readonly workerId: string;
  readonly store: QueueStore;
  readonly client: AiClient;
  readonly breaker: AiBreaker;
  readonly events: Events;
  readonly clock: Clock;
  readonly settings: WorkerSettings;
}
