import { expect, it } from 'vitest';
import type { Outcome, SettledAttempt } from '../../src/queue/outcome.ts';
import {
  COMPLETED,
  change,
  count,
  eventsOf,
  FAILED,
  insertClaimed,
  insertClaimedOne,
  logOf,
  OTHER_WORKER,
  RETRY,
  requestRow,
  responseRows,
  settled,
  TIMED_OUT,
  WORKER,
} from './arrange.ts';
import { describeStore } from './backends.ts';

/** Every kind of outcome; the retries with whole and broken seconds, which are bound differently. */
const KINDS: readonly Outcome[] = [
  COMPLETED,
  FAILED,
  TIMED_OUT,
  { ...RETRY, delayMs: 1_000 },
  { ...RETRY, delayMs: 60_250, isAttemptGivenBack: true },
];

describeStore('settle', (backend) => {
  const settle = (...attempts: SettledAttempt[]) => backend().store.settle(WORKER, attempts);

  it('a completed request has its answer, its time and its log row', async () => {
    const claim = await insertClaimedOne(backend());
    await change(backend(), claim.id, { error_code: "'ai_server_error'" });
    expect(await settle(settled(claim, COMPLETED, 123))).toEqual(['written']);
    expect(await requestRow(backend(), claim.id)).toMatchObject({
      status: 'completed',
      has_processed_at: 1,
      error_code: null,
      attempts: 1,
      claim_no: 1,
    });
    expect(await responseRows(backend(), claim.id)).toEqual([
      { response_data: '{"text":"Welcome to Prontera."}', error_message: null, processing_time_ms: 123 },
    ]);
    expect((await logOf(backend(), claim.id)).at(-1)).toEqual({
      event: 'completed',
      data: { worker: WORKER, attempt: 1, error_code: null, ms: 123 },
    });
  });

  it.each([
    ['failed', FAILED, 'ai_client_error', 'The AI service answered 404.'],
    ['timeout', TIMED_OUT, 'expired', 'The life of the request ended.'],
  ] as const)(
    'a request that ends as %s has a response with the reason',
    async (status, outcome, code, message) => {
      const claim = await insertClaimedOne(backend());
      expect(await settle(settled(claim, outcome, null))).toEqual(['written']);
      expect(await requestRow(backend(), claim.id)).toMatchObject({
        status,
        has_processed_at: 1,
        error_code: code,
      });
      expect(await responseRows(backend(), claim.id)).toEqual([
        { response_data: null, error_message: message, processing_time_ms: null },
      ]);
      expect((await logOf(backend(), claim.id)).at(-1)).toEqual({
        event: status,
        data: { worker: WORKER, attempt: 1, error_code: code, ms: null },
      });
    },
  );

  it.each([
    ['counts', false, 1],
    ['is given back', true, 0],
  ] as const)(
    'a retry is pending again later, and its attempt %s',
    async (_, isAttemptGivenBack, attempts) => {
      const claim = await insertClaimedOne(backend());
      expect(await settle(settled(claim, { ...RETRY, isAttemptGivenBack }, 9))).toEqual(['written']);
      expect(await requestRow(backend(), claim.id)).toMatchObject({
        status: 'pending',
        is_delayed: 1,
        attempts,
        claim_no: 1,
        claimed_by: null,
        has_claimed_at: 0,
        has_processed_at: 0,
        error_code: 'ai_server_error',
      });
      expect(await responseRows(backend(), claim.id)).toEqual([]);
      expect((await logOf(backend(), claim.id)).at(-1)).toEqual({
        event: 'retried',
        data: { worker: WORKER, attempt: 1, error_code: 'ai_server_error', ms: 9 },
      });
      expect(await backend().store.claim(WORKER, 1)).toEqual([]);
    },
  );

  it('a retry waits as long as it should, to the millisecond', async () => {
    const claim = await insertClaimedOne(backend());
    const due = backend().ago(-10.25);
    const [before] = await backend().sql(`SELECT CAST(${due} AS CHAR(30)) AS earliest`);
    await settle(settled(claim, { ...RETRY, delayMs: 10_250 }));
    const [row] = await backend().sql(
      `SELECT available_at >= ? AS is_late, available_at <= ${due} AS is_early FROM ai_requests`,
      [before!['earliest']],
    );
    expect(row).toEqual({ is_late: 1, is_early: 1 });
  });

  it.each(KINDS.map((outcome) => [outcome.kind, outcome] as const))(
    'settling the same %s again counts as written, and is written once',
    async (_, outcome) => {
      const claim = await insertClaimedOne(backend());
      expect(await settle(settled(claim, outcome))).toEqual(['written']);
      const [row, responses, log] = [
        await requestRow(backend(), claim.id),
        await responseRows(backend(), claim.id),
        await logOf(backend(), claim.id),
      ];
      expect(await settle(settled(claim, outcome))).toEqual(['written']);
      expect(await requestRow(backend(), claim.id)).toEqual(row);
      expect(await responseRows(backend(), claim.id)).toEqual(responses);
      expect(await logOf(backend(), claim.id)).toEqual(log);
    },
  );

  it('a retry that is settled again after its next claim disturbs nothing', async () => {
    const claim = await insertClaimedOne(backend());
    await settle(settled(claim, { ...RETRY, delayMs: 0 }));
    const [next] = await backend().store.claim(OTHER_WORKER, 1);
    expect(await settle(settled(claim, { ...RETRY, delayMs: 0 }))).toEqual(['written']);
    expect(await requestRow(backend(), claim.id)).toMatchObject({
      status: 'processing',
      claimed_by: OTHER_WORKER,
      claim_no: 2,
    });
    expect(await backend().store.settle(OTHER_WORKER, [settled(next!)])).toEqual(['written']);
    expect(await eventsOf(backend(), claim.id)).toEqual(['claimed', 'retried', 'claimed', 'completed']);
  });

  it('an answer that comes after the end of its life becomes a timeout', async () => {
    const claim = await insertClaimedOne(backend());
    await change(backend(), claim.id, { expires_at: backend().ago(0.05) });
    expect(await settle(settled(claim, COMPLETED, 77))).toEqual(['written']);
    expect(await requestRow(backend(), claim.id)).toMatchObject({ status: 'timeout', error_code: 'expired' });
    const [response] = await responseRows(backend(), claim.id);
    expect(response).toMatchObject({ response_data: null, processing_time_ms: 77 });
    expect(response!['error_message']).toMatch(/after the life of the request had ended/);
    expect(await eventsOf(backend(), claim.id)).toEqual(['claimed', 'timeout']);
  });

  it.each([FAILED, RETRY])(
    'a $kind after the end of its life is a timeout that keeps its reason',
    async (outcome) => {
      const claim = await insertClaimedOne(backend());
      await change(backend(), claim.id, { expires_at: backend().ago(0.05) });
      expect(await settle(settled(claim, outcome))).toEqual(['written']);
      const { code, message } = outcome.error;
      expect(await requestRow(backend(), claim.id)).toMatchObject({ status: 'timeout', error_code: code });
      expect(await responseRows(backend(), claim.id)).toMatchObject([{ error_message: message }]);
    },
  );

  it('an answer after expire has ended its request changes nothing', async () => {
    const claim = await insertClaimedOne(backend());
    await change(backend(), claim.id, { expires_at: backend().ago(5) });
    expect(await backend().store.expire({ limit: 10 })).toBe(1);
    const responses = await responseRows(backend(), claim.id);
    expect(await settle(settled(claim))).toEqual(['written']);
    expect(await responseRows(backend(), claim.id)).toEqual(responses);
    expect(await eventsOf(backend(), claim.id)).toEqual(['claimed', 'timeout']);
  });

  it.each([COMPLETED, FAILED, TIMED_OUT])(
    'a $kind for a cancelled request is dropped and logged',
    async (outcome) => {
      const claim = await insertClaimedOne(backend());
      await backend().store.cancel(claim.id);
      expect(await settle(settled(claim, outcome, 5))).toEqual(['dropped']);
      expect(await requestRow(backend(), claim.id)).toMatchObject({ status: 'cancelled', error_code: null });
      expect(await responseRows(backend(), claim.id)).toEqual([]);
      expect((await logOf(backend(), claim.id)).at(-1)).toMatchObject({
        event: 'dropped',
        data: { worker: WORKER, attempt: 1, ms: 5 },
      });
    },
  );

  it('a retry of a cancelled request is dropped: it stays cancelled', async () => {
    const claim = await insertClaimedOne(backend());
    await backend().store.cancel(claim.id);
    expect(await settle(settled(claim, RETRY))).toEqual(['dropped']);
    expect(await requestRow(backend(), claim.id)).toMatchObject({ status: 'cancelled' });
  });

  it('an answer for a rescued request is dropped: it is pending for another', async () => {
    const claim = await insertClaimedOne(backend());
    await backend().store.rescue({ workerIds: [WORKER], maxAttempts: 3, rescuerId: OTHER_WORKER });
    expect(await settle(settled(claim))).toEqual(['dropped']);
    expect(await requestRow(backend(), claim.id)).toMatchObject({ status: 'pending', has_processed_at: 0 });
    expect(await responseRows(backend(), claim.id)).toEqual([]);
    expect(await eventsOf(backend(), claim.id)).toEqual(['claimed', 'rescued', 'dropped']);
  });

  it('an answer for a request that another worker has claimed since is dropped, and the other’s is written', async () => {
    const claim = await insertClaimedOne(backend());
    await backend().store.rescue({ workerIds: [WORKER], maxAttempts: 3, rescuerId: OTHER_WORKER });
    const [theirs] = await backend().store.claim(OTHER_WORKER, 1);
    expect(await settle(settled(claim, FAILED))).toEqual(['dropped']);
    expect(await backend().store.settle(OTHER_WORKER, [settled(theirs!)])).toEqual(['written']);
    expect(await responseRows(backend(), claim.id)).toHaveLength(1);
    expect(await requestRow(backend(), claim.id)).toMatchObject({ status: 'completed', claim_no: 2 });
    expect(await eventsOf(backend(), claim.id)).toEqual([
      'claimed',
      'rescued',
      'claimed',
      'dropped',
      'completed',
    ]);
  });

  it('an answer for an older claim of one’s own is dropped', async () => {
    const first = await insertClaimedOne(backend());
    await backend().store.release(WORKER, [first]);
    const [second] = await backend().store.claim(WORKER, 1);
    expect(await settle(settled(first), settled(second!, FAILED))).toEqual(['dropped', 'written']);
    expect(await requestRow(backend(), first.id)).toMatchObject({ status: 'failed' });
  });

  it('an answer for a request that its rescuer failed is dropped and logged', async () => {
    const claim = await insertClaimedOne(backend());
    await backend().store.rescue({ workerIds: [WORKER], maxAttempts: 1, rescuerId: OTHER_WORKER });
    expect(await settle(settled(claim))).toEqual(['dropped']);
    expect(await requestRow(backend(), claim.id)).toMatchObject({
      status: 'failed',
      error_code: 'worker_lost',
    });
    expect(await eventsOf(backend(), claim.id)).toEqual(['claimed', 'failed', 'dropped']);
  });

  it('an answer for a request that was rescued and then expired is dropped and logged', async () => {
    const claim = await insertClaimedOne(backend());
    await backend().store.rescue({ workerIds: [WORKER], maxAttempts: 3, rescuerId: OTHER_WORKER });
    await change(backend(), claim.id, { expires_at: backend().ago(5) });
    await backend().store.expire({ limit: 10 });
    expect(await settle(settled(claim))).toEqual(['dropped']);
    expect(await requestRow(backend(), claim.id)).toMatchObject({ status: 'timeout' });
    expect(await eventsOf(backend(), claim.id)).toEqual(['claimed', 'rescued', 'timeout', 'dropped']);
  });

  it('a response that an admin’s requeued request left behind is replaced', async () => {
    const claim = await insertClaimedOne(backend());
    await settle(settled(claim, FAILED, 1));
    await change(backend(), claim.id, { status: "'pending'", processed_at: 'NULL' });
    const [again] = await backend().store.claim(WORKER, 1);
    expect(await settle(settled(again!, COMPLETED, 2))).toEqual(['written']);
    expect(await responseRows(backend(), claim.id)).toEqual([
      { response_data: '{"text":"Welcome to Prontera."}', error_message: null, processing_time_ms: 2 },
    ]);
  });

  it('500 outcomes of all kinds are settled in one call, each with its own fate', async () => {
    const claims = await insertClaimed(backend(), 500);
    const cancelled = claims.filter((_, index) => index % 10 === 7);
    for (const { id } of cancelled) await change(backend(), id, { status: "'cancelled'" });
    // Shuffled, with and without a duration first: the order of a batch is the order in which calls ended.
    const attempts = claims.map((claim, index) =>
      settled(claim, KINDS[index % KINDS.length], index % 3 === 0 ? null : index),
    );
    const shuffled = attempts.toSorted((a, b) => ((a.id * 7919) % 503) - ((b.id * 7919) % 503));
    const fates = await settle(...shuffled);
    const dropped = new Set(cancelled.map(({ id }) => id));
    expect(fates).toEqual(shuffled.map(({ id }) => (dropped.has(id) ? 'dropped' : 'written')));
    for (const [index, claim] of claims.entries()) {
      if (dropped.has(claim.id)) continue;
      const kind = KINDS[index % KINDS.length]!.kind;
      const row = await requestRow(backend(), claim.id);
      expect(row['status']).toBe(kind === 'retry' ? 'pending' : kind);
      const [response] = await responseRows(backend(), claim.id);
      const durationMs = index % 3 === 0 ? null : index;
      if (kind !== 'retry') expect(response!['processing_time_ms']).toBe(durationMs);
      else expect(row['attempts']).toBe(index % KINDS.length === 4 ? 0 : 1);
    }
    expect(await count(backend(), 'ai_request_log')).toBe(1000);
  });

  it('an answer of 16 KiB is stored byte for byte', async () => {
    const piece = `"🐉" \\" \\\\ \\u0000 \\n 'x' ? :a %s ประเทศไทย \u00e9\u0065\u0301 `;
    const answer = JSON.stringify({ text: piece.repeat(400) })
      .slice(0, 12_000)
      .padEnd(16_384, '🐉\\\'"');
    const claim = await insertClaimedOne(backend());
    expect(await settle(settled(claim, { kind: 'completed', answer }))).toEqual(['written']);
    const [response] = await responseRows(backend(), claim.id);
    expect(response!['response_data']).toBe(answer);
    expect((await backend().store.read(claim.id))!.responseData).toBe(answer);
  });

  it('answers are written together, and one of a lost claim among them is dropped alone', async () => {
    const claims = await insertClaimed(backend(), 20);
    const lost = claims[7]!;
    expect(await backend().store.cancel(lost.id)).toBe(true);
    const fates = await settle(...claims.map((claim) => settled(claim, COMPLETED)));
    expect(fates).toEqual(claims.map((claim) => (claim === lost ? 'dropped' : 'written')));
    for (const claim of claims) {
      const isLost = claim === lost;
      expect((await responseRows(backend(), claim.id)).length).toBe(isLost ? 0 : 1);
      expect(await eventsOf(backend(), claim.id)).toEqual(
        isLost ? ['claimed', 'cancelled', 'dropped'] : ['claimed', 'completed'],
      );
    }
  });

  it('answers to requests that were claimed once and twice are written together', async () => {
    const [again, once] = await insertClaimed(backend(), 2);
    await backend().store.release(WORKER, [again!]);
    const [twice] = await backend().store.claim(WORKER, 1);
    const fates = await settle(settled(once!, COMPLETED), settled(twice!, COMPLETED));
    expect(fates).toEqual(['written', 'written']);
    expect((await requestRow(backend(), twice!.id))['claim_no']).toBe(2);
    expect(await count(backend(), 'ai_responses')).toBe(2);
  });

  it('the same answers settled twice are written once', async () => {
    const claims = await insertClaimed(backend(), 5);
    const attempts = claims.map((claim) => settled(claim, COMPLETED));
    expect(await settle(...attempts)).toEqual(attempts.map(() => 'written'));
    expect(await settle(...attempts)).toEqual(attempts.map(() => 'written'));
    expect(await count(backend(), 'ai_responses')).toBe(5);
    for (const { id } of claims) expect(await eventsOf(backend(), id)).toEqual(['claimed', 'completed']);
  });

  it('an answer that the database refuses rejects the call and nothing of the batch is written', async () => {
    await backend().sql(refusingTrigger(backend().kind));
    try {
      const claims = await insertClaimed(backend(), 5);
      const attempts = claims.map((claim, index) =>
        settled(claim, index === 3 ? { kind: 'completed', answer: '"REFUSED"' } : KINDS[index]),
      );
      await expect(settle(...attempts)).rejects.toMatchObject({
        name: 'AiIpcError',
        code: 'database_failed',
      });
      for (const { id } of claims) {
        expect(await requestRow(backend(), id)).toMatchObject({ status: 'processing', error_code: null });
        expect(await eventsOf(backend(), id)).toEqual(['claimed']);
      }
      expect(await count(backend(), 'ai_responses')).toBe(0);
      const rest = attempts.filter((_, index) => index !== 3);
      expect(await settle(...rest)).toEqual(['written', 'written', 'written', 'written']);
    } finally {
      await backend().sql('DROP TRIGGER refuse_word');
    }
  });

  it('workers that settle at once do not disturb each other', async () => {
    const other = await backend().open();
    const mine = await insertClaimed(backend(), 100);
    const theirs = await insertClaimed(backend(), 100, { workerId: OTHER_WORKER });
    const [myFates, theirFates] = await Promise.all([
      settle(...mine.map((claim) => settled(claim))),
      other.settle(
        OTHER_WORKER,
        theirs.map((claim) => settled(claim, FAILED)),
      ),
    ]);
    expect(new Set([...myFates, ...theirFates])).toEqual(new Set(['written']));
    expect(await count(backend(), 'ai_responses')).toBe(200);
  });

  it('nothing to settle is no trouble', async () => {
    expect(await settle()).toEqual([]);
  });
});

function refusingTrigger(kind: 'mariadb' | 'sqlite'): string {
  return kind === 'mariadb'
    ? `CREATE TRIGGER refuse_word BEFORE INSERT ON ai_responses FOR EACH ROW
         IF NEW.response_data LIKE '%REFUSED%' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'; END IF`
    : `CREATE TRIGGER refuse_word BEFORE INSERT ON ai_responses WHEN NEW.response_data LIKE '%REFUSED%'
       BEGIN SELECT RAISE(ABORT, 'refused'); END`;
}
