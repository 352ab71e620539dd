import { fileURLToPath } from 'node:url';
import { AiIpc } from '../src/client/index.ts';
import { startAiStubProcess } from '../test/support/ai-stub-process.ts';
import { startBox } from '../test/support/box-process.ts';
import { startGaleraCluster } from '../test/support/galera-node.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/test-database.ts';
import { galeraCommits } from './galera-commits.ts';
import { startWorker } from './worker-process.ts';

const SCHEMA = fileURLToPath(new URL('../sql-files/ai_ipc_tables.sql', import.meta.url));
const NODES = 3;
const ROUNDS = 3;
const ASKS = 600;
const EVERY_MS = 25;
/** Of the AI service: what a small model takes at the least. */
const AI_MS = 50;

/**
 * Asks through HAProxy's roundrobin over three nodes of Galera: each read may be behind the write before it. Then all nodes
 * write the same rows.
 */
export async function galera(): Promise<void> {
  const nodes = await startGaleraCluster(NODES);
  const stub = await startAiStubProcess({ delayMs: AI_MS });
  try {
    const [first] = nodes;
    if (first === undefined) return;
    const database = await createTestDatabase(first.address);
    await database.loadSqlFile(SCHEMA);
    const ports = nodes.map(({ address }) => address.port);
    const box = await startBox('haproxy', ({ port }) => roundrobin(port, ports));
    try {
      for (let round = 1; round <= ROUNDS; round += 1)
        await ask(round, { database, port: box.port, url: stub.url });
    } finally {
      await box.stop();
    }
    await galeraCommits(nodes);
  } finally {
    await stub.stop();
    for (const node of nodes) await node.remove();
  }
}

function roundrobin(port: number, ports: readonly number[]): string {
  const servers = ports.map((one, index) => `  server node${index} 127.0.0.1:${one} check\n`);
  return `
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen galera
  bind 127.0.0.1:${port}
  balance roundrobin
${servers.join('')}`;
}

interface Parts {
  readonly database: TestDatabase;
  readonly port: number;
  readonly url: string;
}

async function ask(round: number, { database, port, url }: Parts): Promise<void> {
  const through = { ...database.settings, host: '127.0.0.1', port };
  const worker = startWorker(through, { AI_SERVICE_BASE_URL: url });
  const client = await AiIpc.open({ kind: 'mariadb', ...through, ssl: 'disabled', maxPoolSize: 12 });
  try {
    await worker.started();
    const asked: Promise<{ status: string; error: { code: string } | null }>[] = [];
    for (let number = 0; number < ASKS; number += 1) {
      asked.push(client.ask('dialogue', '/api/v1/npc/dialogue', { message: `${round}.${number}` }));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    const ends = await Promise.all(asked);
    const answered = ends.filter(({ status }) => status === 'completed').length;
    const codes = [...new Set(ends.flatMap(({ error }) => (error === null ? [] : [error.code])))];
    const [row] = await database.query(
      "SELECT COUNT(*) AS calls, COUNT(DISTINCT request_id) AS requests FROM ai_request_log WHERE event_type = 'claimed'",
    );
    const [twice] = await database.query(
      'SELECT COUNT(*) AS n FROM ai_requests WHERE attempts > 1 OR claim_no > 1',
    );
    process.stdout.write(
      `round ${round}: ${ASKS} asks at ${1000 / EVERY_MS}/s over ${NODES} nodes: ${answered} answered` +
        `${codes.length === 0 ? '' : `, others with ${codes.join(', ')}`}; so far ${row?.['calls']} claims of ` +
        `${row?.['requests']} requests, ${twice?.['n']} claimed twice\n`,
    );
  } finally {
    await client.close();
    await worker.stop();
  }
}
