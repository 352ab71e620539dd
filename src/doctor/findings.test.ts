import { describe, expect, it } from 'vitest';
import { loadSettings } from '../config/load.ts';
import { SCHEMA_VERSION } from '../database/check-schema.ts';
import type { CallFact, QueueFacts, WorkerFact } from '../store/queue-facts.ts';
import type { ServerFacts } from '../store/server-facts.ts';
import { callFindings } from './ai-calls.ts';
import { serviceFindings } from './ai-service.ts';
import { type Finding, ok, sizeOf, spanOf, unseen, warning, worstOf } from './finding.ts';
import { findingsOf, withoutRepeats } from './parts.ts';
import { queueFindings } from './queue-findings.ts';
import { serverFindings } from './server-findings.ts';
import { tableFindings } from './table-findings.ts';

const { worker: settings } = loadSettings({ env: {}, cwd: '/', database: 'sqlite' });

const QUEUE: QueueFacts = {
  workers: {
    seen: [
      { id: 'w', host: 'h', pid: 1, version: '0.1.0', heartbeatAgeMs: 900, inFlight: 0, doorbell: null },
    ],
  },
  pending: {
    seen: {
      pending: 0,
      due: 0,
      oldestDueSeconds: 0,
      overdue: 0,
      oldestOverdueSeconds: 0,
      ahead: 0,
      farthestAheadSeconds: 0,
    },
  },
  processing: { seen: 0 },
  recent: { seen: { ended: 0, timeout: 0, failed: 0, neverTried: 0, bornOver: 0, errorCode: null } },
  dailyTokens: { seen: 0 },
  calls: { seen: [] },
  calling: { seen: { count: 0, oldestSeconds: 0 } },
  oldestEnded: { seen: undefined },
  lastCleanedSeconds: { seen: undefined },
  sizes: { seen: [] },
  growth: { seen: [] },
};

const SERVER: ServerFacts = {
  version: '10.11.6-MariaDB',
  isMariadb: true,
  encryption: 'TLSv1.3; the server was not checked (DB_SSL=preferred)',
  hosts: { seen: [] },
  account: "'me'@'localhost'",
  server: { seen: [] },
  settings: { seen: {} },
  schema: { seen: { version: SCHEMA_VERSION, missing: [], hidden: [], otherEngines: [] } },
  rowFormats: { seen: new Map([['ai_requests', 'Redundant']]) },
  lostKeys: { seen: [] },
  planFault: { seen: undefined },
  lockBy: { seen: 'skip_locked' },
  missingRights: { seen: [] },
  connections: { seen: { mostOfAccount: 0, mostOfServer: 151, open: 10 } },
  event: { seen: { status: 'ENABLED' } },
  historyLength: { seen: 0 },
  transactions: { seen: [] },
  heldIds: { seen: [] },
  galera: { seen: undefined },
  folder: undefined,
  queue: QUEUE,
};

const NONE_UNDER_WAY = { count: 0, oldestSeconds: 0 };
const faults = (findings: readonly Finding[]) =>
  findings.filter(({ verdict }) => verdict === 'warning' || verdict === 'broken');
const ofQueue = (changes: Partial<QueueFacts>, otherCause?: string) =>
  faults(queueFindings({ ...QUEUE, ...changes }, { settings, version: '0.1.0', otherCause }));
const ofServer = (changes: Partial<ServerFacts>) => faults(serverFindings({ ...SERVER, ...changes }));
const ofTables = (changes: Partial<ServerFacts>) => faults(tableFindings({ ...SERVER, ...changes }, 'game'));
const pending = (changes: object) => ({ pending: { seen: { ...seenOf(QUEUE.pending), ...changes } } });
const recent = (changes: object) => ({ recent: { seen: { ...seenOf(QUEUE.recent), ...changes } } });

function seenOf<T>(part: { readonly seen: T } | object): T {
  if (!('seen' in part)) throw new Error('It was not seen.');
  return part.seen as T;
}

it('where all is well, nothing is found', () => {
  expect([...ofQueue({}), ...ofServer({}), ...ofTables({})]).toEqual([]);
});

describe('a server that takes no writes', () => {
  it.each([
    ['read_only', { read_only: 'ON' }, /SET GLOBAL read_only = OFF/],
    ['innodb_read_only', { read_only: 'OFF', innodb_read_only: 'ON' }, /start this one without/],
  ])('is told by %s, with what mends that', (name, seen, remedy) => {
    expect(ofServer({ settings: { seen } })).toMatchObject([
      {
        part: 'writes',
        reason: expect.stringContaining(`(${name})`),
        remedy: expect.stringMatching(remedy),
      },
    ]);
  });
});

