import { describe, expect, it } from 'vitest';
import { checkHistory } from './check-history.ts';
import type { Told } from './notes.ts';
import { answeredHistory, type Changes, changed } from './rows.ts';

/** The rules that find something, and in what words. */
function found(changes: Changes): string[] {
  return checkHistory(changed(answeredHistory(), changes)).map(({ rule, words }) => `${rule}: ${words}`);
}

const told = (...words: Told[]): Changes => ({ ask: { told: [{ kind: 'accepted', id: 7 }, ...words] } });

it('a request that was asked, called once and answered in time keeps every promise', () => {
  expect(found({})).toEqual([]);
});

describe('an end', () => {
  it.each<[string, Changes, RegExp]>([
    [
      'that the log does not tell',
      { log: ['claimed'] },
      /^one end: it is completed, and its log tells 0 ends/,
    ],
    ['that the log tells twice', { log: ['claimed', 'completed', 'completed'] }, /^one end: .* 2 ends/],
    [
      'other than the log tells',
      { row: { status: 'failed' } },
      /^one end: it is failed, and its log says comp/,
    ],
    ['of what is still open', { row: { status: 'processing' } }, /^one end: it is processing, though/],
    ['of nothing', { row: null }, /^one end: somebody was told this id/],
    ['without a response', { response: null }, /^one response: it is completed, and has 0 responses/],
    ['without an answer', { response: { data: null } }, /^one response: .* no data and no reason/],
    [
      'with another request’s answer',
      { response: { data: '{"token":"b","answer_no":1}' } },
      /^own answer: it asked a, and its answer is to b/,
    ],
    [
      'with an answer that was never given',
      { response: { data: '{"token":"a","answer_no":2}' } },
      /^own answer: its answer is number 2/,
    ],
    [
      'after a cancel that returned 1',
      told({ kind: 'cancel', isCancelled: true }),
      /^cancelled for good: .* completed with an answer/,
    ],
  ])('%s is found', (_, changes, words) => {
    expect(found(changes)).toContainEqual(expect.stringMatching(words));
  });
});

describe('a time', () => {
  it('after the life is found, of an answer and of a call', () => {
    expect(found({ row: { processedAtMs: 30_001 } })).toEqual([
      'no late answer: it completed 1 ms after its life',
    ]);
    expect(found({ call: { atMs: 31_001 } })).toEqual([
      'no late call: attempt 1 was called 1001 ms after its life',
    ]);
  });

  it('that a clock’s step has spoilt means nothing', () => {
    const clockSteps = [{ fromId: 7, untilId: 7 }];
    expect(found({ row: { processedAtMs: 3_630_000 }, history: { clockSteps } })).toEqual([]);
  });

  const ended: Changes = {
    row: { status: 'timeout', processedAtMs: 35_001 },
    log: ['claimed', 'expired'],
    response: { data: null, error: 'expired' },
  };

  it('more than 5 s after the life is found, of an end and of no end', () => {
    expect(found(ended)).toEqual(['not left open: it ended (timeout) 5001 ms after its life']);
    const open: Changes = {
      row: { status: 'pending', processedAtMs: null },
      log: ['claimed', 'released'],
      response: null,
    };
    expect(found({ ...open, row: { ...open.row, attempts: 0 }, history: { nowMs: 35_001 } })).toEqual([
      'not left open: it is pending 5001 ms after its life',
    ]);
  });

  it('that a hindrance took is not counted, and begins anew at its end', () => {
    const hindrances = [
      { fromMs: 1_000, untilMs: 32_000 },
      { fromMs: 36_000, untilMs: 40_000 },
    ];
    const at = (processedAtMs: number) =>
      found({ ...ended, row: { ...ended.row, processedAtMs }, history: { hindrances } });
    expect(at(45_000)).toEqual([]);
    expect(at(45_001)).toHaveLength(1);
  });
});

