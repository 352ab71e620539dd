import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { tableFindings } from '../../src/doctor/table-findings.ts';
import { lookAtServer } from '../../src/store/mariadb-facts.ts';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import { mariadbEnv, mariadbOption, runCli, startCli, urlOf, useCli } from '../support/cli-process.ts';
import { createUser } from '../support/create-user.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver } from '../support/queue-observer.ts';
import { waitFor } from '../support/wait-for.ts';
import { WorkerProcess } from '../support/worker-process.ts';
import { type Diagnosis, diagnose, diagnosed, faultsOf, findFault } from './support/doctor-under-test.ts';
import { ReplacingProxy } from './support/replacing-proxy.ts';
import { databaseOf } from './support/service-under-test.ts';

useCli();

/** InnoDB's list of transactions is made anew only for who looks so long after the last one who looked. */
const LIST_IS_KEPT_MS = 150;
/** As the README has it, with a binary log and the event scheduler: of a healthy system there is nothing to say. */
const HEALTHY = [
  '--event-scheduler=ON',
  '--log-bin=bin',
  '--skip-log-bin=0',
  '--server-id=1',
  '--binlog-format=ROW',
];
const NOBODY = 'http://127.0.0.1:1';

const server = new MariadbServer({ extraArgs: HEALTHY });
let stub: AiStub;
let queue: QueueObserver;
let worker: WorkerProcess | undefined;

beforeAll(async () => {
  stub = await startAiStub();
  queue = await QueueObserver.create(await server.start());
});
beforeEach(async () => {
  stub.clear();
  stub.behave('/api/v1/health', behaviours.json({ status: 'ok', provider: 'offline', model: null }));
  if (worker === undefined || worker.hasEnded) await startWorker();
});
afterAll(async () => {
  await worker?.kill();
  await server.remove();
  await stub.close();
});

async function startWorker(): Promise<void> {
  await queue.database.query('DELETE FROM ai_workers');
  worker = new WorkerProcess(queue.settings, { AI_SERVICE_BASE_URL: stub.url });
  await worker.started();
}

const ask = (env: Readonly<Record<string, string>> = {}): Promise<Diagnosis> =>
  diagnose(queue, { AI_SERVICE_BASE_URL: stub.url, ...env });

/** Does what an admin would who reads a remedy: SQL, or migrate. */
async function apply(remedy: string | null): Promise<void> {
  if (remedy === 'ai-ipc migrate') {
    await runCli(['migrate', ...mariadbOption(queue.database)], { env: mariadbEnv(queue.database) });
    return;
  }
  for (const statement of (remedy ?? '').split(';').filter((one) => one.trim() !== ''))
    await queue.database.query(statement);
}

/** The worker keeps its row. */
async function clearRequests(): Promise<void> {
  for (const table of ['ai_responses', 'ai_requests', 'ai_request_log'])
    await queue.database.query(`DELETE FROM ${table}`);
}

const expectHealthy = (): Promise<Diagnosis> =>
  diagnosed(ask, (diagnosis) => {
    expect(faultsOf(diagnosis)).toEqual([]);
    expect(diagnosis).toMatchObject({ exitCode: 0, verdict: 'ok' });
  });

it('of a healthy system it says that nothing is wrong, and looks at every part', async () => {
  const { findings } = await expectHealthy();
  expect(new Set(findings.map(({ part }) => part))).toEqual(
    new Set([
      ...[
        'settings',
        'database',
        'encryption',
        'server settings',
        'clocks',
        'claims',
        'connections',
        'cleanup event',
        'schema',
      ],
      ...['row format', 'keys', 'claim plan', 'rights', 'old versions', 'held rows', 'workers', 'requests'],
      ...[
        'recent requests',
        'AI calls',
        'cleanup',
        'tables',
        'doorbell',
        'memory',
        'AI service',
        'disk',
        'alerts',
      ],
    ]),
  );
});

