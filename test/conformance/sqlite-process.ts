import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { newRequest } from '../support/new-request.ts';
import { COMPLETED, settled } from './arrange.ts';

/**
 * One of several processes on one SQLite file: opens it when it is told to, inserts 30 requests of its own, then claims
 * and completes what is there until it has seen nothing for a while. Prints what it inserted and what it completed.
 */
const [file, workerId] = process.argv.slice(2);
if (file === undefined || workerId === undefined) throw new Error('usage: sqlite-process.ts file worker-id');

const EMPTY_LOOKS_AT_THE_END = 20;

process.stdout.write('ready\n');
process.stdin.once('data', () => {
  process.stdin.pause();
  void run(file, workerId);
});

async function run(path: string, worker: string): Promise<void> {
  const store = await openSqliteStore(path);
  const inserted: number[] = [];
  for (let request = 0; request < 30; request++) inserted.push(...(await store.insert([newRequest()])));
  const completed: number[] = [];
  for (let emptyLooks = 0; emptyLooks < EMPTY_LOOKS_AT_THE_END; emptyLooks++) {
    const claims = await store.claim(worker, 3);
    if (claims.length > 0) emptyLooks = 0;
    await store.settle(
      worker,
      claims.map((claim) => settled(claim, COMPLETED)),
    );
    completed.push(...claims.map(({ id }) => id));
  }
  await store.close();
  process.stdout.write(`${JSON.stringify({ inserted, completed, queueId: store.queueId })}\n`);
}
