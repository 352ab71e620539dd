import type { Statements } from './statements.ts';

/** Each statement by which a worker finds requests to serve or to end has this bound, and is narrowed there. */
const BOUND = /\bid <= 9007199254740991/g;
const FINDING = ['hasDue', 'lockForClaim', 'hasOverdue', 'lockOverdue', 'lockWithoutStatus'] as const;

/** The statements of a worker that serves requests with this mark in source_npc, and leaves all others to others. */
export function onlyMarked(statements: Statements, mark: 'AI IPC self-test'): Statements {
  const narrowed = FINDING.map((name) => [
    name,
    statements[name].replace(BOUND, (bound) => `${bound} AND source_npc = '${mark}'`),
  ]);
  return { ...statements, ...Object.fromEntries(narrowed) };
}
