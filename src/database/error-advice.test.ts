import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isOfServerState, serverWords, toDatabaseError } from './database-errors.ts';

const PAGE = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
/** The first column of the table of the server's numbers. */
const NUMBERS = [...PAGE.matchAll(/^\| (\d{4}(?:, \d{4})*) \|/gm)].flatMap(([, list = '']) =>
  list.split(', ').map(Number),
);

function errorOf(errno: number, message = 'The words of the server'): unknown {
  return Object.assign(new Error(`(conn:7, no: ${errno}, SQLState: HY000) ${message}\nsql: secret`), {
    errno,
    code: 'ER_OF_THE_SERVER',
    fatal: false,
  });
}

describe('each number on the page of errors', () => {
  it('is there once', () => {
    expect(NUMBERS.length).toBeGreaterThan(30);
    expect(new Set(NUMBERS).size).toBe(NUMBERS.length);
  });

  it.each(NUMBERS)(
    '%i is told with the server’s words, never with the statement, and with what to do',
    (errno) => {
      const { code, message } = toDatabaseError(errorOf(errno), 'MariaDB');
      expect(code).not.toBe('database_failed');
      expect(message).toMatch(/^MariaDB: The words of the server\. \S.{10,}/);
      expect(message).not.toMatch(/secret/);
      // That of a server that cannot be reached would lead to the wrong place.
      expect(message).not.toMatch(/Check that the server runs/);
    },
  );
});

it('an option that is not about writing is no reason to speak of replicas', () => {
  const words =
    'The MariaDB server is running with the --secure-file-priv option so it cannot execute this statement';
  expect(toDatabaseError(errorOf(1290, words), 'MariaDB').message).not.toMatch(/replica/);
});

it.each([
  [1015, "Can't lock file (errno: 165 - Table is read only)"],
  [1005, 'Can\'t create table `ragnarok`.`ai_requests` (errno: 165 "Table is read only")'],
])('InnoDB that is read-only is known by the words of %i, and other causes of it are not', (errno, words) => {
  expect(toDatabaseError(errorOf(errno, words), 'MariaDB')).toMatchObject({
    code: 'database_unavailable',
    message: expect.stringMatching(/InnoDB is read-only there/),
  });
  expect(isOfServerState(errorOf(errno, words))).toBe(true);
  expect(toDatabaseError(errorOf(errno, words.replace('165', '150')), 'MariaDB').code).toBe(
    'database_failed',
  );
});

it('a deadlock or a lost connection says nothing against the server, a node that is cut off does', () => {
  expect([1213, 1205, 1927, 1062].map((errno) => isOfServerState(errorOf(errno)))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect([1290, 1792, 1836, 1047, 1053, 3168].every((errno) => isOfServerState(errorOf(errno)))).toBe(true);
});

it('where several addresses were tried, the reason of the last one is told', () => {
  const tried = [
    new Error('connect ECONNREFUSED ::1:3306'),
    new Error('connect ECONNREFUSED 127.0.0.1:3306'),
  ];
  expect(serverWords(new AggregateError(tried, ''))).toBe('connect ECONNREFUSED 127.0.0.1:3306.');
});
