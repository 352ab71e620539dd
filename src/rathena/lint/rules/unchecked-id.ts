import type { Script } from '../script/script.ts';
import type { Assignment, Binary, Call, Expression, Loop } from '../script/syntax.ts';
import { callsIn, expressionsIn, statementsIn, testsIn, variablesWithin, within } from '../script/walk.ts';
import type { Remark } from './finding.ts';

const ASKING = ['F_AI_Request', 'ai_db_request'];
const ANSWERING = ['F_AI_Response', 'ai_db_response'];
const TELLING = ['F_AI_Status', 'ai_db_status', ...ANSWERING];
const RULE = 'unchecked-id';
const REFUSED = 'a request that was refused has the id -1';

/**
 * Ids whose -1 nobody notices: neither the id nor what comes of it is ever looked at, it is looked at as if it were 0, or a
 * loop waits for what will never come.
 */
export function findUncheckedIds(script: Script): Remark[] {
  const { body } = script;
  const kept = expressionsIn(body).filter(isKeptRequest);
  const names = new Set(kept.map(({ target }) => target.name));
  return [
    ...kept.flatMap((request) => neverLookedAt(request, script)),
    ...[...names].flatMap((name) => lookedAtAsZero(name, script)),
    ...callsIn(body).flatMap((call) => usedAtOnce(call, script)),
    ...statementsIn(body).flatMap((one) => (one.kind === 'loop' ? waitsForEver(one, script) : [])),
  ];
}

function isKeptRequest(value: Expression): value is Assignment {
  return value.kind === 'assignment' && value.value.kind === 'call' && ASKING.includes(value.value.name);
}

function neverLookedAt({ target, line }: Assignment, { body }: Script): Remark[] {
  const calls = callsIn(body);
  const isRead = calls.some((call) => TELLING.includes(call.name) && mentions(call, new Set([target.name])));
  // Given to somebody else, who may look.
  const isHandedOn = calls.some(
    (call) =>
      ['callsub', 'return'].includes(call.name) &&
      call.values.some((value) => value.kind === 'variable' && value.name === target.name),
  );
  if (!isRead || isHandedOn) return [];
  const offspring = offspringOf(target.name, body);
  if (testsIn(body).some((test) => mentions(test, offspring))) return [];
  return [
    {
      line,
      rule: RULE,
      reason: `Nothing looks at ${target.name}, nor at what comes of it: ${REFUSED}, and then there is no answer.`,
      remedy: `Behind it: if (${target.name} <= 0) { /* a canned line */ close; }`,
    },
  ];
}

/** `mes ai_db_response(ai_db_request(…), 5000);` */
function usedAtOnce(call: Call, { body }: Script): Remark[] {
  if (!TELLING.includes(call.name)) return [];
  const [request] = call.values;
  if (request?.kind !== 'call' || !ASKING.includes(request.name)) return [];
  const into = expressionsIn(body).find(
    (one): one is Assignment => one.kind === 'assignment' && within(one.value).includes(call),
  );
  const offspring = into === undefined ? new Set<string>() : offspringOf(into.target.name, body);
  const isTested = testsIn(body).some((test) => mentions(test, offspring) || within(test).includes(call));
  if (isTested) return [];
  return [
    {
      line: call.line,
      rule: RULE,
      reason: `The id of ${request.name} goes into ${call.name} unseen: ${REFUSED}, and then there is no answer.`,
      remedy: 'Keep the id in a variable, look at it (<= 0), and have a canned line.',
    },
  ];
}

/** A name, and those of all variables that are made of it. */
function offspringOf(name: string, body: Script['body']): ReadonlySet<string> {
  const names = new Set([name]);
  const assignments = expressionsIn(body).filter((one) => one.kind === 'assignment');
  for (let size = 0; size !== names.size; ) {
    size = names.size;
    for (const { target, value } of assignments) if (mentions(value, names)) names.add(target.name);
  }
  return names;
}

function mentions(value: Expression, names: ReadonlySet<string>): boolean {
  for (const { name } of variablesWithin(value)) if (names.has(name)) return true;
  return false;
}

