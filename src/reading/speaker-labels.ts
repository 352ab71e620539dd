import type { LineNames } from './message.ts';

/** How models call the player and themselves when they write a play. */
const PLAYER_WORDS = ['player', 'user', 'human', 'you', 'traveler', 'traveller', 'adventurer', 'instruction'];
const NPC_WORDS = ['assistant', 'npc', 'ai', 'bot', 'model'];
/** Names are the players' own: one of a single letter would be found in every answer. */
const SHORTEST_NAME = 2;
/** With a colon each has three characters: these fill the 8,000 that are ever shown. */
const MAX_LABELS = 3_000;

/** Who speaks from here on, as it is written before a line. */
export interface Label {
  readonly start: number;
  readonly end: number;
  readonly isPlayers: boolean;
  /** A word for any player, such as "you", and no name. */
  readonly isAnybody: boolean;
}

export function findLabels(text: string, names: LineNames): Label[] {
  const npc = [...names.npc, ...NPC_WORDS].filter(isUsable);
  const own = new Set(npc.map(keyOf));
  const player = [...names.player, ...PLAYER_WORDS].filter((name) => isUsable(name) && !own.has(keyOf(name)));
  const players = new Set(player.map(keyOf));
  const anybody = new Set(PLAYER_WORDS);
  const found: RegExpExecArray[] = [];
  for (const one of text.matchAll(labelsOf(npc, player))) {
    if (isLabel(one, text)) found.push(one);
    if (found.length >= MAX_LABELS) break;
  }
  return found.map(({ 0: written, index, groups }) => {
    const name = keyOf(Object.values(groups ?? {}).find((one) => one !== undefined) ?? '');
    return {
      start: index,
      end: index + written.length,
      isPlayers: players.has(name),
      isAnybody: anybody.has(name),
    };
  });
}

/** Tells whether somebody's name, or what a server calls a role, is the player's. */
export function isPlayers(name: string, { npc, player }: LineNames): boolean {
  const key = keyOf(name);
  return (
    !npc.some((own) => keyOf(own) === key) && [...player, ...PLAYER_WORDS].some((one) => keyOf(one) === key)
  );
}

/** What depends on capitals, which a pattern for names in any case cannot see. */
function isLabel({ 0: written, index, groups }: RegExpExecArray, text: string): boolean {
  if (groups?.['mid'] !== undefined) return !/^\p{Ll}/u.test(text.slice(index + written.length));
  if (groups?.['titled'] !== undefined) return /^(?:\p{Lu}\p{L}+ ){1,2}/u.test(written);
  return true;
}

function keyOf(name: string): string {
  return name.trim().toLowerCase();
}

function isUsable(name: string): boolean {
  return [...name.trim()].length >= SHORTEST_NAME;
}

const LINE = '(?<![^\\n])';
const EMOJI = '(?:\\p{Extended_Pictographic}[\\p{M}\\p{Emoji_Modifier}\\u200d♂♀]{0,4}){1,3}[ \\t]{0,2}';
/** "2. ", "[12:30] ", "### ", "🧙 **" */
const BEFORE = `(?:\\d{1,2}[.)][ \\t]+|\\[\\d{1,2}:\\d{2}(?::\\d{2})?\\][ \\t]*|[ \\t>*_#"“\\[(<【\\-]|${EMOJI}){0,8}`;
const SAYS =
  '(?:says|said|replies|replied|answers|answered|responds|responded|asks|asked|speaks|whispers|mutters|murmurs)';
/** "(smiling)", ", smiling", "*smiling*", "'s response" */
const ASIDE = `(?:[ \\t]?(?:[([*][^()*\\[\\]\\n]{0,40}[)\\]*]|${EMOJI})|, \\p{Ll}+ing(?: \\p{L}+){0,2}|['’]s? (?:response|reply|answer|line)|[ \\t]?\\d{1,2}){0,2}`;
const COLON =
  '["”*_\\])>】]{0,4}[ \\t]?(?:[\\uFE0F♂♀]|\\p{Extended_Pictographic}){0,3}[ \\t]?[:：]{1,2}[*_"]{0,3}[ \\t]*';
/** "nods and says, " before a quote, "replies dryly: " before anything. */
const TOLD = `(?: \\p{Ll}+){0,3} ${SAYS}(?: \\p{Ll}+){0,2}(?:,[ \\t]*(?=["“«「])|[:：][ \\t]*)`;

/**
 * At the beginning of a line with a colon, in brackets without one ("[Ana] Then teach me."), or alone on it where its marks
 * show that it is a heading. Within a line only behind the end of a sentence and before one that begins, because "Hear me,
 * Ana: beware" is speech, and so is "Ana: the smith".
 */
function labelsOf(npcNames: readonly string[], playerNames: readonly string[]): RegExp {
  const any = anyOf([...npcNames, ...playerNames]);
  const npc = anyOf(npcNames);
  const long = anyOf(npcNames.filter((name) => !NPC_WORDS.includes(name)));
  const player = anyOf(playerNames);
  return new RegExp(
    [
      `${LINE}${BEFORE}(?:(?:response|reply|answer) (?:from|by|of) |as |npc[ :]{1,2}[(]?)?(?:the )?(?<line>${any})${ASIDE}${COLON}`,
      // "Old Master Sage:"; before a player's name it is a call: "Listen Ana: the bridge is out."
      `${LINE}(?:\\p{L}{2,20} ){1,2}(?<titled>${npc}):[ \\t]*`,
      `${LINE}${BEFORE}(?:the )?(?<told>${any})${TOLD}`,
      `${LINE}[ \\t]{0,4}[\\[<【](?<bare>${any})[\\]>】][ \\t]*(?=[^ \\t:：])`,
      `${LINE}(?<corner>${any})(?=「)`,
      `${LINE}[|][ \\t]*(?<cell>${any})[ \\t]*[|][ \\t]*|${LINE}(?<piped>${any})[ \\t]*[|>][ \\t]+`,
      // With a name of its own only: "AI - what a word".
      `^[ \\t*_]{0,4}(?<dashed>${long})[*_]{0,3} ?(?: [-–]|[—–]) `,
      `${LINE}[ \\t]*(?:#{1,6}[ \\t]+|[*_]{2,3})(?<headed>${any})[*_]{0,3}[ \\t]*(?=\\n\\s*\\S)`,
      `^[ \\t]*(?<first>${npc})[ \\t]*\\n\\s*(?=\\S)`,
      `(?<=\\n[ \\t]*\\n)(?<last>${player})[ \\t]*(?=\\n[ \\t]*\\S)`,
      `(?<=[.!?…。！？"”*)][ \\t])[*_"“\\[(]{0,4}(?<mid>${any})${ASIDE}${COLON}`,
    ].join('|'),
    'giu',
  );
}

function anyOf(names: readonly string[]): string {
  return [...names]
    .sort((one, other) => other.length - one.length)
    .map((name) => name.trim().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('|');
}
