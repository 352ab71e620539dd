import { fileURLToPath } from 'node:url';
import { AiIpc } from '../src/client/index.ts';
import { startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { type GaleraNode, startGaleraCluster } from '../test/support/galera-node.ts';
import { createTestDatabase, TestDatabase } from '../test/support/test-database.ts';
import { waitFor } from '../test/support/wait-for.ts';
import type { WorkerProcess } from '../test/support/worker-process.ts';
import { startWorker } from './worker-process.ts';

const SCHEMA = fileURLToPath(new URL('../sql-files/ai_ipc_tables.sql', import.meta.url));
const NODES = 3;
const WORKERS = 2;
const ASKS = 1_200;
const EVERY_MS = 25;
/** Of the asks, after so many the fault comes. */
const FAULT_AT = 300;
/** What a request lives: longer than a cluster takes to leave a node behind (5 to 15 s). */
const LIFE_SECONDS = 60;
/** Of the AI service: what a small model takes at the least. */
const AI_MS = 50;
/** How much of what was written a node keeps, for one that comes back. */
const KEPT = '256M';

const AWAY = 'Going on with another host of the database';
const BACK = 'Back on a preferred host of the database';
const TROUBLE = 'Database trouble, trying again';

/** Asks two workers whose DB_HOST names three nodes, while nodes are away in four ways, and all is served again. */
export async function galeraHosts(): Promise<void> {
  const nodes = await startGaleraCluster(NODES, { keeps: KEPT });
  const stub = await startAiStubProcess({ delayMs: AI_MS });
  try {
    const [first, second, third] = nodes as [GaleraNode, GaleraNode, GaleraNode];
    const made = await createTestDatabase(first.address);
    await made.loadSqlFile(SCHEMA);
    // Of the second node: the first one's is away when a fault begins.
    const seen = new TestDatabase({ ...made.settings, port: second.address.port });
    const parts = { nodes, seen, url: stub.url };
    await play('the first node stands still and comes back', parts, async ([worker]) => {
      await first.pause();
      await worker?.waitForLog(AWAY);
      first.resume();
      await worker?.waitForLog(BACK);
    });
    await play('the first node is cut off from the others, and heard again', parts, async ([worker]) => {
      await isolate(made, true);
      await worker?.waitForLog(AWAY);
      await isolate(made, false);
      await worker?.waitForLog(BACK);
    });
    await play('the first node is killed, and joins again', parts, async ([worker]) => {
      await first.kill();
      await worker?.waitForLog(AWAY);
      await first.rejoin();
      await worker?.waitForLog(BACK);
    });
    await reportSame(nodes, made);
    const alone = { ...parts, seen: made };
    await play('the other two are killed, and the first is made the cluster', alone, async ([worker]) => {
      for (const other of [second, third]) await other.kill();
      await worker?.waitForLog(TROUBLE);
      await made.query("SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'");
    });
  } finally {
    await stub.stop();
    for (const node of nodes) await node.remove();
  }
}

/** Galera's own way to play a network that parts: the node hears nobody, and is heard by nobody. */
async function isolate(database: TestDatabase, isAlone: boolean): Promise<void> {
  await database.query(`SET GLOBAL wsrep_provider_options = 'gmcast.isolate=${isAlone ? 1 : 0}'`);
}

interface Parts {
  readonly nodes: readonly GaleraNode[];
  readonly seen: TestDatabase;
  readonly url: string;
}

type Fault = (workers: readonly WorkerProcess[]) => Promise<void>;

async function play(what: string, { nodes, seen, url }: Parts, fault: Fault): Promise<void> {
  const host = nodes.map(({ address }) => `127.0.0.1:${address.port}`).join(',');
  const settings = { ...seen.settings, host };
  const workers = Array.from({ length: WORKERS }, () => startWorker(settings, { AI_SERVICE_BASE_URL: url }));
  const client = await AiIpc.open({ kind: 'mariadb', ...settings, ssl: 'disabled', maxPoolSize: 12 });
  try {
    await Promise.all(workers.map((worker) => worker.started()));
    const asked: Promise<Answer>[] = [];
    let faulting: Promise<void> | undefined;
    for (let number = 0; number < ASKS; number += 1) {
      if (number === FAULT_AT) faulting = fault(workers);
      asked.push(ask(client, `${what}: ${number}`));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    const answers = await Promise.all(asked);
    await faulting;
    await report(what, answers, { seen, workers });
  } finally {
    await client.close();
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

interface Answer {
  /** How it ended, or the code of the error that its asker got. */
  readonly end: string;
  readonly ms: number;
}

async function ask(client: AiIpc, message: string): Promise<Answer> {
  const startMs = performance.now();
  const end = await client
    .ask('dialogue', '/api/v1/npc/dialogue', { message }, { timeoutSeconds: LIFE_SECONDS })
    .then(
      ({ status, error }) => error?.code ?? status,
      (error: { code?: string }) => `not stored: ${error.code}`,
    );
  return { end, ms: performance.now() - startMs };
}

interface Seen {
  readonly seen: TestDatabase;
  readonly workers: readonly WorkerProcess[];
}

async function report(what: string, answers: readonly Answer[], { seen, workers }: Seen): Promise<void> {
  // All that is stored is over within its life, whoever asked.
  await waitFor(async () => (await openRequests(seen)) === 0, {
    timeoutMs: LIFE_SECONDS * 1_000,
    what: 'the end of all requests',
  });
  const [row] = await seen.query(
    `SELECT (SELECT COUNT(*) FROM ai_requests) AS requests, (SELECT COUNT(*) FROM ai_responses) AS responses,
            (SELECT COUNT(*) FROM ai_requests r LEFT JOIN ai_responses a ON a.request_id = r.id WHERE a.id IS NULL) AS unanswered,
            (SELECT COUNT(*) FROM (SELECT 1 FROM ai_responses GROUP BY request_id HAVING COUNT(*) > 1) many) AS twice,
            (SELECT COUNT(*) FROM (SELECT 1 FROM ai_request_log WHERE event_type = 'completed' GROUP BY request_id HAVING COUNT(*) > 1) ended) AS ended_twice,
            (SELECT COUNT(*) FROM ai_requests WHERE claim_no > 1) AS claimed_again`,
  );
  const ends = new Map<string, number>();
  for (const { end } of answers) ends.set(end, (ends.get(end) ?? 0) + 1);
  const longest = Math.max(...answers.map(({ ms }) => ms));
  const moves = workers.map(
    (worker) => `${worker.log(AWAY).length} times away, ${worker.log(BACK).length} back`,
  );
  process.stdout.write(
    `${what}: ${ASKS} asks at ${1000 / EVERY_MS}/s of ${WORKERS} workers: ` +
      `${[...ends].map(([end, count]) => `${count} ${end}`).join(', ')}; the longest took ${Math.round(longest)} ms. ` +
      `So far ${row?.['requests']} requests, ${row?.['responses']} responses, ${row?.['unanswered']} without one, ` +
      `${row?.['twice']} with two, ${row?.['ended_twice']} completed twice, ${row?.['claimed_again']} claimed again. ` +
      `Workers: ${moves.join('; ')}.\n`,
  );
}

async function openRequests(seen: TestDatabase): Promise<number> {
  const [row] = await seen.query(
    "SELECT COUNT(*) AS n FROM ai_requests WHERE status IN ('pending', 'processing')",
  );
  return Number(row?.['n']);
}

/** Whether all nodes have the same, to the byte. */
async function reportSame(nodes: readonly GaleraNode[], made: TestDatabase): Promise<void> {
  const sums = new Set<string>();
  for (const { address } of nodes) {
    const node = new TestDatabase({ ...made.settings, port: address.port });
    await node.query('SET wsrep_sync_wait = 1');
    const rows = await node.query(`CHECKSUM TABLE ai_requests, ai_responses, ai_request_log`);
    sums.add(rows.map((row) => row['Checksum']).join(' '));
  }
  process.stdout.write(
    `${nodes.length} nodes, ${sums.size === 1 ? 'the same rows on each' : 'NOT the same rows'}.\n`,
  );
}
