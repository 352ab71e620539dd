import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { newFolder, querySqlite, runCli, useCli } from '../support/cli-process.ts';

useCli();

it('`ai-ipc response` prints no old answer of a request that an admin put back to pending', async () => {
  const file = join(newFolder(), 'queue.sqlite');
  await (await openSqliteStore(file)).close();
  querySqlite(file, "INSERT INTO ai_requests (id, endpoint, status) VALUES (7, '/x', 'completed')");
  querySqlite(
    file,
    'INSERT INTO ai_responses (request_id, response_data) VALUES (7, \'"of another player"\')',
  );
  const response = (...options: string[]) =>
    runCli(['response', '7', ...options, '--database', `sqlite:${file}`]);
  expect((await response()).stdout).toBe('"of another player"\n');

  querySqlite(file, "UPDATE ai_requests SET status = 'pending'");
  expect((await response()).stdout).toBe('\n');
  expect(JSON.parse((await response('--json')).stdout)).toMatchObject({ status: 'pending', response: '' });
});
