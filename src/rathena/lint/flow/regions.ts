import type { Call, Statement } from '../script/syntax.ts';
import { callsIn, statementsIn } from '../script/walk.ts';
import type { Signature } from './signatures.ts';
import { OURS, sleepsIn } from './signatures.ts';

/** Commands that wait until the player does something. */
const WAITING_FOR_PLAYER = ['next', 'input', 'select', 'prompt', 'menu', 'close2'];
const ENDING = ['end', 'return', 'close', 'close3', 'goto'];

/** The statements from a label on, until the script ends or goes back. */
export function regionOf(body: readonly Statement[], label: string): readonly Statement[] {
  const start = body.findIndex(
    (one) => one.kind === 'label' && one.name.toLowerCase() === label.toLowerCase(),
  );
  if (start < 0) return [];
  const length = body.slice(start).findIndex(isEnding);
  return length < 0 ? body.slice(start) : body.slice(start, start + length + 1);
}

function isEnding(statement: Statement): boolean {
  return (
    statement.kind === 'expression' &&
    statement.value.kind === 'call' &&
    ENDING.includes(statement.value.name)
  );
}

/** `function Name { … }` within a script, by names in lower case. */
export function functionsWithin(body: readonly Statement[]): ReadonlyMap<string, Statement> {
  return new Map(
    statementsIn(body).flatMap((one) =>
      one.kind === 'function' ? [[one.name.toLowerCase(), one.body]] : [],
    ),
  );
}

/** All calls of a piece of a script, and of what its `callsub` and functions of the script lead to. */
export function callsFrom(
  piece: readonly Statement[],
  body: readonly Statement[],
  leading: readonly string[] = ['callsub'],
): readonly Call[] {
  const calls = [...callsIn(piece)];
  const followed = new Set<string>();
  const follow = (name: string, leadsTo: () => readonly Statement[]) => {
    if (followed.has(name)) return;
    followed.add(name);
    calls.push(...callsIn(leadsTo()));
  };
  const local = functionsWithin(body);
  // What is added is gone through in its turn.
  for (const { name, values } of calls) {
    const [label] = values;
    const inner = local.get(name);
    if (inner) follow(`${name}()`, () => [inner]);
    if (leading.includes(name) && label?.kind === 'variable')
      follow(label.name, () => regionOf(body, label.name));
  }
  return calls;
}

/** Whether the script stands still in this call, and the game goes on. */
export function pausesIn(call: Call, signatures: ReadonlyMap<string, Signature>): boolean {
  return WAITING_FOR_PLAYER.includes(call.name) || sleepsIn(call, signatures);
}

/** A command or function of AI IPC, or one that calls them. */
export function isAiCall(name: string, signatures: ReadonlyMap<string, Signature>): boolean {
  return OURS.test(name) || signatures.get(name)?.callsAi === true;
}
