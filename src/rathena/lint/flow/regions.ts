import type { Call, Statement } from '../script/syntax.ts';
import { callsIn } from '../script/walk.ts';
import type { Signature } from './signatures.ts';
import { sleepsIn } from './signatures.ts';

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

/** All calls of a piece of a script, and of what its `callsub` leads to. */
export function callsFrom(piece: readonly Statement[], body: readonly Statement[]): readonly Call[] {
  const calls = [...callsIn(piece)];
  const followed = new Set<string>();
  // What is added is gone through in its turn.
  for (const { name, values } of calls) {
    const [label] = values;
    if (name !== 'callsub' || label?.kind !== 'variable' || followed.has(label.name)) continue;
    followed.add(label.name);
    calls.push(...callsIn(regionOf(body, label.name)));
  }
  return calls;
}

/** Whether the script stands still in this call, and the game goes on. */
export function pausesIn(call: Call, signatures: ReadonlyMap<string, Signature>): boolean {
  return WAITING_FOR_PLAYER.includes(call.name) || sleepsIn(call, signatures);
}

/** A command or function of AI IPC, or one that makes a request by them. */
export function isAiCall(name: string, signatures: ReadonlyMap<string, Signature>): boolean {
  return /^(?:F_AI_|ai_(?:db|json)_)/i.test(name) || signatures.get(name)?.asks === true;
}
