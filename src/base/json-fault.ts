import { messageOf } from './errors.ts';

/** Where a text stops being JSON, as ` (from character 12 on)`; the parser's own words would quote what a player said. */
export function faultPosition(error: unknown): string {
  const position = /at position (\d+)/.exec(messageOf(error))?.[1];
  return position === undefined ? '' : ` (from character ${position} on)`;
}
