import { styleText } from 'node:util';
import { type Finding, type Verdict, worstOf } from '../../doctor/finding.ts';

/** As monitoring programs have them. A wrong call is 2, too, as with every command. */
export const EXIT_CODES = { ok: 0, unseen: 0, warning: 1, broken: 2 } as const;

/** The worst stands last: that is where people look, above the prompt. */
const ORDER: readonly Verdict[] = ['ok', 'unseen', 'warning', 'broken'];
const COLOURS = { ok: 'green', unseen: 'gray', warning: 'yellow', broken: 'red' } as const;
const WORD_WIDTH = 7;

/** Each finding as a line, with what mends it below. */
export function doctorLines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ part }) => part.length));
  const indent = ' '.repeat(WORD_WIDTH + width + 4);
  const lines = ORDER.flatMap((verdict) => findings.filter((one) => one.verdict === verdict)).flatMap(
    ({ part, verdict, reason, remedy }) => [
      `${styleText(COLOURS[verdict], verdict.padEnd(WORD_WIDTH))}  ${part.padEnd(width)}  ${reason}`,
      ...(remedy === null ? [] : [`${indent}→ ${remedy}`]),
    ],
  );
  return [...lines, '', endLine(findings)];
}

function endLine(findings: readonly Finding[]): string {
  const count = (verdict: Verdict) => findings.filter((one) => one.verdict === verdict).length;
  const worst = worstOf(findings);
  if (worst === 'ok' || worst === 'unseen') {
    const unseen = count('unseen');
    const rest = unseen === 0 ? '' : ` ${unseen} could not be looked at.`;
    return `${styleText('green', 'Nothing is wrong.')}${rest}`;
  }
  const warnings = count('warning');
  const counts = [
    ...(count('broken') > 0 ? [`${count('broken')} broken`] : []),
    ...(warnings > 0 ? [`${warnings} warning${warnings === 1 ? '' : 's'}`] : []),
  ].join(', ');
  const symptoms = [...new Set(findings.flatMap(({ symptom }) => symptom ?? []))];
  return `${styleText(COLOURS[worst], counts)}${symptoms.length === 0 ? '.' : `: ${symptoms.join('; ')}.`}`;
}
