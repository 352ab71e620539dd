import type { LeftOut, LineNames } from './message.ts';

/** How models call the player and themselves when they write a play. */
const PLAYER_WORDS = ['player', 'user', 'human', 'you', 'traveler', 'traveller', 'adventurer'];
const NPC_WORDS = ['assistant', 'npc', 'ai', 'bot', 'model'];
/** Names are the players' own: one of a single letter would be found in every answer. */
const SHORTEST_NAME = 2;

export interface OwnLines {
  readonly words: string;
  readonly leftOut: readonly LeftOut[];
}

interface Label {
  readonly start: number;
  readonly end: number;
  readonly isPlayers: boolean;
}

/**
 * What the NPC itself says where a model wrote a play: without the labels of its lines, and without everything from the
 * player's first line on. A line of the player at the very beginning repeats what was said: the answer is behind it.
 */
export function takeOwnLines(text: string, names: LineNames): OwnLines {
  const labels = findLabels(text, names);
  const leftOut: LeftOut[] = [];
  let words = '';
  let at = 0;
  for (const label of labels) {
    words += text.slice(at, Math.max(at, label.start));
    at = Math.max(at, label.end);
    if (!label.isPlayers) {
      leftOut.push({
        text: text.slice(label.start, label.end).trim(),
        why: "the NPC's name before its line",
      });
      if (words.trim() !== '') words = `${words.trimEnd()}\n`;
      continue;
    }
    const isEnd = words.trim() !== '';
    const end = isEnd ? text.length : endOfLine(text, label.end);
    leftOut.push({ text: text.slice(label.start, end).trim(), why: "the player's line" });
    at = end;
    if (isEnd) break;
  }
  return { words: (words + text.slice(at)).trim(), leftOut };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function findLabels(text: string, names: LineNames): Label[] {
  const npc = [...names.npc, ...NPC_WORDS].filter(isUsable);
  const own = new Set(npc.map(keyOf));
  const player = [...names.player, ...PLAYER_WORDS].filter((name) => isUsable(name) && !own.has(keyOf(name)));
  const players = new Set(player.map(keyOf));
  return [...text.matchAll(labelsOf([...npc, ...player]))].map((found) => {
    const name = keyOf(found.groups?.['line'] ?? found.groups?.['mid'] ?? found.groups?.['bare'] ?? '');
    return { start: found.index, end: found.index + found[0].length, isPlayers: players.has(name) };
  });
}

function keyOf(name: string): string {
  return name.trim().toLowerCase();
}

function isUsable(name: string): boolean {
  return [...name.trim()].length >= SHORTEST_NAME;
}

/**
 * At the beginning of a line with a colon, or in brackets without one ("[Ana] Then teach me."); within a line only
 * behind the end of a sentence, because "Hear me, Ana: beware" is speech.
 */
function labelsOf(names: readonly string[]): RegExp {
  const any = [...names]
    .sort((one, other) => other.length - one.length)
    .map(toPattern)
    .join('|');
  const aside = '(?:[ \\t]?[([][^()\\[\\]\\n]{0,40}[)\\]])?';
  const colon = '["”*_\\])>]{0,4}[ \\t]?[:：][*_"]{0,3}[ \\t]*';
  return new RegExp(
    [
      `(?:^|(?<=\\n))[ \\t>*_#"“\\[(<\\-]{0,8}(?<line>${any})${aside}${colon}`,
      `(?:^|(?<=\\n))[ \\t]{0,4}(?:\\[|<)(?<bare>${any})(?:\\]|>)[ \\t]+`,
      `(?<=[.!?…。！？"”*)][ \\t])[*_"“\\[(]{0,4}(?<mid>${any})${aside}${colon}`,
    ].join('|'),
    'giu',
  );
}

function toPattern(name: string): string {
  return name.trim().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
