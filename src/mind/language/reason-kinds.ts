/** What an action comes to, where an NPC is to say why it takes it. */
export const REASON_KINDS = [
  'flee',
  'heal',
  'attack',
  'defend',
  'warn',
  'help',
  'trade',
  'talk',
  'rest',
  'search',
  'wait',
  'give',
  'keep',
  'other',
] as const;

export type ReasonKind = (typeof REASON_KINDS)[number];
