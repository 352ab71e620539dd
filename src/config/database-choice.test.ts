import { describe, expect, it } from 'vitest';
import { chooseDatabase } from './database-choice.ts';

function choose(database?: string, env = {}, envFile = {}) {
  const { parts, ...rest } = chooseDatabase({ database, env, envFile });
  return { ...rest, parts: Object.fromEntries(parts) };
}

describe('without --database', () => {
  it('nothing set leaves the embedded database', () => {
    expect(choose()).toEqual({ kind: 'sqlite', parts: {}, problems: [] });
  });

  it.each(['DB_HOST', 'DB_NAME', 'DB_USER', 'DB_PASSWORD'])(
    '%s chooses MariaDB, wherever it is set',
    (name) => {
      expect(choose(undefined, { [name]: '' })).toMatchObject({
        kind: 'mariadb',
        reason: `${name} in the environment`,
      });
      expect(choose(undefined, {}, { [name]: 'x' })).toMatchObject({
        kind: 'mariadb',
        reason: `${name} in .env`,
      });
    },
  );

  it('DB_PORT alone chooses nothing', () => {
    expect(choose(undefined, { DB_PORT: '3306' }).kind).toBe('sqlite');
  });
});

describe('--database', () => {
  it.each([
    ['mariadb', 'mariadb', {}],
    ['mysql', 'mariadb', {}],
    ['mariadb://', 'mariadb', {}],
    ['mariadb://db.example', 'mariadb', { host: 'db.example' }],
    [
      'mysql://me@db.example:3307/game',
      'mariadb',
      { host: 'db.example', port: '3307', user: 'me', database: 'game' },
    ],
    ['mariadb://me:p%40ss@[::1]/', 'mariadb', { host: '::1', user: 'me', password: 'p@ss' }],
    [
      'mariadb://me:p%40ss@db1,db2:3307,[::1]:3308/game',
      'mariadb',
      { host: 'db1,db2:3307,[::1]:3308', user: 'me', password: 'p@ss', database: 'game' },
    ],
    ['mariadb://db1:3307,db2', 'mariadb', { host: 'db1:3307,db2' }],
    ['mariadb:///game', 'mariadb', { database: 'game' }],
    ['mariadb://me@%2Frun%2Fdb.sock/game', 'mariadb', { host: '/run/db.sock', user: 'me', database: 'game' }],
    ['sqlite', 'sqlite', {}],
    ['sqlite:queue.sqlite', 'sqlite', { file: 'queue.sqlite' }],
    ['sqlite:/var/lib/queue.sqlite', 'sqlite', { file: '/var/lib/queue.sqlite' }],
    ['sqlite:///var/lib/queue.sqlite', 'sqlite', { file: '/var/lib/queue.sqlite' }],
    ['sqlite:C:\\queue.sqlite', 'sqlite', { file: 'C:\\queue.sqlite' }],
  ])('%s', (database, kind, parts) => {
    const expected = Object.entries(parts).map(([name, text]) => [`database.${kind}.${name}`, text]);
    expect(choose(database, { DB_HOST: 'overruled' })).toEqual({
      kind,
      reason: '--database',
      parts: Object.fromEntries(expected),
      problems: [],
    });
  });

  it.each([
    ['', 'It begins with neither mariadb nor sqlite'],
    ['postgres://db', 'It begins with neither mariadb nor sqlite'],
    ['/var/lib/queue.sqlite', 'It begins with neither mariadb nor sqlite'],
    ['mariadb:game', '// is missing after the first colon'],
    ['mariadb://db:99999/game', 'It is no address; percent-encode special characters'],
    ['mariadb://db1,db2/game?ssl=1', 'It has a ? or a #; settings go elsewhere'],
    ['mariadb://db/game?ssl=1', 'It has a ? or a #; settings go elsewhere'],
    ['mariadb://db/%zz', 'It has a % that is not followed by two hex digits'],
    ['sqlite:', 'The path is missing'],
    ['sqlite://host/x', 'After sqlite:// a host would follow, and a file has none'],
  ])('%j is refused', (database, why) => {
    const shown = database.replace('?ssl=1', '?***');
    expect(choose(database).problems).toEqual([
      `--database is "${shown}". ${why}. Allowed: mariadb, mariadb://user@host:port/database, sqlite or sqlite:file.`,
    ]);
  });

  it.each([
    'mariadb://me:hunter2/x@db/game',
    'mariadb://me:a@hunter2@db:x/',
    'mysql://db/x?password=hunter2',
    'foo://me:hunter2@db',
    'mariadb:me:hunter2@db',
    'mariadb://me:hunter2?x@db:y',
  ])('a password in %s is not shown when it is refused', (database) => {
    const { problems } = choose(database);
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain('hunter2');
  });
});
