import { expect, it } from 'vitest';
import type { Story } from '../../src/operator/story.ts';
import { COMPLETED, change, FAILED, insertClaimedOne, insertOne, RETRY, settled, WORKER } from './arrange.ts';
import { describeStore } from './backends.ts';
import { useOperator } from './operator.ts';

describeStore("a request's story", (backend) => {
  const operator = useOperator(backend);
  const kindsOf = (story: Story) =>
    story.stretches.map(({ kind, attempt, isOpen }) => [kind, attempt, isOpen]);

  it('a retry that healed itself: each attempt, and where the time went', async () => {
    const claim = await insertClaimedOne(backend());
    await backend().store.settle(WORKER, [settled(claim, RETRY, 7)]);
    await change(backend(), claim.id, { available_at: backend().ago(1) });
    const [again] = await backend().store.claim(WORKER, 1);
    await backend().store.settle(WORKER, [settled(again!, COMPLETED, 1)]);
    const story = (await operator().story(claim.id))!;
    expect(story.verdict).toBe('healed');
    expect(story.events.map(({ event, attempt, errorCode, ms }) => [event, attempt, errorCode, ms])).toEqual([
      ['claimed', 1, null, null],
      ['retried', 1, 'ai_server_error', 7],
      ['claimed', 2, null, null],
      ['completed', 2, null, 1],
    ]);
    expect(kindsOf(story)).toEqual([
      ['waited', null, false],
      ['ai', 1, false],
      ['settle', 1, false],
      ['waited', null, false],
      ['ai', 2, false],
      ['settle', 2, false],
    ]);
    const { stretches, request } = story;
    expect(stretches[0]!.fromMs).toBe(request.createdMs);
    for (const [index, { fromMs }] of stretches.slice(1).entries())
      expect(fromMs).toBe(stretches[index]!.toMs);
    expect(story.response).toMatchObject({ data: COMPLETED.answer, errorMessage: null, aiMs: 1 });
    expect(request).toMatchObject({
      data: '{"message":"Hello AI","npc_id":123}',
      attempts: 2,
      timeoutSeconds: 30,
    });
  });

  it('a failure tells its reason', async () => {
    const claim = await insertClaimedOne(backend());
    await backend().store.settle(WORKER, [settled(claim, FAILED)]);
    const story = (await operator().story(claim.id))!;
    expect(story).toMatchObject({
      verdict: 'failed',
      request: { status: 'failed', errorCode: 'ai_client_error' },
      response: { data: null, errorMessage: FAILED.error.message },
    });
  });

  it('one under way ends now, in what it is doing', async () => {
    const waiting = await insertOne(backend());
    const story = (await operator().story(waiting))!;
    expect(story).toMatchObject({ verdict: 'open', response: null, events: [] });
    expect(kindsOf(story)).toEqual([['waited', null, true]]);
    expect(story.stretches[0]!.toMs).toBe(story.nowMs);
    const claim = await insertClaimedOne(backend());
    expect(claim.id).toBe(waiting);
    expect(kindsOf((await operator().story(waiting))!)).toEqual([
      ['waited', null, false],
      ['ai', 1, true],
    ]);
  });

  it('log rows that nobody can read hide nothing else', async () => {
    const id = await insertOne(backend());
    await backend().sql(
      `INSERT INTO ai_request_log (request_id, event_type, event_data) VALUES (${id}, 'mine', 'no JSON'), (${id}, 'mine', '[1]'), (${id}, 'mine', NULL)`,
    );
    await backend().store.cancel(id);
    const story = (await operator().story(id))!;
    expect(story.events.map(({ event, by }) => [event, by])).toEqual([
      ['mine', null],
      ['mine', null],
      ['mine', null],
      ['cancelled', null],
    ]);
    expect(story.verdict).toBe('cancelled');
    expect(kindsOf(story)).toEqual([['waited', null, false]]);
  });

  it('there is none of a request that is not there', async () => {
    expect(await operator().story(123_456_789)).toBeUndefined();
    expect(await operator().story(-1)).toBeUndefined();
    await expect(operator().story(1.5)).rejects.toMatchObject({ code: 'bad_id' });
  });
});
