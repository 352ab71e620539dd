import type { QueueStore } from '../../queue/queue-store.ts';
import type { OwnRequests } from './requests.ts';

/** What the tests of the queue work with. */
export interface Lab {
  readonly store: QueueStore;
  readonly requests: OwnRequests;
  /** Tells the workers that there is something to do. */
  readonly ring: () => Promise<void>;
  /** Why nobody serves requests; undefined where somebody does. */
  readonly whyUnserved: string | undefined;
  readonly signal: AbortSignal;
  /** Tells of what passed and still may be a mistake. */
  readonly warn: (warning: string) => void;
}
