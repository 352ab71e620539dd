import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { HEARD, IS_IT_HEARD } from '../../src/base/doorbell-note.ts';
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
import { newTree, put, useTrees } from '../support/rathena-tree.ts';
import { useWorkers } from '../support/worker-process.ts';
import { diagnose, diagnosed, faultsOf, findFault, runDoctor } from './support/doctor-under-test.ts';

useCli();
useTrees();
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
    const look = () => runDoctor(['--database', `sqlite:${file}`], env());
    const diagnosis = await diagnosed(look, (healthy) => {
      expect(faultsOf(healthy)).toEqual([]);
      expect(healthy).toMatchObject({ exitCode: 0, verdict: 'ok' });
    });
    const parts = diagnosis.findings.map(({ part }) => part);
    expect(parts).toEqual(
      expect.arrayContaining(['database', 'schema', 'integrity', 'keys', 'workers', 'disk']),
    );
    expect(parts).not.toContain('cleanup event');
    await worker.stop();
    await diagnosed(look, (stopped) =>
      expect(faultsOf(stopped)).toMatchObject([{ part: 'workers', verdict: 'broken' }]),
    );
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
  const look = () => diagnose({ settings: { ...settings, user, password: 'pw' } }, env());
  await diagnosed(look, (diagnosis) => {
    const unseen = diagnosis.findings.filter(({ verdict }) => verdict === 'unseen').map(({ part }) => part);
    expect(unseen).toEqual(expect.arrayContaining(['schema', 'cleanup event', 'rights']));
    // The tests' shared server has its event scheduler off, and no worker is there.
    expect(faultsOf(diagnosis).map(({ part }) => part)).toEqual(['cleanup event', 'workers']);
  });
});

it('an account that is refused is what is broken, with what to do', async () => {
  const { settings } = queue();
  const look = () => diagnose({ settings: { ...settings, password: 'wrong' } }, env());
  await diagnosed(look, (diagnosis) =>
    expect(faultsOf(diagnosis)).toMatchObject([
      { part: 'database', verdict: 'broken', reason: expect.stringMatching(/Access denied.*Check DB_USER/) },
    ]),
  );
});

it('a database that stands still is given up, and the AI service is looked at all the same', async () => {
  const server = new MariadbServer();
  onTestFinished(() => server.remove());
  const observer = await QueueObserver.create(await server.start());
  await server.pause();
  await diagnosed(
    () => diagnose(observer, env()),
    ({ findings }) =>
      expect(findings).toMatchObject([
        { part: 'settings' },
        { part: 'database', verdict: 'broken', reason: expect.stringMatching(/did not answer within/) },
        { part: 'AI service', verdict: 'ok' },
      ]),
  );
});

it('tables that a backup has locked are told', async () => {
  const { database } = queue();
  const backup = await database.connect();
  onTestFinished(() => backup.destroy());
  await backup.query('LOCK TABLES ai_requests WRITE');
  await diagnosed(
    () => diagnose(queue(), env()),
    (diagnosis) =>
      expect(faultsOf(diagnosis)).toContainEqual(
        expect.objectContaining({
          verdict: 'warning',
          reason: expect.stringMatching(/^It could not be looked at: .*(?:Lock wait|took too long)/),
          symptom: 'High database load',
          remedy: expect.stringMatching(/SHOW FULL PROCESSLIST/),
        }),
      ),
  );
});