describe('requests', () => {
  it('that wait long beside a worker are told, with the cause where another part knows it', () => {
    const waiting = pending({ pending: 3, due: 3, oldestDueSeconds: 200 });
    expect(ofQueue(waiting)).toMatchObject([
      {
        part: 'requests',
        reason: expect.stringMatching(/3 requests .* waited for 3 min: 1 worker with 0 in flight/),
      },
    ]);
    expect(ofQueue(waiting, 'the line “AI service”')).toMatchObject([
      {
        reason: expect.stringMatching(/: see the line “AI service”\.$/),
        remedy: 'What mends the line “AI service”.',
      },
    ]);
  });

  it('that wait past their life are told', () => {
    const [found] = ofQueue(pending({ pending: 1, overdue: 1, oldestOverdueSeconds: 60 }));
    expect(found?.reason).toMatch(/1 request waited past the end of its life, the oldest by 60 s/);
  });

  it.each([
    [{ ended: 10, timeout: 5, neverTried: 5, errorCode: 'expired' }, /CONCURRENCY or start another worker/],
    [{ ended: 10, timeout: 5, neverTried: 0, errorCode: 'attempt_timeout' }, /raise TIMEOUT_SECONDS/],
    [{ ended: 10, failed: 5, errorCode: 'ai_client_error' }, /docs\/errors\.md explains ai_client_error/],
  ])('of which %j are told, with what mends it', (changes, remedy) => {
    expect(ofQueue(recent(changes))).toMatchObject([
      { part: 'recent requests', remedy: expect.stringMatching(remedy) },
    ]);
  });

  it.each([
    { ended: 10, timeout: 2 },
    { ended: 100, timeout: 10, failed: 10 },
  ])('of which %j are not', (changes) => {
    expect(ofQueue(recent(changes))).toEqual([]);
  });

  it('that ended long ago and are still there are told', () => {
    expect(ofQueue({ oldestEnded: { seen: { id: 7, ageDays: 8 } } })).toEqual([]);
    expect(ofQueue({ oldestEnded: { seen: { id: 7, ageDays: 30 } } })).toMatchObject([
      { part: 'cleanup', reason: expect.stringMatching(/Request 7 ended 30 days ago/) },
    ]);
  });
});

it('what a day brings is told beside the sizes, with its bytes where they are known', () => {
  const line = (changes: Partial<QueueFacts>) =>
    queueFindings({ ...QUEUE, ...changes }, { settings, version: '0.1.0', otherCause: undefined }).find(
      ({ part }) => part === 'tables',
    )?.reason;
  const sizes = {
    seen: [
      { table: 'ai_requests', bytes: 2_048_000, rows: 2_000 },
      { table: 'ai_request_log', bytes: 1_024_000, rows: 4_000 },
    ],
  };
  const growth = {
    seen: [
      { table: 'ai_requests', rowsADay: 500 },
      { table: 'ai_request_log', rowsADay: 1_000 },
    ],
  };
  expect(line({ sizes, growth })).toBe(
    '2.9 MiB, most of it ai_requests with 2.0 MiB; a day brings 500 requests, 750 KiB with answers and log.',
  );
  expect(line({ sizes })).toBe('2.9 MiB, most of it ai_requests with 2.0 MiB.');
});

describe('a worker', () => {
  const withWorker = (changes: Partial<WorkerFact>): Partial<QueueFacts> => ({
    workers: { seen: seenOf<readonly WorkerFact[]>(QUEUE.workers).map((one) => ({ ...one, ...changes })) },
  });

  it.each([
    ['0.0.9', 1],
    ['0.1', 0],
    ['0.1.0-beta', 0],
    ['0.2.0', 0],
    ['1.0.0', 0],
  ])('of version %s beside 0.1.0 gives %i warnings', (version, count) => {
    expect(ofQueue(withWorker({ version }))).toHaveLength(count);
  });

  it('that misses beats is told before it counts as dead', () => {
    expect(ofQueue(withWorker({ heartbeatAgeMs: 7_000 }))).toMatchObject([{ verdict: 'warning' }]);
    expect(ofQueue(withWorker({ heartbeatAgeMs: 60_000 }))).toMatchObject([
      { verdict: 'broken', reason: expect.stringMatching(/The last one, w, was heard 60 s ago/) },
    ]);
  });
});

