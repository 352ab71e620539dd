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
const BARE_FINAL_FIRST =
  /^\s*(?:assistant\s{0,3}final(?:\s{0,3}json)?(?![a-z])\s*|final(?:\s{0,3}json)?(?:(?=[\p{Lu}{"“])|\s*\n))/u;

/** How models for mathematics give their result. */
const BOXED = /\\boxed\{([^{}]*)\}\W*$/;
const QUOTED_THOUGHTS = /^[^\n]*\n\s*(?:>[^\n]*\n)+/;

/** Not one asterisk: that is a stage direction. */
const DECOR = '[\\s>#\\-\\d.]{0,12}(?:[*_]{2,3}\\s?)?';
const INTRO = "(?:here(?:['’]s| is| are) |this is )?(?:my |the |a |an )?";
/** "Here is my thought process:", "**Thinking:**", "Reasoning steps:" */
const THOUGHT_HEADING = new RegExp(
  `^${DECOR}${INTRO}(?:internal |inner |step[- ]by[- ]step )?(?:thinking|thoughts?|thought process|thinking process|reasoning|analysis|plan|internal monologue|chain[- ]of[- ]thought)(?: (?:process|steps?))?[*_]{0,3}\\s?[:：\\n]|^\\s*[*_]{0,3}thinking(?:\\.{3}|…)[*_]{0,3}[ \\t]{0,3}\\n|^(?:思考|思路|推理|分析|생각)[:：]`,
  'i',
);
/** "Here is my response:", "### Final answer" */
const ANSWER_HEADING = new RegExp(
  `(?:^|\\n)${DECOR}${INTRO}(?:final )?(?:answer|response|reply|output|result|final|dialogue|speech)[*_]{0,3}\\s?(?:[:：][*_]{0,3}|\\n)|here(?:['’]s| is) my (?:final )?(?:response|answer|reply):|\\n(?:\\.{3}|…)done thinking\\.|(?:^|\\n)(?:回答|答案|答复|回复|답변)[:：]`,
  'gi',
);

/** Undefined for a text that begins like no thoughts. */
export function readHeadings(text: string): UnderHeading | undefined {
  const isBare = BARE_CHANNEL.test(text);
  const bare = isBare ? splitAtLast(text, BARE_FINAL) : undefined;
  if (bare && (bare.answer !== null || !THOUGHT_HEADING.test(text))) return { ...bare, isChannel: true };
  const first = BARE_FINAL_FIRST.exec(text)?.[0];
  if (first !== undefined) return { thoughts: '', answer: text.slice(first.length), isChannel: true };
  const boxed = BOXED.exec(text);
  if (boxed) return { thoughts: text.slice(0, boxed.index), answer: boxed[1] ?? '', isChannel: false };
  if (!THOUGHT_HEADING.test(text)) return undefined;
  const headed = splitAtLast(text, ANSWER_HEADING);
  return { ...(headed.answer === null ? behindQuote(text) : headed), isChannel: isBare };
}

/** What stands behind the last heading of an answer, where what is before it is known to be thoughts. */
export function behindAnswerHeading(text: string): string | null {
  return splitAtLast(text, ANSWER_HEADING).answer;
}

/** Poe and its likes give the thoughts as a quote. */
function behindQuote(text: string): Pick<UnderHeading, 'thoughts' | 'answer'> {
  const quote = QUOTED_THOUGHTS.exec(text)?.[0];
  return quote === undefined
    ? { thoughts: text, answer: null }
    : { thoughts: quote, answer: text.slice(quote.length) };
}

function splitAtLast(text: string, heading: RegExp): Pick<UnderHeading, 'thoughts' | 'answer'> {
  const last = [...text.matchAll(heading)].at(-1);
  if (!last) return { thoughts: text, answer: null };
  return { thoughts: text.slice(0, last.index), answer: text.slice(last.index + last[0].length) };
}
