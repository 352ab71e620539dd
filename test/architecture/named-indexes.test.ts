import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** A table that is locked or written without the name of an index behind it. */
const NAMELESS = [
  /\bUPDATE `?ai_\w+\b(?!`? FORCE INDEX)/g,
  /\bDELETE FROM `?ai_\w+`?(?=\s+WHERE\b)/g,
  /\bDELETE `?ai_\w+`? FROM `?ai_\w+\b(?!`? FORCE INDEX)/g,
  /\bFROM `?ai_\w+\b(?!`? FORCE INDEX)[^;"]*\bFOR UPDATE\b/g,
];

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|h|cpp|txt|sql)$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

function namelessIn(text: string): string[] {
  return NAMELESS.flatMap((pattern) => text.match(pattern) ?? []);
}

it('a statement of src that locks or writes stands where test/conformance/plans-of-writes.test.ts finds it', () => {
  const files = filesBelow('src').filter((path) =>
    /\b(?:UPDATE|DELETE|DELETE FROM) ai_|\bFOR UPDATE\b/.test(readFileSync(join(ROOT, path), 'utf8')),
  );
  expect(files.sort()).toEqual([
    // One row of ai_ipc_meta each, of which there are four.
    'src/database/migrate.ts',
    'src/database/probe.ts',
    // The words of both databases, of which src/operator/statements.ts makes what the test has explained.
    'src/operator/dialect.ts',
    'src/service/memory/statements.ts',
    'src/service/memory/word-statements.ts',
    // One row of ai_ipc_meta.
    'src/store/alert-store.ts',
    // The row 0, which there is not: whether the right is there.
    'src/store/game-side.ts',
    'src/store/mariadb-locks.ts',
    'src/store/mariadb-statements.ts',
    // What is locked there is named by id, and tried with the same index.
    'src/store/pass-held.ts',
    // What an admin is told to run, once.
    'src/store/remedies.ts',
    // Goes its own way (plans.test.ts).
    'src/store/sqlite-statements.ts',
    // One row of ai_ipc_meta.
    'src/transfer/target.ts',
  ]);
});

it.each([
  ...filesBelow('rathena'),
  'sql-files/ai_ipc_tables.sql',
  'src/database/migrate.ts',
  'src/database/probe.ts',
  'src/store/game-side.ts',
  'src/transfer/target.ts',
])('what %s locks or writes, it does by an index that it names', (path) => {
  expect(namelessIn(readFileSync(join(ROOT, path), 'utf8'))).toEqual([]);
});

it.each([
  'UPDATE ai_requests SET status = 1 WHERE id = 1',
  'DELETE FROM `ai_requests`\n WHERE id = 1',
  'DELETE ai_requests FROM ai_requests WHERE id = 1',
  'SELECT id FROM ai_requests\n WHERE id = 1\n FOR UPDATE',
])('%s is seen', (sql) => {
  expect(namelessIn(sql)).toHaveLength(1);
});