describe('a fault in the tables is found, and mended by the statement that it names', () => {
  it.each([
    ['wrong engine', 'engine', 'ALTER TABLE ai_request_log ENGINE=MyISAM', /ai_request_log \(MyISAM\)/],
    ['row format', 'row format', 'ALTER TABLE ai_requests ROW_FORMAT=DYNAMIC', /Dynamic: rows grow/],
    [
      'missing index',
      'keys',
      'DROP INDEX idx_expires_at ON ai_requests',
      /no index idx_expires_at \(status, expires_at\)/,
    ],
    ['index of the log', 'keys', 'DROP INDEX idx_event_type ON ai_request_log', /no idx_event_type/],
    [
      'missing constraint',
      'keys',
      'ALTER TABLE ai_responses DROP FOREIGN KEY fk_ai_responses_request_id',
      /no fk_ai_responses_request_id/,
    ],
  ])('%s', async (_title, part, plant, reason) => {
    await queue.database.query(plant);
    const fault = await findFault(part, ask);
    expect(fault.reason).toMatch(reason);
    await apply(fault.remedy);
    await expectHealthy();
  });

  it('a missing right', async () => {
    const name = queue.settings.database;
    await createUser(queue.database, "'poor'@'%'", 'pw');
    await queue.database.query(`GRANT SELECT, INSERT, UPDATE ON \`${name}\`.* TO 'poor'@'%'`);
    await queue.database.query(`GRANT DELETE ON \`${name}\`.ai_requests TO 'poor'@'%'`);
    const poor = { settings: { ...queue.settings, user: 'poor', password: 'pw' } };
    const askPoor = () => diagnose(poor, { AI_SERVICE_BASE_URL: stub.url });
    const fault = await findFault('rights', askPoor);
    expect(fault.reason).toMatch(/lacks DELETE on ai_responses, .*DELETE on ai_ipc_meta/);
    await apply(fault.remedy);
    await diagnosed(askPoor, (after) => {
      expect(after.findings).toContainEqual(expect.objectContaining({ part: 'rights', verdict: 'ok' }));
      // What needs PROCESS or EVENT, this user is told of, and it is no fault.
      expect(faultsOf(after)).toEqual([]);
    });
  });
});

describe('a setting of the server is found, and mended by the statement that it names', () => {
  it('event scheduler off: told, and no fault as long as a worker deletes what is old', async () => {
    await queue.database.query('SET GLOBAL event_scheduler = OFF');
    expect((await expectHealthy()).findings).toContainEqual(
      expect.objectContaining({
        part: 'cleanup event',
        reason: expect.stringMatching(/event_scheduler=OFF.*SET GLOBAL event_scheduler = ON/),
      }),
    );
    await worker?.stop();
    const fault = await findFault('cleanup event', ask);
    expect(fault).toMatchObject({
      verdict: 'warning',
      remedy: expect.stringMatching(/SET GLOBAL event_scheduler = ON/),
    });
    await queue.database.query('SET GLOBAL event_scheduler = ON');
    await startWorker();
    await expectHealthy();
  });

  it('binlog_format STATEMENT', async () => {
    await queue.database.query('SET GLOBAL binlog_format = STATEMENT');
    const fault = await findFault('server settings', ask);
    expect(fault).toMatchObject({
      verdict: 'broken',
      reason: expect.stringMatching(/binlog_format=STATEMENT/),
    });
    expect(fault.remedy).toMatch(/SET GLOBAL binlog_format = ROW/);
    await queue.database.query('SET GLOBAL binlog_format = ROW');
    await expectHealthy();
  });

  it('wrong isolation, which a proxy in between has set', async () => {
    const proxy = await ReplacingProxy.start(
      server.address,
      'ISOLATION LEVEL READ COMMITTED',
      'ISOLATION LEVEL SERIALIZABLE  ',
    );
    onTestFinished(() => proxy.close());
    const behind = { settings: { ...queue.settings, port: proxy.port } };
    const fault = await findFault('server settings', () =>
      diagnose(behind, { AI_SERVICE_BASE_URL: stub.url }),
    );
    expect(fault.reason).toMatch(/isolation=SERIALIZABLE/);
    expect(fault.remedy).toMatch(/DB_HOST and DB_PORT lead to the server itself/);
  });

  it('an account with 3 connections', async () => {
    await createUser(queue.database, "'three'@'%'", 'pw');
    await queue.database.query(`GRANT ALL ON \`${queue.settings.database}\`.* TO 'three'@'%'`);
    await queue.database.query("ALTER USER 'three'@'%' WITH MAX_USER_CONNECTIONS 3");
    const three = { settings: { ...queue.settings, user: 'three', password: 'pw' } };
    const askThree = () => diagnose(three, { AI_SERVICE_BASE_URL: stub.url });
    const fault = await findFault('connections', askThree);
    expect(fault.reason).toMatch(/3 connections .* wants 4/);
    await apply(fault.remedy);
    await diagnosed(askThree, (after) => expect(faultsOf(after)).toEqual([]));
  });
});

