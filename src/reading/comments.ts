import type { LeftOut, LineNames } from './message.ts';

/** What is longer is no answer with a note behind it. */
const MAX_CHARACTERS = 20_000;

export interface Commented {
  readonly words: string;
  readonly leftOut: readonly LeftOut[];
}

const OF_ANSWER =
  '(?:response|reply|answer|dialogue|line|version|message|output|tone|style|persona|character|wording)';
/** Paragraphs that speak of the answer, as they stand behind it: what an NPC says goes on, and does not judge itself. */
const AFTERWORDS: readonly RegExp[] = [
  new RegExp(
    `^\\W*(?:note|p\\.?s\\.?|remark|disclaimer)\\b[^\\n]{0,200}(?:\\b${OF_ANSWER}s?\\b|\\bi(?:['’]ve| have)? kept\\b)`,
    'i',
  ),
  /^\W*(?:explanation|rationale|reasoning|justification|commentary|analysis|translation notes?)\W{0,4}[:\n]/i,
  new RegExp(
    `^\\W*(?:this|the|my) (?:\\w+ )?${OF_ANSWER} (?:\\w+ly )?(?:is|was|fits|reflects|keeps|kept|stays|shows|captures|conveys|maintains|uses|should|avoids|matches|remains|ends|has)\\b`,
    'i',
  ),
  /^\W*(?:i hope (?:this|that|it) (?:helps|works|fits|meets|suits)|let me know (?:if|whether|what|how) (?:you(?:['’]d| would| want| need)|this|that|it|there|anything)|feel free to (?:ask|adjust|modify|change|let me))\b/i,
  /^\W*would you like (?:me to|another|a different|to) (?:[^?]{0,40})?(?:scene|reply|response|version|dialogue|role-?play|conversation|tone|anything)\b/i,
  /^\W*(?:alternative(?:ly|s)?|other options?|option 2|or)\W{0,4}[:\n]/i,
];
/** "(3 words)", "[19 characters]", "Word count: 3" */
const COUNT =
  /(?:[([*_]{1,2}(?:word|character|token)?\s?(?:count|total|length)?:?\s?~?\d+ (?:words?|char(?:acter)?s?|tokens?)[)\]*_.]{1,3}|\n[ \t*_([]*(?:word|character|token) count:?[*_]*:? ?\d+[)\]*_.]*)\s*$/i;
/** "((OOC: …))", "(Note: this keeps to the style)" */
const OUT_OF_PLAY = new RegExp(
  `[([]{1,2}\\s*(?:(?:ooc|out of character|a\\/n|author['’]s note|scene|setting|system|editor['’]s note)\\b|note:(?=[^()\\[\\]]*\\b${OF_ANSWER}\\b|\\s*this (?:keeps|is|fits)))[^()\\[\\]]{0,400}[)\\]]{1,2}`,
  'gi',
);
/** The head of a scene; the question once more, as a quote; and "Thought for 4 seconds", as pages of chats show it. */
const HEAD =
  /^\s*(?:INT|EXT)\. [^\n]*\n|^\s*(?:>[^\n]*\n)+\s*\n(?=\s*\S)|^\W*(?:thought|reasoned|thinking) for (?:\d+|a few|a couple of|an?|less than a)\s?(?:\w+ ){0,3}?(?:s|sec|seconds?|minutes?|moments?)\W*\n/i;
const BLANK_LINE = /\n[ \t]*\n/;

/** The words without what is said about them: announcements before, and notes, counts and offers behind. */
export function takeUncommented(text: string, names: LineNames): Commented {
  if (text.length > MAX_CHARACTERS) return { words: text, leftOut: [] };
  const leftOut: LeftOut[] = [];
  const why = 'what is said about the answer';
  const drop = (from: string, pattern: RegExp) =>
    from.replace(pattern, (found) => {
      leftOut.push({ text: found.trim(), why });
      return ' ';
    });
  let words = drop(drop(drop(drop(text, HEAD), OUT_OF_PLAY), deedOf(names)).trim(), COUNT).trim();
  const announcement = announcementOf(words, names);
  if (announcement !== '') {
    leftOut.push({ text: announcement.trim(), why });
    words = words.slice(announcement.length).trim();
  }
  const paragraphs = words.split(BLANK_LINE);
  const last = paragraphs.findIndex((paragraph, at) => at > 0 && isAfterword(paragraph));
  if (last === -1) return { words, leftOut };
  leftOut.push({ text: paragraphs.slice(last).join('\n\n').trim(), why });
  return { words: paragraphs.slice(0, last).join('\n\n').trim(), leftOut };
}

/** "[Ana leaves]", but not "[Sage of Prontera]: ", where the NPC is also called Sage. */
function deedOf({ npc, player }: LineNames): RegExp {
  const any = [...npc, ...player].map((name) => name.trim().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(
    `\\[(?:the )?(?:${any.filter((name) => name.length > 1).join('|') || '(?!)'}) \\p{Ll}+[^\\[\\]]{0,80}\\](?!\\s*[:：])`,
    'giu',
  );
}

function isAfterword(paragraph: string): boolean {
  return AFTERWORDS.some((pattern) => pattern.test(paragraph));
}

/** "Sure thing! As the Sage of Prontera:", alone on its line. */
function announcementOf(text: string, { npc }: LineNames): string {
  const line = /^[^\n]{0,160}:[*_]{0,3}[ \t]*\n/.exec(text)?.[0] ?? '';
  if (
    !/^\W*(?:sure|certainly|of course|okay|ok|absolutely|alright|understood|got it|no problem|here)\b/i.test(
      line,
    )
  )
    return '';
  const isOfAnswer = /\b(?:response|reply|answer|dialogue|line|version)s?\b/i.test(line);
  return isOfAnswer || npc.some((name) => line.toLowerCase().includes(name.trim().toLowerCase())) ? line : '';
}
