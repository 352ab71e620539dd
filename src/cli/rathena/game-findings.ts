import { messageOf } from '../../base/errors.ts';
import { within } from '../../base/within.ts';
import { broken, type Finding, ok } from '../../doctor/finding.ts';
import { findGameFaults, GAME_CHECKS } from '../../rathena/game-checks.ts';
import { gatherFacts } from './check.ts';

/** Nobody waits longer for one part. */
const LIMIT_MS = 4_000;

/** What `ai-ipc rathena check` says, without a request of its own: a doctor changes nothing. */
export async function lookAtGame(folder: string): Promise<Finding[]> {
  try {
    return await within(findings(folder), { ms: LIMIT_MS, late });
  } catch (error) {
    const remedy = `ai-ipc rathena check ${folder}`;
    return [broken('game', { reason: messageOf(error), remedy, symptom: 'No requests being processed' })];
  }
}

async function findings(folder: string): Promise<Finding[]> {
  const facts = await gatherFacts(folder, { isFilesAlone: false, sendsRequest: false });
  const faults = findGameFaults(facts);
  const told = faults.map(({ check, weight, reason, remedy }) =>
    weight === 'mend'
      ? broken(`game ${check}`, { reason, remedy, symptom: 'No requests being processed' })
      : ok(`game ${check}`, `${reason} ${remedy}`.trimEnd()),
  );
  if (told.length > 0) return told;
  return [ok('game', `${GAME_CHECKS.length} checks of ${facts.tree.report.root} find nothing.`)];
}

function late(): never {
  throw new Error(`Its look took longer than ${LIMIT_MS / 1000} s.`);
}
