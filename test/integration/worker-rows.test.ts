import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { useQueue } from '../support/queue-observer.ts';
import { WorkerProcess } from '../support/worker-process.ts';

const queue = useQueue();
let stub: AiStub;
let worker: WorkerProcess;

beforeAll(async () => {
  stub = await startAiStub();
  worker = new WorkerProcess(queue().settings, { AI_SERVICE_BASE_URL: stub.url });
  await worker.started();
});
afterAll(async () => {
  await worker.kill();
  await stub.close();
});

/** A row of plain SQL: `columns` are added to those that the document requires. */
async function insertRow(columns: Readonly<Record<string, unknown>>, sqlMode?: string): Promise<number> {
  const row: Record<string, unknown> = { endpoint: '/api/v1/npc/dialogue', ...columns };
  const names = Object.keys(row).map((name) => `\`${name}\``);
  const marks = names.map(() => '?').join(', ');
  const connection = await queue().database.connect();
  if (sqlMode !== undefined) await connection.query('SET sql_mode = ?', [sqlMode]);
  const { insertId } = await connection.query<{ insertId: number }>(
    `INSERT INTO ai_requests (${names.join(', ')}, expires_at) VALUES (${marks}, NOW() + INTERVAL 60 SECOND)`,
    Object.values(row),
  );
  await connection.end();
  return insertId;
}

describe("the document's own columns", () => {
  it('a row of the plain mariadb client is served, and its life can be read from ai_request_log', async () => {
    const printed = await queue().database.runClient(`
      INSERT INTO ai_requests (request_type, endpoint, request_data, priority, timeout, status, expires_at)
      VALUES ('dialogue', '/api/v1/npc/dialogue', '{"message":"Hello AI","npc_id":123}', 5, 30, 'pending',
              DATE_ADD(NOW(), INTERVAL 30 SECOND));
      SELECT LAST_INSERT_ID() AS id;`);
    const id = Number(printed.split('\n')[1]);

    const row = await queue().waitForStatus(id, 'completed', 10_000);

    expect(row.processed_at).not.toBeNull();
    expect(await queue().responses(id)).toEqual([
      {
        request_id: id,
        response_data: '{"echo":{"message":"Hello AI","npc_id":123},"path":"/api/v1/npc/dialogue"}',
        error_message: null,
        processing_time_ms: expect.any(Number),
      },
    ]);
    const log = await queue().database.query<{ event_type: string; event_data: string }[]>(
      'SELECT event_type, event_data FROM ai_request_log WHERE request_id = ? ORDER BY id',
      [id],
    );
    expect(log.map(({ event_type, event_data }) => [event_type, JSON.parse(event_data)])).toEqual([
      ['claimed', { worker: row.claimed_by, attempt: 1 }],
      ['completed', { worker: row.claimed_by, attempt: 1, error_code: null, ms: expect.any(Number) }],
    ]);
  });

  it('a row with nothing but endpoint and expires_at is served: NULL data is posted as {}', async () => {
    const id = await insertRow({ endpoint: '/bare' });
    await queue().waitForStatus(id, 'completed', 10_000);

    expect(stub.callsTo('/bare')).toMatchObject([{ method: 'POST', body: '{}' }]);
  });

  it.each([0, 1, 255])('priority %i is served as it stands', async (priority) => {
    const id = await insertRow({ priority });
    await queue().waitForStatus(id, 'completed', 10_000);

    const [row] = await queue().database.query('SELECT priority FROM ai_requests WHERE id = ?', [id]);
    expect(row).toEqual({ priority });
  });

  it('65,535 bytes of data are served', async () => {
    const data = `"${'x'.repeat(65_533)}"`;
    const id = await insertRow({ endpoint: '/status/204?large', request_data: data });
    await queue().waitForStatus(id, 'failed', 10_000);

    expect(stub.callsTo('/status/204')[0]!.body).toBe(data);
  });

  it('an id far beyond 32 bits is served', async () => {
    const id = 9_007_199_254_740_991;
    await insertRow({ id });
    await queue().waitForStatus(id, 'completed', 10_000);
    await queue().database.query('DELETE FROM ai_requests WHERE id = ?', [id]);
    await queue().database.query('ALTER TABLE ai_requests AUTO_INCREMENT = 1');
  });
});

