/**
 * Lines of rAthena's script.inc and script_def.inc. Files are handled as latin1 text, one character a byte, so that
 * whatever an admin's editor wrote comes out as it went in.
 */

/** Comments and texts in quotes, whichever begins first. */
const COMMENT_OR_TEXT = /\/\/[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*'/g;
/** BUILDIN_FUNC(name), BUILDIN_DEF(name,"args"), BUILDIN_DEF2(function,"name","args"). */
const COMMAND = /\bBUILDIN_(FUNC|DEF\w*)\s*\(\s*(\w+)(?:\s*,\s*"([^"]*)")?/g;

/** A command of NPC scripts that a file defines. */
export interface DefinedCommand {
  readonly name: string;
  /** Its line in the file, from 1. */
  readonly line: number;
  /** The word of the `#ifndef` in which it stands: when that is defined, there is no such command. */
  readonly unless: string | undefined;
}

/** The line that brings a file of ours into one of rAthena's. */
export function includeLine(file: string): string {
  return `#include "${file}"`;
}

/** The number, from 1, of the first line that includes this file of src/custom; 0 when none does. */
export function findInclude(text: string, file: string): number {
  const name = file.replaceAll('.', '\\.');
  const include = new RegExp(`^[ \\t]*#[ \\t]*include[ \\t]*"(?:\\./|[./]*(?:src/)?custom/)?${name}"`, 'm');
  const found = include.exec(withoutComments(text));
  return found === null ? 0 : lineAt(text, found.index);
}

/** The text with one more line at its end, in the line ends of the lines before. */
export function addLine(text: string, line: string): string {
  const eol = lineEndOf(text);
  return `${text}${endsALine(text) ? '' : eol}${line}${eol}`;
}

/**
 * The text without the lines that are exactly this one. `endedWithoutNewline` says that the text had no line end before
 * the line was added: it has none again, unless something was added behind.
 */
export function removeLine(text: string, line: string, endedWithoutNewline: boolean): string {
  const visible = withoutComments(text);
  let kept = '';
  let isLastOurs = false;
  for (const { index, 0: whole } of text.matchAll(/[^\n]*\n|[^\n]+$/g)) {
    const isCode = visible.startsWith(line, index);
    isLastOurs = isCode && whole.trimEnd() === line;
    if (!isLastOurs) kept += whole;
  }
  return isLastOurs && endedWithoutNewline ? withoutLastLineEnd(kept) : kept;
}

/** True when a line that is added at the end is a line of its own without more ado. */
export function endsALine(text: string): boolean {
  return text === '' || text.endsWith('\n');
}

/** The commands that a file defines by itself; those of the files that it includes are not seen. */
export function definedCommands(text: string): DefinedCommand[] {
  const visible = withoutComments(text);
  return [...visible.matchAll(COMMAND)].map((found) => {
    const [, kind = '', first = '', second = first] = found;
    const [, unless] =
      /#[ \t]*ifndef[ \t]+(\w+)(?![\s\S]*#[ \t]*endif)/.exec(visible.slice(0, found.index)) ?? [];
    return { name: kind.startsWith('DEF2') ? second : first, line: lineAt(text, found.index), unless };
  });
}

/** True when the text has a `#define` of this word. */
export function hasDefine(text: string, word: string): boolean {
  return new RegExp(`^[ \\t]*#[ \\t]*define[ \\t]+${word}\\b`, 'm').test(withoutComments(text));
}

/** The same text with its comments blanked out, so that every position stays what it was. */
function withoutComments(text: string): string {
  return text.replace(COMMENT_OR_TEXT, (part) =>
    part.startsWith('/') ? part.replace(/[^\r\n]/g, ' ') : part,
  );
}

/** The last one counts: it is the one beside which a line is added. */
function lineEndOf(text: string): string {
  return /\r\n[^\n]*$/.test(text) ? '\r\n' : '\n';
}

/** Without what `addLine` put between the text and its line. */
function withoutLastLineEnd(text: string): string {
  const isCrlf = text.endsWith('\r\n') && lineEndOf(text.slice(0, -2)) === '\r\n';
  return text.slice(0, isCrlf ? -2 : -1);
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
