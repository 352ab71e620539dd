import type { Part } from '../store/part.ts';
import { type Finding, unseen, warning } from './finding.ts';

const NOT_LOOKED_AT = 'It could not be looked at:';

/** Parts that could not be looked at for one and the same reason, told once. */
export function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const isRepeat = ({ reason }: Finding, index: number) =>
    reason.startsWith(NOT_LOOKED_AT) && findings.findIndex((one) => one.reason === reason) < index;
  return findings
    .filter((finding, index) => !isRepeat(finding, index))
    .map((finding) => {
      const repeats = findings.filter((one, index) => one.reason === finding.reason && isRepeat(one, index));
      const names = repeats.map(({ part }) => part).join(', ');
      return names === '' ? finding : { ...finding, reason: `${finding.reason} Nor could these: ${names}.` };
    });
}

/** What a check says of a part that was seen; else why it was not. */
export function findingsOf<T>(
  name: string,
  part: Part<T>,
  check: (seen: T) => readonly Finding[],
  /** What lets this user see it, in place of another user. */
  right = 'SELECT',
): readonly Finding[] {
  if ('seen' in part) return check(part.seen);
  if (part.isDenied)
    return [
      unseen(
        name,
        `This user may not see it (it needs the right ${right}).`,
        `Ask as another user (DB_USER=…), or give this one the right ${right}.`,
      ),
    ];
  return [
    warning(name, {
      reason: `${NOT_LOOKED_AT} ${part.unseen}`,
      remedy: 'What its last sentence says. What the server is at: sudo mariadb -e "SHOW FULL PROCESSLIST"',
      symptom: 'High database load',
    }),
  ];
}
