import type { Part } from '../store/part.ts';
import { type Finding, unseen, warning } from './finding.ts';

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
      reason: `It could not be looked at: ${part.unseen}`,
      remedy: 'mariadb -e "SHOW FULL PROCESSLIST" shows what the server is at.',
      symptom: 'High database load',
    }),
  ];
}