/** -1 is as true as an id. */
function lookedAtAsZero(name: string, { body }: Script): Remark[] {
  return testsIn(body)
    .flatMap(partsOfTest)
    .flatMap((part) => {
      const inner = part.kind === 'unary' && part.sign === '!' ? part.of : part;
      const isBare = inner.kind === 'variable' && inner.name === name;
      if (!isBare && !isComparedWithZero(inner, name)) return [];
      return [
        {
          line: part.line,
          rule: RULE,
          reason: `This looks whether ${name} is 0, and ${REFUSED}.`,
          remedy: `Write ${name} <= 0 for a request that was refused, ${name} > 0 for one that was not.`,
        },
      ];
    });
}

/** The sides of && and ||. */
function partsOfTest(test: Expression): readonly Expression[] {
  if (test.kind !== 'binary' || !['&&', '||'].includes(test.sign)) return [test];
  return [...partsOfTest(test.left), ...partsOfTest(test.right)];
}

function isComparedWithZero(value: Expression, name: string): boolean {
  if (value.kind !== 'binary' || !['==', '!='].includes(value.sign)) return false;
  const sides = [value.left, value.right];
  return (
    sides.some((side) => side.kind === 'variable' && side.name === name) &&
    sides.some((side) => side.kind === 'number' && side.value === 0)
  );
}

const LEAVING = ['end', 'close', 'close2', 'close3', 'return', 'goto'];

/** What a status may stay: not found, failed, timeout, cancelled. */
const FINAL = [0, 4, 5, 6];

/** `while (ai_db_status(.@id) != 3) sleep2 100;` never ends for status 0, nor for 4, 5 and 6. */
function waitsForEver({ form, start, test, step, body, line }: Loop, script: Script): Remark[] {
  if (test?.kind !== 'binary') return [];
  const inner = [body, ...step];
  const leaves = statementsIn(inner).some((one) => one.kind === 'jump' && one.way === 'break');
  if (leaves || callsIn(inner).some(({ name }) => LEAVING.includes(name))) return [];
  const told = waitedFor(test, form === 'do' ? inner : [...start, ...inner], script);
  if (told === undefined) return [];
  return [
    {
      line,
      rule: RULE,
      reason: `This loop waits for ever where ${told}: ${REFUSED}, and one may fail or end without an answer.`,
      remedy:
        'Leave it for every other status (while it is 1 or 2, it is on its way), or after a number of rounds.',
    },
  ];
}

/** What a test waits for in vain; undefined for a test that ends. */
function waitedFor(test: Binary, around: Loop['start'], { body }: Script): string | undefined {
  const call = telling(test.left, around) ?? telling(test.right, around);
  const fixed = [test.left, test.right].find(({ kind }) => kind === 'number' || kind === 'text');
  if (call === undefined || fixed === undefined) return undefined;
  if (ANSWERING.includes(call.name)) {
    const isEmpty = fixed.kind === 'text' && fixed.value === '';
    return isEmpty && test.sign === '==' ? 'there is no answer' : undefined;
  }
  if (fixed.kind !== 'number') return undefined;
  const goesOn = (status: number) =>
    fixed === test.right ? compare(status, test.sign, fixed.value) : compare(fixed.value, test.sign, status);
  const stuck = FINAL.find((status) => goesOn(status) && !(status === 0 && isLookedAt(call, body)));
  return stuck === undefined ? undefined : `the status is ${stuck}`;
}

/** An id that was looked at before is there, so that its status is not 0. */
function isLookedAt({ values: [id] }: Call, body: Script['body']): boolean {
  if (id?.kind !== 'variable') return false;
  return testsIn(body)
    .flatMap(partsOfTest)
    .some(
      (part) =>
        part.kind === 'binary' &&
        [part.left, part.right].some((side) => side.kind === 'variable' && side.name === id.name),
    );
}

/** The call that gives this value, by itself or through a variable that the loop sets. */
function telling(value: Expression, around: Loop['start']): Call | undefined {
  if (value.kind === 'call') return TELLING.includes(value.name) ? value : undefined;
  if (value.kind !== 'variable') return undefined;
  const set = expressionsIn(around).findLast(
    (one): one is Assignment => one.kind === 'assignment' && one.target.name === value.name,
  );
  return set?.value.kind === 'call' && TELLING.includes(set.value.name) ? set.value : undefined;
}

function compare(left: number, sign: string, right: number): boolean {
  switch (sign) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return false;
  }
}
