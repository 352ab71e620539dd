import { callsFrom, isAiCall } from './flow/regions.ts';
import { type Signature, signaturesOf } from './flow/signatures.ts';
import { Flow, type FlowListener } from './flow/ways.ts';
import { World } from './flow/world.ts';
import { isItemList, readScripts } from './read-file.ts';
import { findNamedCases } from './rules/case-labels.ts';
import type { Finding, Remark } from './rules/finding.ts';
import { findUnknownCalls } from './rules/known-calls.ts';
import { findRequestLoops } from './rules/request-loops.ts';
import { findMisplacedTexts } from './rules/texts.ts';
import { findUncheckedIds } from './rules/unchecked-id.ts';
import { findForbiddenWaits } from './rules/waits.ts';
import { findOpenEnds } from './rules/ways-out.ts';
import type { Script } from './script/script.ts';
import { expressionsIn } from './script/walk.ts';

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
  /** The functions of the library (`readLibrary`), which need not be among the files. */
  readonly library: readonly Script[];
  readonly commands: readonly Signature[];
}

/** Variables are left by one script and read by another, which leaves others: so often at most. */
const MOST_ROUNDS = 4;

/** The functions of these files. */
export function readLibrary(files: readonly LintFile[]): readonly Script[] {
  return files.flatMap(({ path, text }) => readScripts(path, text).scripts).filter(isFunction);
}

/** Reads scripts and tells what goes wrong with AI calls in them, in the order of files and lines. */
export function lint({ files, library, commands }: LintInput): LintReport {
  const { scripts, faults, signatures } = readAllOf({ files, library, commands });
  const ours = scripts.filter(({ body }) =>
    callsFrom(body, body).some(({ name }) => isAiCall(name, signatures)),
  );
  const own = new Set(library.map(({ name }) => name));
  const functions = scripts.filter((one) => isFunction(one) && !own.has(one.name));
  const findings = [
    ...faults,
    ...scripts.flatMap((script) => named(script, findNamedCases(script))),
    ...ours.flatMap((script) => named(script, remarksOn(script, signatures))),
    ...wayFindings({ ours, related: relatedTo(ours, scripts) }, new World(functions, signatures)),
  ];
  return {
    findings: files.flatMap(({ path }) => inOrder(findings.filter(({ file }) => file === path))),
    scripts: scripts.length,
  };
}

/** The scripts of NPCs first: the functions that they have tell which databases of items are worth reading. */
function readAllOf({ files, library, commands }: LintInput): {
  readonly scripts: readonly Script[];
  readonly faults: readonly Finding[];
  readonly signatures: ReadonlyMap<string, Signature>;
} {
  const npcs = files.filter((one) => !isItemList(one)).map((one) => readOne(one, []));
  const functions = [...library, ...npcs.flatMap(({ scripts }) => scripts.filter(isFunction))];
  const signatures = signaturesOf(functions, commands);
  const asking = [...signatures.values()].filter(({ callsAi }) => callsAi).map(({ name }) => name);
  const items = files.filter(isItemList).map((one) => readOne(one, asking));
  const all = [...npcs, ...items];
  return {
    scripts: all.flatMap(({ scripts }) => scripts),
    faults: all.flatMap(({ faults }) => faults),
    signatures,
  };
}

function readOne({ path, text }: LintFile, asking: readonly string[]) {
  const { scripts, faults } = readScripts(path, text, asking);
  const findings = faults.map(({ line, message }) => ({ file: path, ...unreadable(line, message) }));
  return { scripts, faults: findings };
}

function isFunction({ kind }: Script): boolean {
  return kind === 'function';
}

function named({ file }: Script, remarks: readonly Remark[]): readonly Finding[] {
  return remarks.map((remark) => ({ file, ...remark }));
}

function remarksOn(script: Script, signatures: ReadonlyMap<string, Signature>): Remark[] {
  return [
    ...findUnknownCalls(script, signatures),
    ...findForbiddenWaits(script, signatures),
    ...findRequestLoops(script, signatures),
    ...findUncheckedIds(script),
  ];
}

/** Scripts without AI calls that share variables with those that have some, or with such a script. */
function relatedTo(ours: readonly Script[], scripts: readonly Script[]): readonly Script[] {
  const known = new Set(ours);
  const names = new Set(ours.flatMap(({ body }) => sharedIn(body).shared));
  if (names.size === 0) return [];
  const others = scripts.filter((one) => !known.has(one)).map((one) => ({ one, ...sharedIn(one.body) }));
  const related = new Set<Script>();
  for (let size = -1; size !== related.size; ) {
    size = related.size;
    for (const { one, all, shared } of others) {
      if (related.has(one) || !all.some((name) => names.has(name))) continue;
      related.add(one);
      for (const name of shared) names.add(name);
    }
  }
  return [...related];
}

/** The variables for texts that outlive a script, and those of them that mean the same in another NPC. */
function sharedIn(body: Script['body']): { readonly all: string[]; readonly shared: string[] } {
  const values = expressionsIn(body);
  const all = values.flatMap((one) =>
    one.kind === 'variable' && /^(?!\.@).*\$$/.test(one.name) ? [one.name] : [],
  );
  const ofOthers = values.flatMap((one) => {
    const [first] = one.kind === 'call' && one.name === 'getvariableofnpc' ? one.values : [];
    return first?.kind === 'variable' ? [first.name] : [];
  });
  return { all, shared: [...all.filter((name) => !name.startsWith('.')), ...ofOthers] };
}

/** What is found by going through the scripts, and what these leave for each other. */
function wayFindings(
  { ours, related }: { readonly ours: readonly Script[]; readonly related: readonly Script[] },
  world: World,
): readonly Finding[] {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = world.key;
    for (const script of [...ours, ...related]) new Flow(script, world).run(NOBODY);
    if (!world.isNewSince(before)) break;
  }
  const findings: Finding[] = [];
  for (const script of ours)
    new Flow(script, world).run({
      onCall: (met) => findings.push(...findMisplacedTexts(met, world.signatures)),
      onWayOut: (way) => {
        if (script.kind !== 'item') findings.push(...named(script, findOpenEnds(way)));
      },
    });
  for (const script of related)
    new Flow(script, world).run({
      onCall: (met) => findings.push(...findMisplacedTexts(met, world.signatures).filter(isOfTheAi)),
      onWayOut: () => undefined,
    });
  return findings;
}

const NOBODY: FlowListener = { onCall: () => undefined, onWayOut: () => undefined };

/** What players type into scripts without the AI is no business of ours. */
function isOfTheAi({ rule }: Finding): boolean {
  return rule.startsWith('ai-text');
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
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const once = new Map(findings.map((one) => [`${one.line} ${one.rule} ${one.reason}`, one]));
  return [...once.values()].sort((one, other) => one.line - other.line);
}
