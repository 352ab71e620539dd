/**
 * What gives plain words away as thoughts about the task. A model that thinks aloud has no marks, and ends as an answer
 * does; but it speaks of the user, of its prompt and of what it has to write, which no NPC knows of.
 */
const TASK_TALK: readonly RegExp[] = [
  /\bthe (?:user|prompt|system (?:message|prompt|instructions?))(?:['’]s)?\b/i,
  /\bthe (?:player|traveler|traveller|adventurer|character) (?:says|said|asks|asked|is asking|wants|wanted|just|greets|greeted|seems to (?:be|want)|has (?:said|asked|greeted))\b/i,
  /\b(?:i|we)(?: (?:need|have|ought|want)| (?:should|must))(?: to)? (?:respond|reply|output|generate|answer as|speak as|stay in character|(?:produce|write|give) an? (?:short |brief |valid |final )?(?:json|object|response|reply|answer)|keep (?:it|this|the \w+) (?:short|brief))\b/i,
  /\b(?:json|valid object|max_tokens|response format|the (?:output|answer) format|in[- ]character|\d+ characters)\b/i,
  /^\W*(?:okay|ok|alright|hmm|so|first|wait|right)?,? ?(?:let me|let['’]s) (?:analy[sz]e|craft|draft|produce|break (?:this|it|that) down|think (?:about (?:this|how)|step by step|through))\b/i,
  /\b(?:let me (?:craft|draft|write|compose|formulate)|draft(?:ing)? (?:a |the |an )?(?:response|reply|answer)|possible (?:response|reply|answer)s?|final (?:answer|check|output|response))\b/i,
  /用户|提示词|ユーザー|사용자가|пользовател[ья]|\bl['’]utilisateur\b|\bel usuario\b|\bo usuário\b|\bder (?:be)?nutzer\b/iu,
];

/** Tells whether words speak of the task in place of doing it. */
export function isTaskTalk(words: string): boolean {
  return TASK_TALK.some((pattern) => pattern.test(words));
}
