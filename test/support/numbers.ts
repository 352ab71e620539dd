const DIGITS =
  '(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL ' +
  'SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)';

/**
 * The numbers from 1 to `count`, in order, as the column `seq` of a table, for FROM. Every server takes it: MariaDB's seq_1_to_9 is
 * unknown to MySQL, and both end a WITH RECURSIVE after 1,000 rows unless they are told otherwise.
 */
export function numbers(count: number): string {
  const places = Array.from({ length: String(count - 1).length }, (_, place) => place);
  const sum = places.map((place) => `d${place}.d * ${10 ** place}`).join(' + ');
  const tables = places.map((place) => `${DIGITS} AS d${place}`).join(' CROSS JOIN ');
  return `(SELECT seq FROM (SELECT 1 + ${sum} AS seq FROM ${tables}) AS all_numbers ORDER BY seq LIMIT ${count}) AS numbers`;
}
