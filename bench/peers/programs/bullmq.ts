import type { PeerTask } from '../peer.ts';
import { packageOf } from './task.ts';

interface Job {
  readonly data: unknown;
  readonly returnvalue: unknown;
  waitUntilFinished(events: QueueEvents, limitMs: number): Promise<unknown>;
}

interface QueueEvents {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

interface Queue {
  add(name: string, data: unknown): Promise<Job>;
  addBulk(jobs: readonly { name: string; data: unknown }[]): Promise<unknown>;
  getJobCounts(...states: string[]): Promise<Record<string, number>>;
  getCompleted(from: number, to: number): Promise<readonly (Job | undefined)[]>;
  close(): Promise<void>;
}

interface Worker {
  on(event: 'error', listener: (error: Error) => void): void;
}

/** What is used of the package bullmq. */
interface Bullmq {
  readonly Queue: new (name: string, options: object) => Queue;
  readonly QueueEvents: new (name: string, options: object) => QueueEvents;
  readonly Worker: new (name: string, work: (job: Job) => Promise<unknown>, options: object) => Worker;
}

export function bullmqOf(task: PeerTask): { bullmq: Bullmq; connection: object } {
  const { host, port } = task.database;
  // Its guide "Going to production": a worker's commands wait for a Redis that is away.
  return {
    bullmq: packageOf<Bullmq>(task, 'bullmq'),
    connection: { host, port, maxRetriesPerRequest: null },
  };
}
