import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isOfServerState, isRetryable, serverWords, toDatabaseError } from './database-errors.ts';

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

it('no value that the server quotes is told: it may be what a player said', () => {
  const secrets = [
    "Duplicate entry 'my secret' for key 'PRIMARY'",
    "Duplicate entry 'my ' for secret' for key 'PRIMARY'",
    "Incorrect string value: '\\xF0secret' for column `q`.`t`.`c` at row 1",
    "Truncated incorrect DOUBLE value: 'secret'",
    "Truncated incorrect DOUBLE value: 'secret\nof two lines'",
  ];
  for (const words of secrets) {
    const told = serverWords(errorOf(1366, words));
    expect(told).not.toMatch(/secret/);
    expect(told).toMatch(/'…'/);
  }
  expect(serverWords(errorOf(1062, secrets[0]))).toBe("Duplicate entry '…' for key 'PRIMARY'.");
  expect(serverWords(errorOf(1048, "Column 'status' cannot be null"))).toBe(
    "Column 'status' cannot be null.",
  );
});

it('a COMMIT that was undone is run again, but not what no node takes at once', () => {
  const conflict = errorOf(1180, 'Got error 149 "Deadlock found" during COMMIT');
  const tooLarge = errorOf(1180, 'Got error 90 "Message too long" during COMMIT');
  expect([isRetryable(conflict), toDatabaseError(conflict, '').code]).toEqual([true, 'database_unavailable']);
  expect([isRetryable(tooLarge), toDatabaseError(tooLarge, '').code]).toEqual([false, 'database_failed']);
  expect(toDatabaseError(tooLarge, '').message).toMatch(/raise wsrep_max_ws_size/);
  expect(toDatabaseError(conflict, '').message).toMatch(/It is tried again/);
});

it('a status that is refused for NULL is a life that ended before it was written; another column is a fault', () => {
  expect(isRetryable(errorOf(1048, "Column 'status' cannot be null"))).toBe(true);
  expect(isRetryable(errorOf(1048, "Column 'endpoint' cannot be null"))).toBe(false);
});

it('where several addresses were tried, the reason of the last one is told', () => {
  const tried = [
    new Error('connect ECONNREFUSED ::1:3306'),
    new Error('connect ECONNREFUSED 127.0.0.1:3306'),
  ];
  expect(serverWords(new AggregateError(tried, ''))).toBe('connect ECONNREFUSED 127.0.0.1:3306.');
});
