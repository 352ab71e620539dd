import type { Script } from '../script/script.ts';
import { statementsIn } from '../script/walk.ts';
import type { Remark } from './finding.ts';

/** ai_db_status gives these; a `case` is read when the script is loaded, and the names are there with the first AI command. */
const STATUS: Readonly<Record<string, number>> = {
  ai_req_not_found: 0,
  ai_req_pending: 1,
  ai_req_processing: 2,
  ai_req_completed: 3,
  ai_req_failed: 4,
  ai_req_timeout: 5,
  ai_req_cancelled: 6,
};

export function findNamedCases({ body }: Script): Remark[] {
  return statementsIn(body).flatMap((statement) =>
    statement.kind === 'switch'
      ? statement.cases.flatMap(({ value, line }) => {
          if (value?.kind !== 'variable' || !value.name.startsWith('ai_req_')) return [];
          const name = value.name.toUpperCase();
          const number = STATUS[value.name];
          return [
            {
              line,
              rule: 'case-label',
              reason: `"case ${name}:" is read before the map server knows ${name}, so the script is not loaded.`,
              remedy:
                number === undefined
                  ? 'Write the number of the status: 0 not found, 1 pending, 2 processing, 3 completed, 4 failed, 5 timeout, 6 cancelled.'
                  : `Write the number: case ${number}: // ${name}`,
            },
          ];
        })
      : [],
  );
}