describe('--rathena adds the game’s side', () => {
  async function ofGame(folder: string) {
    const words = ['--rathena', folder, ...mariadbOption(queue().database)];
    const { findings } = await runDoctor(words, { ...mariadbEnv(queue().database), ...env() });
    return findings.filter(({ part }) => part.startsWith('game'));
  }

  /** A tree with AI IPC in it, whose map server uses this database. */
  async function installedTree(password: string): Promise<string> {
    const { host, port, user, database } = queue().settings;
    const lines = [
      ...[`map_server_ip: ${host}`, `map_server_port: ${port}`, `map_server_id: ${user}`],
      ...[`map_server_pw: ${password}`, `map_server_db: ${database}`, 'default_codepage: utf8mb4', ''],
    ];
    const dir = newTree({
      'conf/inter_athena.conf': lines.join('\n'),
      'npc/scripts_custom.conf':
        'npc: npc/custom/ai-world/ai_ipc_lib.txt\nnpc: npc/custom/ai-world/ai_ipc_lib_commands.txt\n',
    });
    expect(await runCli(['rathena', 'install', dir])).toMatchObject({ exitCode: 0 });
    put(dir, 'map-server', 'a program with ai_db_request in it');
    return dir;
  }

  it('of a folder that is none', async () => {
    expect(await ofGame(newFolder())).toMatchObject([{ verdict: 'broken' }]);
  });

  it('of one whose map server has all it needs', async () => {
    const worker = startWorker(queue().settings, env());
    await worker.started();
    const tree = await installedTree(queue().settings.password);
    await diagnosed(
      () => ofGame(tree),
      (findings) => {
        expect(findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
        expect(findings.length).toBeGreaterThan(0);
      },
    );
    await worker.stop();
  });

  it('of one whose map server is refused by the database', async () => {
    const tree = await installedTree('wrong');
    await diagnosed(
      () => ofGame(tree),
      (findings) =>
        expect(findings).toContainEqual(
          expect.objectContaining({ verdict: 'broken', reason: expect.stringMatching(/denied/) }),
        ),
    );
  });
});

it('--watch looks again and again until a signal, and the last line says how bad it is', async () => {
  const { database } = queue();
  const words = ['doctor', '--watch', '1', ...mariadbOption(database)];
  const doctor = startCli(words, { env: { ...mariadbEnv(database), ...env() } });
  await doctor.waitForOutput(/No worker is alive[\s\S]*broken[\s\S]*: No requests being processed\.\n/);
  const worker = startWorker(queue().settings, env());
  await worker.started();
  await doctor.waitForOutput(/is alive \(version [\s\S]*Nothing is wrong\.\n/);
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
  const page = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');
  for (const symptom of SYMPTOMS) expect(page).toContain(`## ${symptom}`);
});

describe('a doorbell', () => {
  const ask = () => diagnose(queue(), env());

  /** A worker's row on this machine or another one. */
  async function insertWorker(id: string, { host, doorbell }: { host: string; doorbell: string }) {
    await queue().database.query(
      `INSERT INTO ai_workers (id, host, pid, version, doorbell, heartbeat_at)
       VALUES (?, ?, 1, '9.9.9', ?, NOW(3) + INTERVAL 60 SECOND)`,
      [id, host, doorbell],
    );
    onTestFinished(async () => {
      await queue().database.query('DELETE FROM ai_workers WHERE id = ?', [id]);
    });
  }

  it('of a worker is heard', async () => {
    const worker = startWorker(queue().settings, env());
    await worker.started();
    await diagnosed(ask, ({ findings }) =>
      expect(findings).toContainEqual(
        expect.objectContaining({
          part: 'doorbell',
          verdict: 'ok',
          reason: expect.stringMatching(/heard it\.$/),
        }),
      ),
    );
    await worker.stop();
  });

  it('that loses a datagram, or answers late, is rung again', async () => {
    const forgetful = createSocket('udp4').bind(0, '127.0.0.1');
    await once(forgetful, 'listening');
    onTestFinished(() => void forgetful.close());
    let rings = 0;
    forgetful.on('message', (note, { port, address }) => {
      rings += 1;
      if (rings % 3 === 2 && note.equals(IS_IT_HEARD)) forgetful.send(HEARD, port, address);
    });
    await insertWorker('forgetful', { host: hostname(), doorbell: `127.0.0.1:${forgetful.address().port}` });
    await diagnosed(ask, ({ findings }) =>
      expect(findings).toContainEqual(
        expect.objectContaining({
          part: 'doorbell',
          verdict: 'ok',
          reason: expect.stringMatching(/^forgetful.*heard it\.$/),
        }),
      ),
    );
    expect(rings).toBeGreaterThan(1);
  });

  it('whose datagrams a firewall swallows is told', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    await insertWorker('mute', { host: hostname(), doorbell: `127.0.0.1:${silent.address().port}` });
    expect(await findFault('doorbell', ask)).toMatchObject({
      reason: expect.stringMatching(/^mute was rung .* and says nothing/),
      remedy: expect.stringContaining('firewall'),
    });
  });

  it('that leads nowhere is told; of another machine, a loopback address says nothing here', async () => {
    await insertWorker('deaf', { host: hostname(), doorbell: '127.0.0.1:1' });
    await insertWorker('far', { host: 'elsewhere', doorbell: '127.0.0.1:1' });
    expect((await findFault('doorbell', ask)).reason).toMatch(
      /deaf was rung on 127\.0\.0\.1:1, and nobody listens there \(ECONNREFUSED\)/,
    );
    await diagnosed(ask, ({ findings }) =>
      expect(findings).toContainEqual(
        expect.objectContaining({
          part: 'doorbell',
          verdict: 'unseen',
          reason: expect.stringMatching(/^far/),
        }),
      ),
    );
  });
});
