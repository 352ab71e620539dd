import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, it } from 'vitest';
import { AiIpc } from '../../src/client/ai-ipc.ts';
import { waitFor } from '../support/wait-for.ts';

it.each([-5, 0])(
  'ask with a life of %i s waits as long as the row lives, which is a second at least',
  async (life) => {
    const folder = mkdtempSync(join(tmpdir(), 'ai-ipc-short-life-'));
    const file = join(folder, 'queue.sqlite');
    const ai = await AiIpc.open({ kind: 'sqlite', file });
    const sql = new DatabaseSync(file, { timeout: 5_000 });
    try {
      const asked = ai.ask('dialogue', '/api/v1/npc/dialogue', {}, { timeoutSeconds: life });
      await waitFor(() => sql.prepare('SELECT id FROM ai_requests').get() !== undefined, {
        timeoutMs: 5_000,
        what: 'the request',
      });
      sql.exec(`BEGIN IMMEDIATE;
      INSERT INTO ai_responses (request_id, response_data) VALUES (1, '{"text":"Hi"}');
      UPDATE ai_requests SET status = 'completed' WHERE id = 1;
      COMMIT`);
      expect(await asked).toMatchObject({ id: 1, status: 'completed', text: 'Hi' });
    } finally {
      sql.close();
      await ai.close();
      rmSync(folder, { recursive: true });
    }
  },
);
