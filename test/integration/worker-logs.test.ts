import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type AiStub, startAiStub } from '../support/ai-stub.ts';
import { mariadbEnv, mariadbOption, serving, startOnTerminal, useCli } from '../support/cli-process.ts';
import { useQueue } from '../support/queue-observer.ts';
import { useWorkers } from '../support/worker-process.ts';

const queue = useQueue();
const startWorker = useWorkers();
useCli();
let stub: AiStub;

beforeAll(async () => {
  stub = await startAiStub();
});
afterAll(() => stub.close());
afterEach(() => queue().clear());

/** What `grep ERROR` finds. */
function errorLines(output: string): string[] {
  return output.split('\n').filter((line) => line.includes('ERROR'));
}

it('in journald: one JSON object a line, and grep ERROR finds the failures and nothing else', async () => {
  const worker = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url });
  await worker.started();
  const good = await queue().insertOne('/echo');
  const bad = await queue().insertOne('/status/404');
  await queue().waitForStatus(good, 'completed', 10_000);
  await queue().waitForStatus(bad, 'failed', 10_000);
  await worker.stop();

  const lines = worker.output.trimEnd().split('\n');
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const line of parsed) {
    expect(line).toMatchObject({
      level: expect.stringMatching(/^(INFO|WARN|ERROR)$/),
      msg: expect.any(String),
    });
    expect(String(line['time'])).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
  const errors = errorLines(worker.output).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(errors).toMatchObject([
    {
      level: 'ERROR',
      msg: 'Request failed',
      request_id: bad,
      attempt: 1,
      error_code: 'ai_client_error',
      duration_ms: expect.any(Number),
    },
  ]);
});

it('on a terminal: lines for people, with ERROR in those of failures', async () => {
  const worker = startOnTerminal(['worker', ...mariadbOption(queue().database)], {
    env: { ...mariadbEnv(queue().database), AI_SERVICE_BASE_URL: stub.url },
  });
  await serving(worker);
  const bad = await queue().insertOne('/status/404');
  await queue().waitForStatus(bad, 'failed', 10_000);
  await worker.waitForOutput(/Request failed/);
  await worker.stop('SIGTERM');

  const [first] = worker.stdout.split(/\r?\n/);
  expect(first).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: Database$/);
  expect(worker.stdout).not.toContain('{"');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no colour code is what is looked for
  expect(worker.stdout).not.toMatch(/\u001b\[/);
  const [error] = errorLines(worker.stdout);
  expect(error).toMatch(/^\[[\d:.]+\] ERROR: Request failed\r?$/);
  expect(worker.stdout).toMatch(/ {4}error_code: "ai_client_error"/);
});

it('log_level debug tells more, warn less', async () => {
  const chatty = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url, LOG_LEVEL: 'debug' });
  await chatty.started();
  const id = await queue().insertOne('/echo');
  await queue().waitForStatus(id, 'completed', 10_000);
  await chatty.stop();
  expect(chatty.log('Request completed')).toMatchObject([{ level: 'DEBUG', request_id: id }]);

  const quiet = startWorker(queue().settings, { AI_SERVICE_BASE_URL: stub.url, LOG_LEVEL: 'warn' });
  const later = await queue().insertOne('/echo');
  await queue().waitForStatus(later, 'completed', 30_000);
  await quiet.stop();
  expect(quiet.output).toBe('');
});
