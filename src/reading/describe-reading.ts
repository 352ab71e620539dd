import type { LeftOut, Reading } from './message.ts';

/** A reading without its words, which may be a player's: fit for a log. */
export interface ReadingOutline {
  readonly evidence?: readonly string[];
  /** What was wrong, where nothing was taken. */
  readonly nothing?: string;
  readonly wrote_characters: number;
  readonly taken_characters: number;
  readonly left_out: readonly { readonly why: string; readonly characters: number }[];
}

export function outlineOf(reading: Reading): ReadingOutline {
  const { wrote, leftOut } = reading;
  return {
    ...(reading.kind === 'nothing' ? { nothing: reading.why } : { evidence: reading.evidence }),
    wrote_characters: wrote.length,
    taken_characters: takenOf(reading).length,
    left_out: leftOut.map(({ why, text }) => ({ why, characters: text.length })),
  };
}

/** A reading for a person: what the model wrote, what of it was taken, and what was left out, each with the reason. */
export function describeReading(reading: Reading): string {
  const taken =
    reading.kind === 'nothing'
      ? section('nothing was taken', `It is ${reading.why}.`)
      : section(`taken by this evidence: ${reading.evidence.join(', ')}`, takenOf(reading));
  const leftOut = reading.leftOut.map(({ why, text }: LeftOut) => section(`left out: ${why}`, text));
  return [section('the model wrote', reading.wrote), taken, ...leftOut].join('\n');
}

function takenOf(reading: Reading): string {
  if (reading.kind === 'nothing') return '';
  return reading.kind === 'words' ? reading.words : JSON.stringify(reading.fields);
}

/** What a terminal would obey is shown as an escape. */
const INVISIBLE = /(?!\n)\p{C}/gu;

function section(title: string, text: string): string {
  const visible = text.replace(INVISIBLE, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`);
  return [`  [${title}]`, ...visible.split('\n').map((line) => `    ${line}`)].join('\n');
}