describe('a server', () => {
  const GALERA = { clusterStatus: 'Primary', state: 'Synced', isReady: true, size: 3 };
  it.each([
    [{}, 0],
    [{ clusterStatus: 'non-Primary' }, 1],
    [{ state: 'Donor/Desynced' }, 1],
    [{ isReady: false }, 1],
  ])('that is a Galera node with %j gives %i faults', (changes, count) => {
    expect(ofServer({ galera: { seen: { ...GALERA, ...changes } } })).toHaveLength(count);
  });

  it('with nearly all connections open is told', () => {
    const connections = { seen: { mostOfAccount: 0, mostOfServer: 100, open: 95 } };
    expect(ofServer({ connections })).toMatchObject([{ part: 'connections' }]);
  });

  it('where SKIP LOCKED waits is told, and not where each row is tried', () => {
    expect(ofServer({ lockBy: { seen: 'wait' } })).toMatchObject([{ part: 'claims' }]);
    expect(ofServer({ lockBy: { seen: 'pass_held' } })).toEqual([]);
  });

  it('without the event, or with the scheduler off, is well as long as a worker cleans up', () => {
    const none = { event: { seen: { status: undefined } } };
    const check = { check: 'event_scheduler', needsAdmin: false, reason: 'It is off.', remedy: 'SET GLOBAL' };
    const off = { server: { seen: [check] } };
    const alone = { queue: { ...QUEUE, workers: { seen: [] } } };
    expect([...ofServer(none), ...ofServer(off)]).toEqual([]);
    expect(ofServer({ ...none, ...alone })).toMatchObject([
      { part: 'cleanup event', remedy: expect.stringMatching(/^ai-ipc migrate/) },
    ]);
    expect(ofServer({ ...off, ...alone })).toMatchObject([{ part: 'cleanup event', remedy: 'SET GLOBAL' }]);
    const told = serverFindings({ ...SERVER, ...off }).find(({ part }) => part === 'cleanup event');
    expect(told).toMatchObject({ verdict: 'ok', reason: expect.stringContaining('SET GLOBAL') });
  });
});

describe('tables', () => {
  it.each([0, 2, SCHEMA_VERSION + 1])('of version %i are told', (version) => {
    const schema = { seen: { version, missing: [], hidden: [], otherEngines: [] } };
    expect(ofTables({ schema })).toMatchObject([{ part: 'schema', verdict: 'broken' }]);
  });

  it('whose rows somebody holds are told to a user who may not see who', () => {
    const transactions = { unseen: 'denied', isDenied: true };
    expect(ofTables({ heldIds: { seen: [7] }, transactions })).toMatchObject([
      { part: 'held rows', remedy: expect.stringMatching(/INNODB_TRX.*KILL ends it/) },
    ]);
  });

  it('on which the game’s user has its rights, and no others, are no fault', () => {
    const written = ['ai_responses', 'ai_workers', 'ai_ipc_meta'].flatMap((table) =>
      ['INSERT', 'UPDATE', 'DELETE'].map((right) => `${right} on ${table}`),
    );
    expect(ofTables({ missingRights: { seen: written } })).toEqual([]);
    expect(ofTables({ missingRights: { seen: ['DELETE on ai_requests'] } })).toMatchObject([
      { part: 'rights', remedy: "GRANT DELETE ON `game`.ai_requests TO 'me'@'localhost';" },
    ]);
  });
});

