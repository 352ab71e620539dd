/** What stands behind the last heading of an answer, where thoughts under headings stand before it. */
export interface UnderHeading {
  readonly thoughts: string;
  /** Null where no heading says that an answer begins. */
  readonly answer: string | null;
  readonly isChannel: boolean;
}

/** gpt-oss where its server swallows the marks: "analysis…assistantfinal…" */
const BARE_CHANNEL = /^\s*(?:assistant\s{0,3})?(?:analysis|commentary)(?![a-z])/;
const BARE_FINAL = /assistant\s{0,3}final(?:\s{0,3}json(?=\s{0,3}\{))?/g;
const BARE_FINAL_FIRST = /^\s*(?:assistant\s{0,3})?final(?:\s{0,3}json)?(?=[\p{Lu}{"“])/u;

/** Not one asterisk: that is a stage direction. */
const DECOR = '[\\s>#\\-\\d.]{0,12}(?:[*_]{2,3}\\s?)?';
const INTRO = "(?:here(?:['’]s| is| are) |this is )?(?:my |the |a |an )?";
/** "Here is my thought process:", "**Thinking:**", "Reasoning steps:" */
const THOUGHT_HEADING = new RegExp(
  `^${DECOR}${INTRO}(?:internal |inner |step[- ]by[- ]step )?(?:thinking|thoughts?|thought process|thinking process|reasoning|analysis|plan|internal monologue|chain[- ]of[- ]thought)(?: (?:process|steps?))?[*_]{0,3}\\s?[:：\\n]`,
  'i',
);
/** "Here is my response:", "### Final answer" */
const ANSWER_HEADING = new RegExp(
  `(?:^|\\n)${DECOR}${INTRO}(?:final )?(?:answer|response|reply|output|result|final|dialogue|speech)[*_]{0,3}\\s?(?:[:：][*_]{0,3}|\\n)|here(?:['’]s| is) my (?:final )?(?:response|answer|reply):`,
  'gi',
);

/** Undefined for a text that begins like no thoughts. */
export function readHeadings(text: string): UnderHeading | undefined {
  if (BARE_CHANNEL.test(text)) return { ...splitAtLast(text, BARE_FINAL), isChannel: true };
  const first = BARE_FINAL_FIRST.exec(text)?.[0];
  if (first !== undefined) return { thoughts: '', answer: text.slice(first.length), isChannel: true };
  if (!THOUGHT_HEADING.test(text)) return undefined;
  return { ...splitAtLast(text, ANSWER_HEADING), isChannel: false };
}

function splitAtLast(text: string, heading: RegExp): Pick<UnderHeading, 'thoughts' | 'answer'> {
  const last = [...text.matchAll(heading)].at(-1);
  if (!last) return { thoughts: text, answer: null };
  return { thoughts: text.slice(0, last.index), answer: text.slice(last.index + last[0].length) };
}
