import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { splitSql } from './sql-script.ts';

/** What the procedure is in the edition of its COMMENT. After a change: one edition more, and what this test then says. */
const EDITION = { comment: 'edition 7', sha256: 'ae3fbae0b05250e7' };

it('a procedure that was changed has another edition, by which `ai-ipc migrate` knows to replace it', () => {
  const file = readFileSync(new URL('../../sql-files/ai_ipc_tables.sql', import.meta.url), 'utf8');
  const [statement = ''] = splitSql(file).filter((text) => /^CREATE .*PROCEDURE/.test(text));
  const sha256 = createHash('sha256').update(statement).digest('hex').slice(0, 16);
  const [comment] = /edition \d+/.exec(/^ {2}COMMENT '.*'$/m.exec(statement)?.[0] ?? '') ?? [];
  expect({ comment, sha256 }).toEqual(EDITION);
});
