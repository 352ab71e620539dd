// Insert a request in a transaction of your own: it exists when you commit.
import { DatabaseSync } from '@photostructure/sqlite';
import { AiIpc } from 'ai-ipc';

const ai = await AiIpc.open({ kind: 'sqlite', file: './ai_ipc.sqlite' });
const connection = new DatabaseSync('./ai_ipc.sqlite');

connection.exec('BEGIN IMMEDIATE');
const id = await ai.request('emotion', '/api/v1/npc/emotion', { event: 'A quest is done.' }, { connection });
connection.exec('ROLLBACK');
console.log(await ai.status(id)); // 0: it never was

connection.close();
await ai.close();
