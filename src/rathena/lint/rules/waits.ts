import { callsFrom, isAiCall, regionOf } from '../flow/regions.ts';
import { type Signature, sleepsIn } from '../flow/signatures.ts';
import type { Script } from '../script/script.ts';
import type { Call, Statement } from '../script/syntax.ts';
import type { Remark } from './finding.ts';

const LOGOUT = 'OnPCLogoutEvent';

/** Waits for the AI where a script must not sleep: in an item's, and where a player leaves. */
export function findForbiddenWaits(script: Script, signatures: ReadonlyMap<string, Signature>): Remark[] {
  const { kind, body } = script;
  if (kind === 'item')
    return waitsOf(body, script, signatures).map(({ name, line }) => ({
      line,
      rule: 'wait-in-item',
      reason: `${name} waits, and the script of an item must not sleep.`,
      remedy: 'Start an event of an NPC with doevent, and let the NPC ask.',
    }));
  return waitsOf(regionOf(body, LOGOUT), script, signatures).map(({ name, line }) => ({
    line,
    rule: 'wait-at-logout',
    reason: `${name} waits in ${LOGOUT}, and the script ends with the player before an answer is there.`,
    remedy:
      'Ask there with F_AI_Request without waiting, or tell the NPC at the next login (OnPCLoginEvent).',
  }));
}

/** A plain sleep counts where the AI is asked beside it. */
function waitsOf(
  piece: readonly Statement[],
  { body }: Script,
  signatures: ReadonlyMap<string, Signature>,
): readonly Call[] {
  const calls = callsFrom(piece, body, ['callsub', 'goto']);
  if (!calls.some(({ name }) => isAiCall(name, signatures))) return [];
  return calls.filter((call) => sleepsIn(call, signatures));
}
