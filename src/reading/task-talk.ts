import type { LineNames } from './message.ts';

const SAYS =
  '(?:says|said|asks|asked|is (?:asking|saying|greeting)|wants|wanted|just|greets|greeted|seems to (?:be|want)|has (?:said|asked|greeted))';

/**
 * What gives plain words away as thoughts about the task. A model that thinks aloud has no marks, and ends as an answer
 * does; but it speaks of the user, of its prompt and of what it has to write, which no NPC knows of.
 */
const TASK_TALK: readonly RegExp[] = [
  /\bthe user\b(?! of\b)(?:['’]s)?/i,
  // "The prompt delivery of potions" is none.
  /\bthe prompt(?:['’]s\b|(?=\W*(?:$|[,.;:)]|(?:says?|said|asks?|wants?|is|was|and|requires?|gives|states|tells|specifi|mentions|above|to|also|here|about)\b)))/i,
  /\bthe system (?:message|prompt|instructions?)\b/i,
  new RegExp(`\\bthe (?:player|traveler|traveller|adventurer|character) ${SAYS}\\b`, 'i'),
  /\b(?:i|we)(?: (?:need|have|ought|want)| (?:should|must))(?: to)? (?:respond|reply|output|generate|answer as|speak as|stay in character|(?:produce|write|give) an? (?:short |brief |valid |final )?(?:json|object|response|reply|answer)|keep (?:it|this|the \w+) (?:short|brief))\b/i,
  /\b(?:json|valid object|max_tokens|response format|the (?:output|answer) format|in[- ]character|\d+ characters)\b/i,
  /^\W*(?:okay|ok|alright|hmm|so|first|wait|right)?,? ?(?:let me|let['’]s) (?:analy[sz]e|craft|draft|produce|break (?:this|it|that) down|think (?:about (?:this|how)|step by step|through))\b/i,
  /\b(?:let me (?:craft|draft|write|compose|formulate)|draft(?:ing)? (?:a |the |an )?(?:response|reply|answer)|possible (?:response|reply|answer)s?|final (?:check|output|response))\b/i,
  /\bfinal answer[*_]{0,3}\s*(?:[:：\n]|$)/i,
  /用户|提示词|ユーザー|사용자가|пользовател[ья]|\bl['’]utilisateur\b|\bel usuario\b|\bo usuário\b|\bder (?:be)?nutzer\b/iu,
  // In these languages "the player" is a word of games alone.
  /玩家|プレイヤー|플레이어|(?<!\p{L})игрок(?!\p{L})|\bel jugador\b|\ble joueur\b|\bo jogador\b|\bder spieler\b/iu,
];

/** Tells whether words speak of the task in place of doing it: of a prompt, or of those who talk as of others. */
export function isTaskTalk(words: string, names: LineNames = { npc: [], player: [] }): boolean {
  return TASK_TALK.some((pattern) => pattern.test(words)) || speaksOfPart(words, names);
}

/** "How the Sage would reply", "I'll answer as the Sage", "Okay, so Ana says hello": nobody talks so of himself and his guest. */
function speaksOfPart(words: string, { npc, player }: LineNames): boolean {
  return (
    hasOne(words, npc, (name) => [
      `\\b(?:how|what) (?:the )?${name} (?:would|should|might|could) (?:say|reply|respond|answer|react)\\b`,
      `\\b(?:answer|reply|respond)(?:ing)? (?:as|like) (?:the )?${name}\\b`,
    ]) ||
    hasOne(words, [...player, 'the player', 'the traveler', 'the traveller', 'the adventurer'], (name) => [
      `^\\W*(?:(?:okay|ok|alright|hmm+|so|right|well),? ){1,2}${name} ${SAYS}\\b`,
      `^\\W*(?:(?:okay|ok|alright|hmm+|so|right|well),? ){1,2}${name} is [\\p{L}]+ing\\b`,
    ])
  );
}

function hasOne(
  words: string,
  names: readonly string[],
  patternsOf: (name: string) => readonly string[],
): boolean {
  return names
    .filter((name) => name.trim().length > 1)
    .flatMap((name) => patternsOf(name.trim().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')))
    .some((pattern) => new RegExp(pattern, 'iu').test(words));
}