describe('the AI service', () => {
  const judge = (health: object) => serviceFindings({ health: { ...health }, ms: 3 }, 'http://ai')[0];

  it.each([
    [{ status: 'ok' }, 'ok', null],
    [{ status: 'loading' }, 'ok', null],
    [{ status: 'degraded', reason: 'The model does not answer: no.' }, 'warning', /Start the model server/],
    [{ status: 'degraded', reason: 'NPCs are switched off: …' }, 'warning', /^ai-ipc npcs on$/],
    [
      { status: 'degraded', reason: 'NPCs remember nothing new: …' },
      'warning',
      /Mend the database of the service/,
    ],
    [{ status: 'down', reason: 'The model does not answer: no.' }, 'broken', /Start the model server/],
  ])('that says %j is %s', (health, verdict, remedy) => {
    const found = judge(health);
    expect(found?.verdict).toBe(verdict);
    if (remedy === null) expect(found?.remedy).toBeNull();
    else expect(found?.remedy).toMatch(remedy);
  });

  it('that has no health of ours is a warning', () => {
    expect(serviceFindings({ trouble: '404', isRefusal: true }, 'http://ai')).toMatchObject([
      { verdict: 'warning', remedy: expect.stringContaining('curl -i http://ai/api/v1/health') },
    ]);
  });

  it('whose last calls failed is told by their code, and old ones are not counted', () => {
    const call = (changes: object = {}) => ({
      ms: 9,
      errorCode: 'ai_unreachable',
      ageSeconds: 5,
      ...changes,
    });
    const judge = (calls: readonly CallFact[]) => callFindings(calls, NONE_UNDER_WAY, settings);
    expect(judge([call(), call()])).toMatchObject([
      { verdict: 'warning', reason: expect.stringContaining('ai_unreachable') },
    ]);
    expect(judge(Array.from({ length: 10 }, () => call()))).toMatchObject([{ verdict: 'broken' }]);
    expect(judge([call({ ageSeconds: 5_000 }), call({ ageSeconds: 6_000 })])).toMatchObject([
      { verdict: 'ok', reason: 'The last one was 83 min ago.' },
    ]);
    expect(judge([call({ errorCode: null }), call(), call({ errorCode: null })])).toMatchObject([
      { verdict: 'ok', reason: 'The last 3 took 9 ms each (at most 9 ms), and 1 failed.' },
    ]);
  });

  it.each([
    [
      'none has come back for nine seconds, and they were quick before',
      [9],
      { count: 6, oldestSeconds: 9 },
      'warning',
    ],
    ['none has come back for a minute', [60], { count: 6, oldestSeconds: 9 }, 'broken'],
    ['one came back a moment ago', [1], { count: 6, oldestSeconds: 40 }, 'ok'],
    ['none is under way', [60], { count: 0, oldestSeconds: 0 }, 'ok'],
    ['there was no call before', [], { count: 2, oldestSeconds: 40 }, 'broken'],
  ] as const)('whose calls hang is told before one has timed out: %s', (_, ages, calling, verdict) => {
    const good = ages.map((ageSeconds) => ({ ms: 58, errorCode: null, ageSeconds }));
    const [found] = callFindings(good, calling, settings);
    expect(found?.verdict).toBe(verdict);
    if (verdict !== 'ok')
      expect(found).toMatchObject({
        reason: expect.stringMatching(
          /^Calls hang: \d calls under way, the oldest for \d+ s, and none has come back/,
        ),
        remedy: expect.stringMatching(
          /^sudo systemctl restart ai-ipc-service \(by hand: end it, then ai-ipc service\)/,
        ),
      });
  });

  it('of somebody else is not to be started as the one of this package', () => {
    const [found] = serviceFindings({ trouble: 'no', isRefusal: false }, 'http://10.0.0.7:9000');
    expect(found?.remedy).toBe(
      'Start what listens at http://10.0.0.7:9000, or have its owner do it; or mend AI_SERVICE_BASE_URL.',
    );
  });
});

describe('what was not seen', () => {
  it('for want of a right is no fault; for another reason it is one, told once', () => {
    expect(findingsOf('a', { unseen: 'no', isDenied: true }, () => [])).toMatchObject([
      { verdict: 'unseen' },
    ]);
    const late = ['a', 'b'].flatMap((name) =>
      findingsOf(name, { unseen: 'late', isDenied: false }, () => []),
    );
    expect(withoutRepeats([ok('x', 'good'), ...late, ok('x', 'good')])).toMatchObject([
      { part: 'x' },
      { part: 'a', verdict: 'warning', reason: 'It could not be looked at: late Nor could these: b.' },
      { part: 'x' },
    ]);
  });

  it('is better than a warning, and worse than all good', () => {
    const fault = warning('a', { reason: '', remedy: '' });
    expect(worstOf([])).toBe('ok');
    expect(worstOf([ok('a', ''), unseen('a', '')])).toBe('unseen');
    expect(worstOf([fault, ok('a', ''), unseen('a', '')])).toBe('warning');
  });
});

it.each([
  [-4, '0 s'],
  [119, '119 s'],
  [600, '10 min'],
  [7_200, '2 h'],
  [400_000, '5 days'],
])('%i seconds are %s', (seconds, words) => {
  expect(spanOf(seconds)).toBe(words);
});

it.each([
  [0, '0 bytes'],
  [1_000, '1000 bytes'],
  [1_536, '1.5 KiB'],
  [20 * 1024 ** 3, '20 GiB'],
])('%i bytes are %s', (bytes, words) => {
  expect(sizeOf(bytes)).toBe(words);
});
