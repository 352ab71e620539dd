import type { Statement } from './syntax.ts';

/** A script that is read: of an NPC, a function of a library, or an item. */
export interface Script {
  readonly kind: 'npc' | 'function' | 'item';
  readonly name: string;
  readonly file: string;
  /** The line of its header. */
  readonly line: number;
  readonly endLine: number;
  readonly body: readonly Statement[];
  /** Of a function, how it is called, as the comment above it says. */
  readonly usage: string | undefined;
}