describe('rows past the limits are settled as failed, with the reason, and never called', () => {
  it.each([
    ['http://evil.example/', 'bad_endpoint'],
    ['//evil.example/x', 'bad_endpoint'],
    ['', 'bad_endpoint'],
    ['/a/../b', 'bad_endpoint'],
    ['/a#b', 'bad_endpoint'],
    ['/a\\b', 'bad_endpoint'],
    ['/a%2e%2E/b', 'bad_endpoint'],
    ['/a%2Fb', 'bad_endpoint'],
    ['/a\r\nHost: evil.example', 'bad_endpoint'],
    ['/süß', 'bad_endpoint'],
    ['/a b', 'bad_endpoint'],
  ])('the endpoint %j', async (endpoint, code) => {
    const calls = stub.calls.length;
    const id = await insertRow({ endpoint });
    const row = await queue().waitForStatus(id, 'failed', 10_000);

    expect(row).toMatchObject({ error_code: code });
    expect(row.processed_at).not.toBeNull();
    expect(await queue().responses(id)).toMatchObject([
      {
        response_data: null,
        error_message: expect.stringContaining('Give a path'),
        processing_time_ms: null,
      },
    ]);
    expect(await queue().events(id)).toEqual(['claimed', 'failed']);
    expect(stub.calls).toHaveLength(calls);
  });

  it.each([
    ['{"message": "un"escaped"}', 'bad_json'],
    ['', 'bad_json'],
    ['hello', 'bad_json'],
    ['{"a": 1}\u0000', 'bad_json'],
  ])('the data %j', async (request_data, code) => {
    const id = await insertRow({ request_data });

    expect(await queue().waitForStatus(id, 'failed', 10_000)).toMatchObject({ error_code: code });
    expect(await queue().responses(id)).toMatchObject([
      { error_message: expect.stringContaining('not JSON') },
    ]);
  });

  it('a status that does not exist', async () => {
    const id = await insertRow({ status: 'dreaming' }, '');

    expect(await queue().waitForStatus(id, 'failed', 10_000)).toMatchObject({ error_code: 'bad_status' });
    expect(await queue().responses(id)).toMatchObject([
      { error_message: expect.stringContaining('pending') },
    ]);
  });

  it('a row that is expired already ends as timeout', async () => {
    const id = await queue().insertOne('/expired', { lifeSeconds: 0 });

    expect(await queue().waitForStatus(id, 'timeout', 10_000)).toMatchObject({
      error_code: 'expired',
      attempts: 0,
    });
    expect(await queue().responses(id)).toMatchObject([{ response_data: null, processing_time_ms: null }]);
    expect(stub.callsTo('/expired')).toEqual([]);
  });
});

it("the document's monitoring queries give right answers", async () => {
  await queue().clear();
  await queue().insert(3, '/echo');
  await queue().insertOne('/status/400');
  await queue().waitForCounts({ completed: 3, failed: 1 }, 10_000);

  const [pending] = await queue().database.query(
    "SELECT COUNT(*) as pending FROM ai_requests WHERE status='pending'",
  );
  const [success] = await queue().database.query(`
    SELECT SUM(CASE WHEN status='completed' THEN 1 ELSE 0 END) as completed,
           SUM(CASE WHEN status='failed' THEN 1 ELSE 0 END) as failed, COUNT(*) as total
      FROM ai_requests WHERE created_at > DATE_SUB(NOW(), INTERVAL 1 HOUR)`);
  const [average] = await queue().database.query(`
    SELECT AVG(processing_time_ms) as avg_ms FROM ai_responses
     WHERE created_at > DATE_SUB(NOW(), INTERVAL 1 HOUR)`);
  expect(Number(pending!['pending'])).toBe(0);
  expect([success!['completed'], success!['failed'], success!['total']].map(Number)).toEqual([3, 1, 4]);
  expect(Number(average!['avg_ms'])).toBeGreaterThanOrEqual(0);
});
