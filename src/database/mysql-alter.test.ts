import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { alterForMysql } from './mysql-alter.ts';
import { splitSql } from './sql-script.ts';

const UPGRADES = new URL('../../sql-files/upgrades/', import.meta.url);

/** A server whose table has these columns and indexes. */
const tableWith = (columns: readonly string[], indexes: readonly string[]) => async (sql: string) =>
  (sql.includes('COLUMNS') ? columns : indexes).map((name) => ({ name }));

it('what is there is not added, and what is not there is not dropped', async () => {
  const statement =
    "ALTER TABLE `t`\n  ADD COLUMN IF NOT EXISTS `a` INT DEFAULT (1 + 1) AFTER `x`,\n  MODIFY `s` ENUM('a', 'b'),\n" +
    '  ADD COLUMN IF NOT EXISTS `b` INT, DROP INDEX IF EXISTS `i`, DROP INDEX IF EXISTS `j`, ADD INDEX `i` (`a`, `b`)';
  expect(await alterForMysql(tableWith(['B'], ['i']), statement)).toBe(
    "ALTER TABLE `t`\n  ADD COLUMN `a` INT DEFAULT (1 + 1) AFTER `x`, MODIFY `s` ENUM('a', 'b'), DROP INDEX `i`, ADD INDEX `i` (`a`, `b`)",
  );
});

it('an ALTER of which all is done is left out', async () => {
  const statement = 'ALTER TABLE `t` ADD INDEX IF NOT EXISTS `i` (`a`)';
  expect(await alterForMysql(tableWith([], ['i']), statement)).toBeNull();
});

it('no ALTER of the upgrades reaches MySQL with words that it does not know', async () => {
  const alters = readdirSync(UPGRADES)
    .flatMap((file) => splitSql(readFileSync(new URL(file, UPGRADES), 'utf8')))
    .filter((statement) => statement.startsWith('ALTER'));
  expect(alters.length).toBeGreaterThan(4);
  for (const alter of alters) {
    expect(await alterForMysql(tableWith([], []), alter)).not.toMatch(/ IF (?:NOT )?EXISTS /);
  }
});