describe('a fault of worker or queue is found', () => {
  it('stopped worker, with what waits for it', async () => {
    await worker?.stop();
    await queue.insertOne('/echo', { lifeSeconds: 600 });
    await diagnosed(ask, (diagnosis) => {
      expect(diagnosis.exitCode).toBe(2);
      expect(faultsOf(diagnosis)).toMatchObject([
        {
          part: 'workers',
          verdict: 'broken',
          reason: expect.stringMatching(/^No worker is alive on this database\. 1 request waiting/),
          remedy: expect.stringMatching(/systemctl start ai-ipc-worker.*journalctl -u ai-ipc-worker/),
          symptom: 'No requests being processed',
        },
      ]);
    });
    await startWorker();
    await queue.waitForCounts({ completed: 1 }, 30_000);
    await clearRequests();
  });

  it('old worker beside a new schema', async () => {
    await queue.database.query(
      "INSERT INTO ai_workers (id, host, pid, version, heartbeat_at) VALUES ('old', 'elsewhere', 1, '0.0.9', NOW(3) + INTERVAL 60 SECOND)",
    );
    const fault = await findFault('workers', ask);
    expect(fault.reason).toMatch(/old is of version 0\.0\.9, older than these tables and this ai-ipc/);
    expect(fault.remedy).toMatch(/systemctl restart ai-ipc-worker/);
    await queue.database.query("DELETE FROM ai_workers WHERE id = 'old'");
    await expectHealthy();
  });

  it('time zones mixed, in what waits and in what was over before it began', async () => {
    await queue.database.query(
      `INSERT INTO ai_requests (request_type, endpoint, available_at, expires_at)
       VALUES ('x', '/echo', NOW(3) + INTERVAL 3 HOUR, NOW(3) + INTERVAL 4 HOUR)`,
    );
    const ahead = await findFault('time zones', ask);
    expect(ahead.reason).toMatch(/1 pending request may not be served for up to 3 h/);
    expect(ahead.remedy).toMatch(
      /Let the database make the times.*UPDATE ai_requests SET available_at = created_at/,
    );
    await apply(ahead.remedy?.replace(/^.*Those that wait: /, '') ?? null);
    await queue.waitForCounts({ completed: 1 }, 30_000);
    await clearRequests();
    await queue.database.query(
      `INSERT INTO ai_requests (request_type, endpoint, expires_at) VALUES ('x', '/echo', NOW(3) - INTERVAL 2 HOUR)`,
    );
    await queue.waitForCounts({ timeout: 1 }, 30_000);
    const over = await findFault('time zones', ask);
    expect(over).toMatchObject({
      symptom: 'Requests timing out',
      reason: expect.stringMatching(/expires_at/),
    });
    await clearRequests();
    await expectHealthy();
  });

  it('held row, with who holds it and the statement that ends that', async () => {
    const holder = await queue.database.connect();
    await holdPending(holder);
    const fault = await findFault('held rows', ask);
    expect(fault).toMatchObject({
      verdict: 'broken',
      reason: expect.stringMatching(
        new RegExp(
          `1 request that should be served .* held by an open transaction: connection ${holder.threadId} \\(root@`,
        ),
      ),
      remedy: expect.stringContaining(`KILL ${holder.threadId};`),
    });
    // Behind the row waits a victim, who is not to be ended.
    const victim = await queue.database.connect();
    const waiting = victim.query("UPDATE ai_requests SET priority = 6 WHERE status = 'pending'");
    const waits = () =>
      queue.database.query(
        `SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ${victim.threadId} AND COMMAND = 'Query' AND TIME >= 2`,
      );
    await waitFor(async () => (await waits()).length === 1, { what: 'a victim that waits for two seconds' });
    expect((await findFault('held rows', ask)).remedy).toBe(`sudo mariadb -e "KILL ${holder.threadId};"`);
    await apply(`KILL ${holder.threadId}`);
    await waiting;
    await queue.waitForCounts({ completed: 1 }, 30_000);
    await clearRequests();
    await expectHealthy();
  });

  it('blocked purge, behind a transaction that somebody left open', async () => {
    const reader = await queue.database.connect();
    await reader.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    await reader.query('SELECT COUNT(*) FROM ai_requests');
    for (let turn = 0; turn < 20; turn += 1)
      await queue.database.query("UPDATE ai_ipc_meta SET value = value + 1 WHERE name = 'nobody'");
    const { facts, oldest } = await waitFor(
      async () => {
        await delay(LIST_IS_KEPT_MS);
        const facts = await lookAtServer(databaseOf(queue.settings), 60_000);
        const transactions = 'seen' in facts.transactions ? facts.transactions.seen : [];
        const oldest = transactions.find(({ connection }) => connection === reader.threadId);
        return oldest === undefined ? undefined : { facts, oldest };
      },
      { what: 'the transaction to be seen' },
    );
    expect(oldest).toMatchObject({ user: 'root' });
    // Nobody waits ten minutes in a test: as if it had been open for so long.
    const old = { ...facts, transactions: { seen: [{ ...oldest, seconds: oldest.seconds + 3_600 }] } };
    expect(tableFindings(facts, queue.settings.database)).toContainEqual(
      expect.objectContaining({ part: 'old versions', verdict: 'ok' }),
    );
    expect(tableFindings(old, queue.settings.database)).toContainEqual(
      expect.objectContaining({
        part: 'old versions',
        verdict: 'warning',
        reason: expect.stringMatching(new RegExp(`connection ${reader.threadId} .* open for \\d+ min`)),
        remedy: expect.stringContaining(`KILL ${reader.threadId};`),
        symptom: 'High database load',
      }),
    );
    await reader.query('COMMIT');
  });
});

