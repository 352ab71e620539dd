import { callsFrom, isAiCall } from './flow/regions.ts';
import { type Signature, signaturesOf } from './flow/signatures.ts';
import { Flow } from './flow/ways.ts';
import { readScripts } from './read-file.ts';
import { findNamedCases } from './rules/case-labels.ts';
import type { Finding, Remark } from './rules/finding.ts';
import { findUnknownCalls } from './rules/known-calls.ts';
import { findRequestLoops } from './rules/request-loops.ts';
import { findMisplacedTexts } from './rules/texts.ts';
import { findUncheckedIds } from './rules/unchecked-id.ts';
import { findForbiddenWaits } from './rules/waits.ts';
import { findOpenEnds } from './rules/ways-out.ts';
import type { Script } from './script/script.ts';

/** A file to be read; `text` is latin1, a character a byte. */
export interface LintFile {
  readonly path: string;
  readonly text: string;
}

export interface LintReport {
  readonly findings: readonly Finding[];
  /** How many scripts were read. */
  readonly scripts: number;
}

/** What is given to lint, and what the scripts may call. */
export interface LintInput {
  readonly files: readonly LintFile[];
  /** The files of the library of functions, which need not be among the files. */
  readonly library: readonly LintFile[];
  readonly commands: readonly Signature[];
}

/** Reads scripts and tells what goes wrong with AI calls in them, in the order of files and lines. */
export function lint({ files, library, commands }: LintInput): LintReport {
  const read = files.map(({ path, text }) => ({ path, ...readScripts(path, text) }));
  const scripts = read.flatMap((one) => one.scripts);
  const others = library.flatMap(({ path, text }) => readScripts(path, text).scripts);
  const functions = [...others, ...scripts].filter(({ kind }) => kind === 'function');
  const signatures = signaturesOf(functions, commands);
  const findings = read.flatMap(({ path, scripts: own, faults }) => {
    const unread = faults.map(({ line, message }) => unreadable(line, message));
    const remarks = [...unread, ...own.flatMap((script) => remarksOn(script, signatures))];
    return inOrder(remarks).map((remark) => ({ file: path, ...remark }));
  });
  return { findings, scripts: scripts.length };
}

function remarksOn(script: Script, signatures: ReadonlyMap<string, Signature>): Remark[] {
  const { body, kind } = script;
  if (!callsFrom(body, body).some(({ name }) => isAiCall(name, signatures))) return findNamedCases(script);
  const remarks = [
    ...findUnknownCalls(script, signatures),
    ...findNamedCases(script),
    ...findForbiddenWaits(script, signatures),
    ...findRequestLoops(script, signatures),
    ...findUncheckedIds(script),
  ];
  new Flow(script, signatures).run({
    onCall: (met) => remarks.push(...findMisplacedTexts(met, signatures)),
    onWayOut: (way) => {
      if (kind !== 'item') remarks.push(...findOpenEnds(way));
    },
  });
  return remarks;
}

function unreadable(line: number, message: string): Remark {
  return {
    line,
    rule: 'unreadable',
    reason: `This script cannot be read: ${message}.`,
    remedy: 'The map server would not load it either: mend it and run lint again.',
  };
}

/** Loops and labels are gone through more than once, and say the same each time. */
function inOrder(remarks: readonly Remark[]): readonly Remark[] {
  const once = new Map(remarks.map((remark) => [`${remark.line} ${remark.rule} ${remark.reason}`, remark]));
  return [...once.values()].sort((one, other) => one.line - other.line);
}
