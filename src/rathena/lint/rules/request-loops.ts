import { callsFrom, pausesIn } from '../flow/regions.ts';
import type { Signature } from '../flow/signatures.ts';
import type { Script } from '../script/script.ts';
import type { Expression, Loop, Statement } from '../script/syntax.ts';
import { callsIn, statementsIn } from '../script/walk.ts';
import type { Remark } from './finding.ts';

/** An INSERT takes 0.3 ms on a fast disk and 10 ms on an ordinary one: so many in one step are felt by nobody. */
const MOST_AT_ONCE = 10;

/** Requests in a loop that never lets the game go on. */
export function findRequestLoops(script: Script, signatures: ReadonlyMap<string, Signature>): Remark[] {
  const { body } = script;
  const loops = statementsIn(body).filter((one) => one.kind === 'loop');
  const inLoops = loops
    .filter((loop) => !isShort(loop, body))
    .flatMap(({ body: inner, step, test, line }) => {
      const tests: Statement[] = test === undefined ? [] : [{ kind: 'expression', value: test, line }];
      return remarksOn([inner, ...step, ...tests], script, signatures);
    });
  const inJumps = jumpsBack(body).flatMap((piece) => remarksOn(piece, script, signatures));
  const all = [...inLoops, ...inJumps];
  return all.filter(({ line }, index) => all.findIndex((one) => one.line === line) === index);
}

function remarksOn(
  piece: readonly Statement[],
  { body }: Script,
  signatures: ReadonlyMap<string, Signature>,
): Remark[] {
  const calls = callsFrom(piece, body);
  if (calls.some((call) => pausesIn(call, signatures))) return [];
  const asking = calls.find(({ name }) => signatures.get(name)?.asks === true);
  if (asking === undefined) return [];
  const reason = `${asking.name} is called in a loop without a pause: each request holds up the whole game for 0.3 to 10 ms.`;
  const remedy = `Let the script sleep after every ${MOST_AT_ONCE}: if (.@i % ${MOST_AT_ONCE} == ${MOST_AT_ONCE - 1}) callfunc "F_AI_Pause", 20;`;
  return [{ line: asking.line, rule: 'loop-without-pause', reason, remedy }];
}

/** At most ten rounds, as far as its test tells. */
function isShort({ test }: Loop, body: readonly Statement[]): boolean {
  return test !== undefined && boundOf(test, body) <= MOST_AT_ONCE;
}

function boundOf(test: Expression, body: readonly Statement[]): number {
  if (test.kind !== 'binary') return Number.POSITIVE_INFINITY;
  if (test.sign === '&&') return Math.min(boundOf(test.left, body), boundOf(test.right, body));
  if (test.sign === '<') return sizeOf(test.right, body);
  return test.sign === '<=' ? sizeOf(test.right, body) : Number.POSITIVE_INFINITY;
}

/** A number, or how many elements setarray gives the array whose size is asked for. */
function sizeOf(value: Expression, body: readonly Statement[]): number {
  if (value.kind === 'number') return value.value;
  if (value.kind !== 'call' || value.name !== 'getarraysize') return Number.POSITIVE_INFINITY;
  const [array] = value.values;
  if (array?.kind !== 'variable') return Number.POSITIVE_INFINITY;
  const sizes = callsIn(body).flatMap(({ name, values: [target, ...elements] }) =>
    name === 'setarray' && target?.kind === 'variable' && target.name === array.name ? [elements.length] : [],
  );
  return sizes.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...sizes);
}

/** From a label to the last `goto` that leads back to it. */
function jumpsBack(body: readonly Statement[]): readonly Statement[][] {
  const lastJumps = new Map(body.flatMap((one, at) => targetsOf(one).map((label) => [label, at] as const)));
  return body.flatMap((label, start) => {
    const end = label.kind === 'label' ? (lastJumps.get(label.name.toLowerCase()) ?? -1) : -1;
    return end > start ? [body.slice(start, end + 1)] : [];
  });
}

function targetsOf(statement: Statement): readonly string[] {
  return callsIn([statement]).flatMap(({ name, values: [target] }) =>
    name === 'goto' && target?.kind === 'variable' ? [target.name] : [],
  );
}
