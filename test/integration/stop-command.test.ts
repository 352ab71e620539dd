import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import { behaviours, startAiStub } from '../support/ai-stub.ts';
import { newFolder, querySqlite, runCli, serving, startCli, urlOf, useCli } from '../support/cli-process.ts';
import { holdAnswers } from '../support/held-answers.ts';
import { newRequest } from '../support/new-request.ts';
import type { ProgramProcess, ProgramResult } from '../support/program-process.ts';
import { waitFor } from '../support/wait-for.ts';

useCli();
const stub = await startAiStub();
afterAll(() => stub.close());

/** A queue, and a folder for temporary files of its own: no worker of another test is found. */
let cwd = '';
let env: Record<string, string> = {};
beforeEach(() => {
  stub.clear();
  cwd = newFolder();
  mkdirSync(join(cwd, 'tmp'));
  env = { TMPDIR: join(cwd, 'tmp'), AI_SERVICE_BASE_URL: stub.url, AI_SERVICE_TIMEOUT: '120' };
});

const run = (...words: string[]): Promise<ProgramResult> => runCli(words, { cwd, env });

/** A worker with as many calls under way. */
async function workerWithCalls(count: number): Promise<ProgramProcess> {
  const store = await openSqliteStore(join(cwd, 'ai_ipc.sqlite'));
  await store.insert(Array.from({ length: count }, () => newRequest({ timeoutSeconds: 300 })));
  await store.close();
  const worker = await serving(startCli(['worker'], { cwd, env }));
  await waitFor(() => stub.inFlight === count, { timeoutMs: 60_000, what: `${count} calls under way` });
  return worker;
}

const statuses = () =>
  querySqlite(join(cwd, 'ai_ipc.sqlite'), 'SELECT status, attempts FROM ai_requests ORDER BY id');

it('worker stop: calls under way end, and the command ends when the worker has', async () => {
  const held = holdAnswers();
  stub.behaveAlways(held.behaviour);
  const worker = await workerWithCalls(2);
  const stop = startCli(['worker', 'stop'], { cwd, env });
  await worker.waitForOutput(/Worker finishes its calls and stops/);
  held.release();
  expect(await worker.ended).toMatchObject({ exitCode: 0 });
  const { exitCode, stdout } = await stop.ended;
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Database: SQLite .+\n(\S+): asked to stop\n\1: stopped\n$/);
  expect(statuses()).toEqual(Array(2).fill({ status: 'completed', attempts: 1 }));
});

it('worker stop --now: calls under way are given back', async () => {
  stub.behaveAlways(behaviours.never());
  const worker = await workerWithCalls(5);
  expect(await run('worker', 'stop', '--now')).toMatchObject({ exitCode: 0 });
  expect(await worker.ended).toMatchObject({ exitCode: 0 });
  expect(statuses()).toEqual(Array(5).fill({ status: 'pending', attempts: 0 }));
});

it('worker stop says after --wait that calls have not ended, and may be run again with --now', async () => {
  stub.behaveAlways(behaviours.never());
  const worker = await workerWithCalls(1);
  const waited = await run('worker', 'stop', '--wait', '0');
  expect(waited).toMatchObject({ exitCode: 1 });
  expect(waited.stderr).toMatch(/^ERROR not_stopped: \S+ still runs: .+ Run this again with --now/);
  expect(await run('worker', 'stop', '--now')).toMatchObject({ exitCode: 0 });
  expect(await worker.ended).toMatchObject({ exitCode: 0 });
});

it('worker stop ends one worker where its id is given', async () => {
  const [first, second] = [startCli(['worker'], { cwd, env }), startCli(['worker'], { cwd, env })];
  const [, id = ''] = await first.waitForOutput(/"worker_id":"([^"]+)".+"msg":"Worker started"/);
  await serving(second);
  expect(await run('worker', 'stop', id)).toMatchObject({ exitCode: 0 });
  expect(await first.ended).toMatchObject({ exitCode: 0 });
  expect(second.hasEnded).toBe(false);
  expect(await run('worker', 'stop', 'other:1:2')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^ERROR not_stopped: No worker other:1:2 of this machine .+ Known are: \S+/,
    ),
  });
});

it('worker stop says that none is there, or that it died', async () => {
  expect((await run('worker', 'stop')).stderr).toMatch(
    /^ERROR not_stopped: No worker of this machine .+ None is/,
  );
  const worker = await serving(startCli(['worker'], { cwd, env }));
  await worker.kill();
  const after = await run('worker', 'stop');
  expect(after).toMatchObject({ exitCode: 1 });
  expect(after.stdout).toMatch(/: cannot be asked\n$/);
  expect(after.stderr).toMatch(/^ERROR not_stopped: No worker could be asked: it died/);
});

it('service stop ends the service of that port, and says that none is there', async () => {
  const service = startCli(['service', '--port', '0'], { cwd, env });
  const { port } = new URL(await urlOf(service));
  expect(await run('service', 'stop', '--port', port)).toMatchObject({ exitCode: 0 });
  expect(await service.ended).toMatchObject({ exitCode: 0 });
  expect(await run('service', 'stop', '--port', port)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^ERROR not_stopped: No AI service of this user listens on port \d+ here/),
  });
});

it('obeys no other word', async () => {
  const service = startCli(['service', '--port', '0'], { cwd, env });
  const { port } = new URL(await urlOf(service));
  const path = join(cwd, 'tmp', `ai-ipc-${process.getuid!()}`, `service-${port}.sock`);
  // The first of them hangs up before it is answered, as the last one does without a word.
  for (const word of ['stop', 'stopp\n', `${'x'.repeat(1_000)}\n`, 'STOP\n', '']) {
    const socket = connect(path).on('error', () => undefined);
    socket.end(word);
    expect(await text(socket).catch(() => '')).toBe('');
  }
  expect(service.hasEnded).toBe(false);
  expect(await run('service', 'stop', '--port', port)).toMatchObject({ exitCode: 0 });
});
