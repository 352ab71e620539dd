import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Grant, grantStatement, grantsIn, missingGrants, parseGrant } from './grants.ts';

const FILE = readFileSync(new URL('../../deploy/grants.sql', import.meta.url), 'utf8');
const wanted = grantsIn(FILE, 'game');

function had(...lines: readonly string[]): Grant[] {
  return lines.flatMap((line) => parseGrant(line) ?? []);
}

describe('deploy/grants.sql', () => {
  it('names each table and view, and the database as a whole, for the database that is asked for', () => {
    expect(wanted.map(({ table }) => table).sort()).toEqual([
      ...['*', 'ai_ipc_meta', 'ai_npc_budget', 'ai_npc_memory', 'ai_npc_words', 'ai_request_log'],
      ...[
        'ai_requests',
        'ai_responses',
        'ai_v_by_npc',
        'ai_v_last_hour',
        'ai_v_queue',
        'ai_v_stuck',
        'ai_workers',
      ],
    ]);
    expect(new Set(wanted.map(({ database }) => database))).toEqual(new Set(['game']));
  });

  it('what the user that may do all has covers what each other user of it has', () => {
    const others = FILE.replace(/^--.*$/gm, '')
      .split(';')
      .flatMap((statement) => parseGrant(statement.trim()) ?? []);
    const all = grantsIn(FILE, 'ragnarok');
    expect(others.length).toBeGreaterThan(all.length);
    expect(missingGrants(others, all)).toEqual([]);
  });
});

describe('rights that are there', () => {
  it('on everything, or on the whole database, cover all', () => {
    expect(
      missingGrants(wanted, had('GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION')),
    ).toEqual([]);
    expect(missingGrants(wanted, had('GRANT ALL PRIVILEGES ON `game`.* TO `ragnarok`@`localhost`'))).toEqual(
      [],
    );
    expect(missingGrants(wanted, had('GRANT ALL PRIVILEGES ON `ga%`.* TO `ragnarok`@`localhost`'))).toEqual(
      [],
    );
  });

  it('on another database cover nothing, and an escaped _ is no other character', () => {
    expect(missingGrants(wanted, had('GRANT ALL PRIVILEGES ON `other`.* TO `r`@`localhost`'))).toEqual(
      wanted,
    );
    const oddly = grantsIn(FILE, 'my_game');
    expect(missingGrants(oddly, had('GRANT ALL PRIVILEGES ON `my\\_game`.* TO `r`@`localhost`'))).toEqual([]);
    expect(missingGrants(oddly, had('GRANT ALL PRIVILEGES ON `myxgame`.* TO `r`@`localhost`'))).toEqual(
      oddly,
    );
    expect(
      missingGrants(grantsIn(FILE, 'myxgame'), had('GRANT ALL PRIVILEGES ON `my\\_game`.* TO `r`@`%`')),
    ).not.toEqual([]);
  });

  it('USAGE and roles are no rights', () => {
    expect(
      missingGrants(wanted, had('GRANT USAGE ON *.* TO `r`@`localhost`', 'GRANT `role` TO `r`@`localhost`')),
    ).toEqual(wanted);
  });

  it('only what is missing is given, and covers it', () => {
    const given = had('GRANT SELECT, INSERT, UPDATE ON `game`.`ai_workers` TO `r`@`localhost`');
    const missing = missingGrants(wanted, given).find(({ table }) => table === 'ai_workers');
    expect(missing?.rights).toEqual(['DELETE', 'CREATE', 'ALTER', 'DROP', 'INDEX', 'REFERENCES']);
    const statements = missingGrants(wanted, given).map((grant) => grantStatement(grant, "'r'@'localhost'"));
    expect(statements).toContain(
      "GRANT DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON `game`.`ai_workers` TO 'r'@'localhost'",
    );
    expect(missingGrants(wanted, [...given, ...had(...statements)])).toEqual([]);
  });
});
