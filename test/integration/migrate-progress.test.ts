import { afterAll, beforeAll, expect, it } from 'vitest';
import { watchCopy } from '../../src/database/migrate-progress.ts';
import { isMysqlChosen } from '../support/chosen-server.ts';
import { numbers } from '../support/numbers.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.query('CREATE TABLE copied (id INT PRIMARY KEY, words VARCHAR(200))');
  await database.query(`INSERT INTO copied SELECT seq, REPEAT('x', 200) FROM ${numbers(50_000)}`);
});
afterAll(() => database.drop());

it('MariaDB tells how far a copy is, MySQL nothing, and neither is in the way of it', async () => {
  const [working, asking] = [await database.connect(), await database.connect()];
  const told: number[] = [];
  const unwatch = watchCopy(asking, working.threadId ?? 0, ({ percent }) => told.push(percent));
  const giveUpAt = performance.now() + 120_000;
  // Again and again, since one copy may be over between two looks.
  do await working.query('ALTER TABLE copied FORCE, ALGORITHM=COPY');
  while (told.length === 0 && !isMysqlChosen() && performance.now() < giveUpAt);
  await unwatch();
  expect(told.length > 0).toBe(!isMysqlChosen());
  for (const percent of told) expect(percent >= 0 && percent <= 100).toBe(true);
  expect(await asking.query('SELECT COUNT(*) AS copied FROM copied')).toEqual([{ copied: 50_000 }]);
});