/** Has a connection hold a request that waits: nobody could claim it before, for it was not due yet. */
async function holdPending(holder: Awaited<ReturnType<QueueObserver['database']['connect']>>): Promise<void> {
  const { insertId } = await queue.database.query<{ insertId: number }>(
    `INSERT INTO ai_requests (request_type, endpoint, available_at, expires_at)
     VALUES ('x', '/echo', NOW(3) + INTERVAL 5 SECOND, NOW(3) + INTERVAL 600 SECOND)`,
  );
  await holder.query('START TRANSACTION');
  await holder.query('SELECT id FROM ai_requests FORCE INDEX (PRIMARY) WHERE id = ? FOR UPDATE', [insertId]);
}

describe('a fault of the AI service is found', () => {
  it('dead', async () => {
    const fault = await findFault('AI service', () => ask({ AI_SERVICE_BASE_URL: NOBODY }));
    expect(fault).toMatchObject({
      verdict: 'broken',
      reason: expect.stringMatching(/127\.0\.0\.1:1 does not answer/),
    });
    expect(fault.remedy).toMatch(
      /systemctl start ai-ipc-service \(by hand: ai-ipc service --port 1\), or what else .*AI_SERVICE_BASE_URL/,
    );
  });

  it('silent', async () => {
    stub.behave('/api/v1/health', behaviours.never());
    expect(await findFault('AI service', ask)).toMatchObject({ verdict: 'broken' });
  });

  it('slow', async () => {
    stub.behave('/slow', behaviours.delayed(40));
    await queue.insert(3, '/slow');
    await queue.waitForCounts({ completed: 3 }, 30_000);
    const fault = await findFault('AI calls', () => ask({ MAX_PROCESSING_TIME: '10' }));
    expect(fault.reason).toMatch(/is slow: the last 3 took \d+ ms each/);
    await clearRequests();
  });

  it('model away and fallback answering', async () => {
    const env = { AI_PROVIDER_URL: `${NOBODY}/v1`, AI_MODEL: 'gone' };
    const service = startCli(['service', '--port', '0', '--database', 'sqlite'], { env });
    const url = await urlOf(service);
    const fault = await findFault('AI service', async () => {
      const body = JSON.stringify({ message: 'Hello', npc_id: 'npc' });
      const headers = { 'content-type': 'application/json' };
      await fetch(`${url}/api/v1/npc/dialogue`, { method: 'POST', headers, body });
      return await ask({ AI_SERVICE_BASE_URL: url });
    });
    expect(fault).toMatchObject({
      verdict: 'warning',
      reason: expect.stringMatching(/degraded .* fallback .*model/i),
    });
    expect(fault.remedy).toMatch(/Start the model server that AI_PROVIDER_URL names/);
  });
});
