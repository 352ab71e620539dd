import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SYMPTOMS } from '../../src/doctor/finding.ts';
import { memoryFindings } from '../../src/doctor/memory.ts';
import { type AiStub, behaviours, startAiStub } from '../support/ai-stub.ts';
import {
  mariadbEnv,
  mariadbOption,
  newFolder,
  ROOT,
  runCli,
  startCli,
  useCli,
} from '../support/cli-process.ts';
import { createUser } from '../support/create-user.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { QueueObserver, useQueue } from '../support/queue-observer.ts';
import { useWorkers } from '../support/worker-process.ts';
import { diagnose, faultsOf, runDoctor } from './support/doctor-under-test.ts';

useCli();
const startWorker = useWorkers();
const queue = useQueue();
let stub: AiStub;

beforeAll(async () => {
  stub = await startAiStub();
  stub.behave('/api/v1/health', behaviours.json({ status: 'ok', provider: 'offline', model: null }));
});
afterAll(() => stub.close());

const env = () => ({ AI_SERVICE_BASE_URL: stub.url });

describe('on SQLite', () => {
  it('says that nothing is wrong beside a worker, and leaves out what is of a server', async () => {
    const file = join(newFolder(), 'queue.sqlite');
    const worker = startWorker({ sqliteFile: file }, env());
    await worker.started();
    const diagnosis = await runDoctor(['--database', `sqlite:${file}`], env());
    expect(faultsOf(diagnosis)).toEqual([]);
    expect(diagnosis).toMatchObject({ exitCode: 0, verdict: 'ok' });
    const parts = diagnosis.findings.map(({ part }) => part);
    expect(parts).toEqual(
      expect.arrayContaining(['database', 'schema', 'integrity', 'keys', 'workers', 'disk']),
    );
    expect(parts).not.toContain('cleanup event');
    await worker.stop();
    const stopped = await runDoctor(['--database', `sqlite:${file}`], env());
    expect(faultsOf(stopped)).toMatchObject([{ part: 'workers', verdict: 'broken' }]);
  });

  it('in a wrong folder says so, and makes no file there', async () => {
    const cwd = newFolder();
    const { exitCode, stdout } = await runCli(['doctor'], { cwd, env: env() });
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(
      /broken +database +SQLite .*ai_ipc\.sqlite: there is no such file\.\n +→ Go into the folder of your \.env/,
    );
    expect(existsSync(join(cwd, 'ai_ipc.sqlite'))).toBe(false);
  });
});

it('settings that are wrong are what is broken, each named', async () => {
  const { exitCode, findings } = await runDoctor([], { POLL_INTERVAL_MS: 'often' });
  expect(exitCode).toBe(2);
  expect(findings).toMatchObject([
    {
      part: 'settings',
      reason: expect.stringContaining('POLL_INTERVAL_MS'),
      remedy: expect.stringContaining('ai-ipc config check'),
    },
  ]);
});

it('a user who may only read is told what he could not see, which is no fault', async () => {
  const { settings, database } = queue();
  const user = `reads_${settings.database.slice(-8)}`;
  await createUser(database, `'${user}'@'%'`, 'pw');
  onTestFinished(async () => {
    await database.query(`DROP USER '${user}'@'%'`);
  });
  for (const table of ['ai_requests', 'ai_responses', 'ai_request_log', 'ai_workers', 'ai_ipc_meta'])
    await database.query(`GRANT SELECT ON \`${settings.database}\`.${table} TO '${user}'@'%'`);
  const diagnosis = await diagnose({ settings: { ...settings, user, password: 'pw' } }, env());
  const unseen = diagnosis.findings.filter(({ verdict }) => verdict === 'unseen').map(({ part }) => part);
  expect(unseen).toEqual(expect.arrayContaining(['schema', 'cleanup event', 'rights']));
  // The tests' shared server has its event scheduler off, and no worker is there.
  expect(faultsOf(diagnosis).map(({ part }) => part)).toEqual(['cleanup event', 'workers']);
});

it('an account that is refused is what is broken, with what to do', async () => {
  const { settings } = queue();
  const diagnosis = await diagnose({ settings: { ...settings, password: 'wrong' } }, env());
  expect(faultsOf(diagnosis)).toMatchObject([
    { part: 'database', verdict: 'broken', reason: expect.stringMatching(/Access denied.*Check DB_USER/) },
  ]);
});

it('a database that stands still is given up, and the AI service is looked at all the same', async () => {
  const server = new MariadbServer();
  onTestFinished(() => server.remove());
  const observer = await QueueObserver.create(await server.start());
  await server.pause();
  const { findings } = await diagnose(observer, env());
  expect(findings).toMatchObject([
    { part: 'settings' },
    { part: 'database', verdict: 'broken', reason: expect.stringMatching(/did not answer within/) },
    { part: 'AI service', verdict: 'ok' },
  ]);
});

it('tables that a backup has locked are told', async () => {
  const { database } = queue();
  const backup = await database.connect();
  onTestFinished(() => backup.destroy());
  await backup.query('LOCK TABLES ai_requests WRITE');
  const faults = faultsOf(await diagnose(queue(), env()));
  expect(faults).toContainEqual(
    expect.objectContaining({
      verdict: 'warning',
      reason: expect.stringMatching(/^It could not be looked at: .*(?:Lock wait|took too long)/),
      symptom: 'High database load',
      remedy: expect.stringMatching(/SHOW FULL PROCESSLIST/),
    }),
  );
});

it('--rathena adds the game’s side', async () => {
  const { findings } = await runDoctor(['--rathena', newFolder(), ...mariadbOption(queue().database)], {
    ...mariadbEnv(queue().database),
    ...env(),
  });
  expect(findings.find(({ part }) => part.startsWith('game'))).toMatchObject({ verdict: 'broken' });
});

it('--watch looks again and again until a signal, and the last line says how bad it is', async () => {
  const { database } = queue();
  const words = ['doctor', '--watch', '1', ...mariadbOption(database)];
  const doctor = startCli(words, { env: { ...mariadbEnv(database), ...env() } });
  await doctor.waitForOutput(/No worker is alive[\s\S]*broken[\s\S]*: No requests being processed\.\n/);
  const worker = startWorker(queue().settings, env());
  await worker.started();
  await doctor.waitForOutput(/is alive \(version [\s\S]*1 warning\.\n/);
  doctor.signal('SIGINT');
  expect((await doctor.ended).exitCode).toBe(130);
});

it.each(['0', 'often', '1.5'])('--watch %s is refused', async (seconds) => {
  expect(await runCli(['doctor', '--watch', seconds])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('whole number of seconds'),
  });
});

it('a worker that holds a gigabyte is told', async () => {
  const { hostname } = await import('node:os');
  const worker = {
    id: 'w',
    host: hostname(),
    pid: 1,
    version: '1',
    heartbeatAgeMs: 0,
    inFlight: 0,
    doorbell: null,
  };
  expect(await memoryFindings([worker], async () => 2 ** 31)).toMatchObject([
    { verdict: 'warning', reason: expect.stringContaining('2.0 GiB'), symptom: 'Memory leaks in worker' },
  ]);
  expect(await memoryFindings([{ ...worker, host: 'elsewhere' }], async () => 2 ** 31)).toEqual([]);
});

it('the page of symptoms has each by its name', async () => {
  const { readFileSync } = await import('node:fs');
  const page = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');
  for (const symptom of SYMPTOMS) expect(page).toContain(`## ${symptom}`);
});
