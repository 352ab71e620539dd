/**
 * What gives plain words away as thoughts about the task. A model that thinks aloud has no marks, and ends as an answer
 * does; but it speaks of the user, of its prompt and of what it has to write, which no NPC knows of.
 */
const TASK_TALK: readonly RegExp[] = [
  /\bthe (?:user|prompt|system (?:message|prompt)|instructions?|assistant)(?:['’]s)?\b/i,
  /\bthe (?:player|traveler|traveller|adventurer|character) (?:says|said|asks|asked|is asking|wants|wanted|just|greets|greeted|seems to (?:be|want)|has (?:said|asked|greeted))\b/i,
  /\b(?:i|we)(?: (?:need|have|ought|want)| (?:should|must|can|could|will|might|['’]ll)|['’]ll) (?:to )?(?:respond|reply|output|produce|generate|answer (?:as|in|with|the|in character)|speak as|stay in|keep (?:it|the|this) (?:short|brief|in))\b/i,
  /\b(?:json|valid object|max_tokens|response format|the (?:output|answer) format|in[- ]character|\d+ characters)\b/i,
  /^\W*(?:okay|ok|alright|hmm|so|first|wait|right)?,? ?(?:let me (?:think|see|analy[sz]e|break|craft|write|draft|consider)|let['’]s (?:think|analy[sz]e|craft|break|see|produce|write|draft))\b/i,
  /\b(?:let me (?:craft|draft|write|compose|formulate)|draft(?:ing)? (?:a |the |an )?(?:response|reply|answer)|possible (?:response|reply|answer)s?|final (?:answer|check|output|response))\b/i,
  /用户|提示词|ユーザー|사용자가|пользовател[ья]|\bl['’]utilisateur\b|\bel usuario\b|\bo usuário\b|\bder (?:be)?nutzer\b/iu,
];

/** Tells whether words speak of the task in place of doing it. */
export function isTaskTalk(words: string): boolean {
  return TASK_TALK.some((pattern) => pattern.test(words));
}
