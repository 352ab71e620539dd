import type { WayOut } from '../flow/ways.ts';
import type { Remark } from './finding.ts';

/** A script that ends with an open window. */
export function findOpenEnds({ line, isOpen, word }: WayOut): Remark[] {
  if (!isOpen) return [];
  return [
    {
      line,
      rule: 'no-close',
      reason: `The dialogue is still open at ${word === 'the end of the script' ? word : `this "${word}"`}.`,
      remedy: 'Write close; there (or close2; and then end;), on every way out.',
    },
  ];
}