describe('a log', () => {
  it.each<[string, string[], RegExp]>([
    ['that claims what is claimed', ['claimed', 'claimed', 'completed'], /claimed while it was processing/],
    ['that ends what nobody holds', ['completed'], /completed while it was pending/],
    [
      'that ends what another worker holds',
      ['claimed', 'completed by w2'],
      /completed by w2, while w1 held it/,
    ],
    ['that goes on after an end', ['claimed', 'completed', 'released'], /released while it was ended/],
    ['that retries what is pending', ['claimed', 'retried', 'retried'], /retried while it was pending/],
    ['that rescues what is pending', ['rescued by w2'], /rescued while it was pending/],
    ['whose worker rescues itself', ['claimed', 'rescued'], /rescued by its own holder/],
    [
      'that counts an attempt twice',
      ['claimed', 'released', 'claimed (2)', 'completed (2)'],
      /claimed for attempt 2, after 0 to 0/,
    ],
    [
      'that forgets an attempt',
      ['claimed', 'rescued by w2', 'claimed'],
      /claimed for attempt 1, after 1 to 1/,
    ],
    [
      'that drops what was never claimed',
      ['claimed', 'completed', 'dropped by w3'],
      /dropped by w3, who never claimed it/,
    ],
    ['with a word of no request', ['claimed', 'eaten', 'completed'], /"eaten", which is no event/],
  ])('%s is found', (_, log, words) => {
    expect(found({ log })).toContainEqual(expect.stringMatching(words));
  });

  it.each<[string, string[], object]>([
    ['a retry', ['claimed', 'retried', 'claimed (2)', 'completed (2)'], { claimNo: 2, attempts: 2 }],
    ['a retry whose attempt is given back', ['claimed', 'retried', 'claimed', 'completed'], { claimNo: 2 }],
    ['a release', ['claimed', 'released', 'claimed', 'completed'], { claimNo: 2 }],
    ['a rescue', ['claimed', 'rescued by w2', 'claimed (2)', 'completed (2)'], { claimNo: 2, attempts: 2 }],
    [
      'a late answer that is dropped',
      ['claimed', 'rescued by w2', 'claimed by w2 (2)', 'completed by w2 (2)', 'dropped'],
      { claimNo: 2, attempts: 2 },
    ],
  ])('%s is a possible story', (_, log, row) => {
    expect(found({ log, row })).toEqual([]);
  });

  it('whose row stands elsewhere is found', () => {
    expect(found({ row: { claimNo: 2 } })).toEqual([
      expect.stringMatching(/claim number is 2, and its log has 1 claims/),
    ]);
    expect(found({ row: { attempts: 3 } })).toEqual([expect.stringMatching(/has 3 attempts, and its log 1/)]);
  });
});

it('a change of what had ended before the tables were read last is found, but for a late answer that is dropped', () => {
  const history = answeredHistory();
  const later = (event: string) => {
    const row = { id: 9, requestId: 3, event, worker: 'w2', attempt: 1, errorCode: null, atMs: 9 };
    return checkHistory({ ...history, tables: { ...history.tables, log: [...history.tables.log, row] } });
  };
  expect(later('dropped')).toEqual([]);
  expect(later('completed')).toEqual([
    { rule: 'ended for good', id: 3, words: 'it had ended, or is gone, and then was completed by w2' },
  ]);
});

describe('a word', () => {
  const end = {
    kind: 'end',
    id: 7,
    status: 'completed',
    answer: '{"token":"a","answer_no":1}',
    code: null,
    message: null,
  } as const;

  it.each<[string, Told[]]>([
    [
      'a status on the way',
      [
        { kind: 'status', status: 'pending' },
        { kind: 'status', status: 'completed' },
      ],
    ],
    ['the answer', [{ kind: 'response', text: '{"token":"a","answer_no":1}' }]],
    ['a cancel that came too late', [{ kind: 'cancel', isCancelled: false }]],
    ['a trouble', [{ kind: 'trouble', of: 'status', code: 'database_unavailable', message: 'away' }]],
    ['the end', [end]],
    [
      'that it could not be looked at',
      [{ ...end, status: 'pending', code: 'database_unavailable', message: 'away' }],
    ],
    [
      'that nobody knows',
      [{ kind: 'refused', code: 'database_unavailable', message: 'nobody can look whether it was' }],
    ],
    ['that its fate is unknown', [{ kind: 'refused', code: 'fate_unknown', message: 'The OK was lost.' }]],
    ['that it had ended', [{ kind: 'aborted', message: 'The wait was aborted; the request had ended.' }]],
  ])('%s is true', (_, words) => {
    expect(found(told(...words))).toEqual([]);
  });

  it.each<[string, Told, RegExp]>([
    ['of another end', { kind: 'status', status: 'failed' }, /told failed, and is completed/],
    ['that there is none', { kind: 'status', status: 'none' }, /told that there is no such request/],
    ['of another answer', { kind: 'response', text: '{"token":"b"}' }, /told the answer/],
    [
      'that it was not stored',
      { kind: 'refused', code: 'database_unavailable', message: 'it was not stored' },
      /told "it was not stored" \(database_unavailable\), and is there/,
    ],
    [
      'that it was not stored, by an abort',
      { kind: 'aborted', message: 'The wait was aborted; the request was not stored.' },
      /was not stored\.", and is there as completed/,
    ],
    [
      'of another end, by ask',
      { ...end, status: 'failed', code: 'ai_timeout', message: 'late' },
      /told failed \(ai_timeout: late\), and is completed/,
    ],
    ['of another answer, by ask', { ...end, answer: '{"token":"a","answer_no":9}' }, /told the answer/],
    [
      'that it could not be inserted, by ask',
      { ...end, id: -1, status: 'failed', code: 'database_unavailable', message: 'away' },
      /with no id, and is there/,
    ],
    [
      'that it is gone, by ask',
      { ...end, status: 'failed', code: 'bad_id', message: 'deleted' },
      /and is there as completed/,
    ],
    [
      'that nobody served it, by ask',
      { ...end, status: 'pending', code: 'expired', message: 'No worker' },
      /nobody ended it within its life/,
    ],
    [
      'that it is cancelled',
      { kind: 'aborted', message: 'The wait was aborted; the request is cancelled.' },
      /is cancelled\.", and is completed/,
    ],
    [
      'that it will expire',
      { kind: 'aborted', message: 'the request 7 could not be cancelled and will expire' },
      /will expire", and is completed/,
    ],
    ['that nobody has heard of', { kind: 'aborted', message: 'Hm.' }, /nobody knows what it means/],
  ])('%s is found to be untrue', (_, word, words) => {
    expect(found(told(word))).toContainEqual(expect.stringMatching(words));
  });

  it('that it may be there under a number is true, whether or not it is', () => {
    const unknown: Told = {
      ...end,
      status: 'pending',
      answer: null,
      code: 'fate_unknown',
      message: 'May be.',
    };
    const nothing: Changes = { row: null, response: null, log: [], call: null };
    expect(found({ ask: { told: [unknown] } })).toEqual([]);
    expect(found({ ...nothing, ask: { told: [unknown] } })).toEqual([]);
  });

  it('that takes an earlier one back is found', () => {
    const words = told({ kind: 'status', status: 'completed' }, { kind: 'status', status: 'processing' });
    expect(found(words)).toEqual(['true words: it was told completed, and then processing']);
    expect(found(told({ kind: 'status', status: 'completed' }, { kind: 'response', text: '' }))).toEqual([
      'true words: it was told completed, and then no answer',
    ]);
  });

  it('false of a cancel is untrue where the request is cancelled, unless an earlier cancel may have done it', () => {
    const cancelled: Changes = {
      row: { status: 'cancelled' },
      log: ['cancelled'],
      response: null,
      call: null,
    };
    const row = { ...cancelled.row, claimNo: 0, attempts: 0, claimedBy: null };
    const no: Told = { kind: 'cancel', isCancelled: false };
    const trouble: Told = { kind: 'trouble', of: 'cancel', code: 'database_unavailable', message: 'away' };
    expect(found({ ...cancelled, row, ...told(no) })).toEqual([
      'true words: its cancel returned 0, and it is cancelled',
    ]);
    expect(found({ ...cancelled, row, ...told(trouble, no) })).toEqual([]);
  });

  it('the id of another request is found', () => {
    expect(found({ row: { token: 'b' } })).toContainEqual("true words: a was told this id, which is b's");
  });
});

