import { AI_FAULTS } from './ai-faults.ts';
import { CLOCK_FAULTS } from './clock-faults.ts';
import { DATABASE_FAULTS } from './database-faults.ts';
import type { Fault } from './fault.ts';
import { NETWORK_FAULTS } from './network-faults.ts';
import { WORKER_FAULTS } from './worker-faults.ts';

export const ALL_FAULTS: readonly Fault[] = [
  ...WORKER_FAULTS,
  ...DATABASE_FAULTS,
  ...NETWORK_FAULTS,
  ...AI_FAULTS,
  ...CLOCK_FAULTS,
];
