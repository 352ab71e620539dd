import type { Cell } from './packets.ts';

/** A map without walls where it matters, of 400 cells by 400: from each home 22 cells to the east are open. */
export const MAP = 'quiz_01';
/** Another one of the same shape. */
export const OTHER_MAP = 'guild_room';
/** Beyond what players and NPCs see of each other, 14 cells: so a step of one is not told to all. */
const STEP_X = 26;
const FIRST_X = 12;
/** Rows without a wall, and apart from each other; in the last one only the homes themselves are free. */
const ROWS = [12, 28, 100, 116, 132, 148, 164, 320, 336, 248, 198];
const PAIRS_IN_A_ROW = 14;

/** Where a player lives: two stand beside each other, so that they can trade. */
export function homeOf(player: number): Cell {
  const pair = Math.floor(player / 2);
  return {
    x: FIRST_X + STEP_X * (pair % PAIRS_IN_A_ROW) + (player % 2),
    y: ROWS[Math.floor(pair / PAIRS_IN_A_ROW)] ?? 0,
  };
}

/** Lines that set a copy of an NPC beside each player's home. */
export function duplicates(npc: string, players: number, above: number): string {
  return numbersTo(players)
    .map((player) => {
      const { x, y } = homeOf(player);
      return `${MAP},${x},${y + above},4\tduplicate(${npc})\t${npc}#${player}\t4_F_KAFRA1\n`;
    })
    .join('');
}

export function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}