describe('a call', () => {
  it('more than claims is found', () => {
    const history = answeredHistory();
    const [call] = history.calls;
    const twice = { ...history, calls: [call!, { ...call!, answerNo: 2, key: 'other' }] };
    expect(checkHistory(twice).map(({ words }) => words)).toEqual([
      'it was called 2 times, for 1 claims',
      'it was called with 2 keys: queue-7-1, other',
    ]);
  });

  it('of what is not stored is found, and what is stored twice', () => {
    const history = answeredHistory();
    const stranger = { ...history.calls[0]!, token: 'x' };
    expect(checkHistory({ ...history, calls: [...history.calls, stranger] })).toEqual([
      { rule: 'asked once', id: null, words: 'x was called, and is not in the table' },
    ]);
    const { requests } = history.tables;
    const twice = { ...history.tables, requests: [...requests, { ...requests[0]!, id: 8 }] };
    expect(checkHistory({ ...history, tables: twice })).toContainEqual(
      expect.objectContaining({ words: 'a is stored 2 times: 7, 8' }),
    );
  });
});

describe('a program', () => {
  const resting = { files: 40, sockets: 20, residentBytes: 80 * 2 ** 20 };
  const program = (change: object) =>
    found({ history: { programs: [{ name: 'w1', end: 'running', ...change }] } });

  it('that ends unasked is found', () => {
    expect(program({ end: { unasked: 'exit code 1' } })).toEqual([
      'programs: w1 ended by itself: exit code 1',
    ]);
  });

  it('that keeps what it took is found', () => {
    const after = { files: 71, sockets: 51, residentBytes: 177 * 2 ** 20 };
    expect(program({ resting: { before: resting, after: resting } })).toEqual([]);
    expect(program({ resting: { before: resting, after } })).toEqual([
      'programs: w1 holds 71 open files, and held 40',
      'programs: w1 holds 51 sockets, and held 20',
      `programs: w1 holds ${after.residentBytes} bytes of memory, and held ${resting.residentBytes}`,
    ]);
  });

  it('that stopped in order and left a claim behind is found, and not what was taken from it before', () => {
    const rescued: Changes = {
      log: ['claimed', 'rescued by w2', 'claimed by w2 (2)', 'completed by w2 (2)'],
      row: { claimNo: 2, attempts: 2, claimedBy: 'w2' },
    };
    const stopped = (stoppedAtMs: number) =>
      found({ ...rescued, history: { programs: [{ name: 'w1', end: { stoppedAtMs } }] } });
    // Event number n is written at n ms.
    expect(stopped(1)).toEqual([
      'nothing left behind: w1 stopped in order and kept it claimed: it was rescued',
    ]);
    expect(stopped(3)).toEqual([]);
  });
});
