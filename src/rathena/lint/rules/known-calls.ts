import { nearestName } from '../../../config/nearest.ts';
import { OURS, type Signature } from '../flow/signatures.ts';
import type { Script } from '../script/script.ts';
import type { Call } from '../script/syntax.ts';
import { callsIn } from '../script/walk.ts';
import type { Remark } from './finding.ts';

/** Functions F_AI_… and commands ai_… that there are not, or that take other arguments. */
export function findUnknownCalls({ body }: Script, signatures: ReadonlyMap<string, Signature>): Remark[] {
  return callsIn(body)
    .filter(({ name }) => OURS.test(name))
    .flatMap((call) => {
      const signature = signatures.get(call.name);
      return signature === undefined ? unknown(call, signatures) : wrongNumber(call, signature);
    });
}

function unknown({ name, line, isFunction }: Call, signatures: ReadonlyMap<string, Signature>): Remark[] {
  const near = nearestName(
    name,
    [...signatures.keys()].filter((one) => OURS.test(one)),
  );
  return [
    {
      line,
      rule: 'unknown-call',
      reason: `There is no ${isFunction ? 'function' : 'command'} ${name}.`,
      remedy:
        near === undefined
          ? 'docs/npc-scripts.md lists what there is; a function of yours is known when lint is given its file, too.'
          : `Did you mean ${near}?`,
    },
  ];
}

function wrongNumber({ name, line, values }: Call, { least, most, usage }: Signature): Remark[] {
  const given = values.length;
  if (given >= least && given <= most) return [];
  const takes = `${name} takes ${rangeOf(least, most)}, and is given ${given}.`;
  const remedy = usage === undefined ? 'docs/npc-scripts.md says which.' : `It is ${usage}.`;
  return [{ line, rule: 'arguments', reason: takes, remedy }];
}

function rangeOf(least: number, most: number): string {
  if (least === most) return `${least} argument${least === 1 ? '' : 's'}`;
  return most === Number.POSITIVE_INFINITY ? `${least} arguments or more` : `${least} to ${most} arguments`;
}
