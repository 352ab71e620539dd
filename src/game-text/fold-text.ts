import { COMPOSED, FOLDS } from './folds.ts';

/** Whether a codepage has this character (one code point). */
export type Repertoire = (character: string) => boolean;

/** Stands for what goes away, until its blank is found. No text has it: Unicode says that it never is a character. */
const DROPPED = '\uffff';
/** An emoji is often several characters, and some write it in brackets: they go as one. */
const DROPPED_RUN = /\uffff+/g;
const DROPPED_IN_BRACKETS = /\(\uffff\)/g;
/** With the blank before it, where there would be two, or one before an end. A backslash stands before the quotes of JSON. */
const WITH_BLANK_BEFORE = / \uffff(?=[ .,;:!?)"'\\]|$)/g;
/** With the blank after it, at a beginning: of the text, of brackets, or of a quotation. */
const WITH_BLANK_AFTER = /(?<=^|^["']|[ (]|[ (:,{[]["']|[ (:,"]\\")\uffff /g;

/**
 * The text as a codepage can hold it. What the codepage has stays as it is; what it lacks is replaced by what comes
 * nearest, and what nothing comes near to goes away, with its blank. The map server's commands and the function library
 * over SQL do the same by the same table: test/rathena/game-text.test.ts compares the three.
 */
export function foldText(text: string, has: Repertoire): string {
  const out: string[] = [];
  for (const character of text) {
    if (character !== DROPPED && has(character)) out.push(character);
    else putSubstitute(out, character, has);
  }
  return withoutDropped(out.join(''));
}

function putSubstitute(out: string[], character: string, has: Repertoire): void {
  const last = out.at(-1)?.slice(-1) ?? '';
  const composed = COMPOSED.get(last + character);
  if (composed !== undefined && has(composed)) {
    out.push((out.pop() ?? '').slice(0, -1) + composed);
    return;
  }
  const substitute =
    FOLDS.get(character)?.candidates.find((candidate) => [...candidate].every(has)) ?? DROPPED;
  if (substitute === '') return;
  out.push(/\d$/.test(last) && /^\d/.test(substitute) ? ` ${substitute}` : substitute);
}

function withoutDropped(text: string): string {
  if (!text.includes(DROPPED)) return text;
  return text
    .replace(DROPPED_RUN, DROPPED)
    .replace(DROPPED_IN_BRACKETS, DROPPED)
    .replace(WITH_BLANK_BEFORE, '')
    .replace(WITH_BLANK_AFTER, '')
    .replaceAll(DROPPED, '');
}
