import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { Bodies } from './bodies.ts';

let clock: FakeClock;
let bodies: Bodies;

beforeEach(() => {
  clock = new FakeClock();
  bodies = new Bodies({ clock, stopped: new AbortController().signal, mostMs: 10_000, mostBytesOfAll: 100 });
});

/** A body that comes in the parts that the test sends. */
function coming(deadlineMs = 60_000) {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(started) {
      controller = started;
    },
  });
  const headers = new Headers({ 'Content-Type': 'application/json' });
  const read = bodies.read({ headers, body }, deadlineMs);
  return {
    read,
    async send(bytes: number) {
      controller?.enqueue(new Uint8Array(bytes));
      await clock.advance(0);
    },
    end: () => controller?.close(),
    fail: (error: Error) => controller?.error(error),
  };
}

const tooSlow = { refused: 'body_too_slow', message: expect.stringMatching(/within 10 s/) };

it('a body is read in its parts', async () => {
  const one = coming();
  await one.send(30);
  await one.send(20);
  one.end();
  expect(await one.read).toHaveLength(50);
});

it('one that trickles is cut after 10 s, and holds no timer after that', async () => {
  const slow = coming();
  for (let second = 0; second < 9; second += 1) {
    await slow.send(1);
    await clock.advance(1_000);
  }
  const later = coming();
  await clock.advance(1_500);
  expect(await slow.read).toEqual(tooSlow);
  await later.send(3);
  later.end();
  expect(await later.read).toHaveLength(3);
  await clock.advance(1_000);
  expect(clock.sleeping).toBe(0);
});

it('one of a caller who waits 4 s is cut after 2 s, and an older one is not', async () => {
  const patient = coming();
  const slow = coming(4_000);
  await clock.advance(2_000);
  expect(await slow.read).toEqual({
    refused: 'body_too_slow',
    message: expect.stringMatching(/within 2 s/),
  });
  patient.end();
  expect(await patient.read).toHaveLength(0);
});

it('where all together have too much, the oldest is cut and the newest is read', async () => {
  const old = [coming(), coming()];
  for (const one of old) await one.send(45);
  const honest = coming();
  await honest.send(40);
  honest.end();
  expect(await honest.read).toHaveLength(40);
  expect(await old[0]?.read).toEqual(tooSlow);
  old[1]?.end();
  expect(await old[1]?.read).toHaveLength(45);
});

it('what was read or cut counts no longer', async () => {
  for (let round = 0; round < 10; round += 1) {
    const one = coming();
    await one.send(90);
    one.end();
    expect(await one.read).toHaveLength(90);
  }
});

it('a body that breaks off is told as that', async () => {
  const one = coming();
  one.fail(new Error('aborted'));
  expect(await one.read).toMatchObject({ refused: 'bad_json', message: expect.stringMatching(/broke off/) });
});

it.each([
  ...[
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/problem+json',
    ' application/json ;x=1',
  ],
])('the type %j is JSON', async (type) => {
  expect(await typed(type)).toEqual(new Uint8Array());
});

it.each([
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    '',
  ],
  ...['application/jsonp', 'text/json, application/json', 'application/json5'],
])('the type %j is not', async (type) => {
  expect(await typed(type)).toMatchObject({ refused: 'wrong_type' });
});

it('nor is no type at all', async () => {
  expect(await bodies.read({ headers: new Headers(), body: null }, 1_000)).toMatchObject({
    refused: 'wrong_type',
    message: expect.stringMatching(/it was missing/),
  });
});

function typed(type: string) {
  return bodies.read({ headers: new Headers({ 'Content-Type': type }), body: null }, 1_000);
}
