import { expect, it } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { within } from './within.ts';

const never = new Promise<string>(() => undefined);

it('gives what comes in time', async () => {
  const clock = new FakeClock();
  expect(await within(Promise.resolve('done'), { ms: 10, late: () => 'late', clock })).toBe('done');
});

it('gives what stands in for what is late', async () => {
  const clock = new FakeClock();
  const waiting = within(never, { ms: 10, late: () => 'late', clock });
  await clock.advance(10);
  expect(await waiting).toBe('late');
});

it('throws what its work throws, or what stands in for it', async () => {
  const clock = new FakeClock();
  const fail = (message: string) => {
    throw new Error(message);
  };
  await expect(
    within(Promise.reject(new Error('work')), { ms: 10, late: () => fail('late'), clock }),
  ).rejects.toThrow('work');
  const waiting = within(never, { ms: 10, late: () => fail('late'), clock });
  const told = expect(waiting).rejects.toThrow('late');
  await clock.advance(10);
  await told;
});

it('leaves no timer, and is not woken by work that fails later', async () => {
  const clock = new FakeClock();
  let fail: (error: Error) => void = () => undefined;
  const work = new Promise<string>((_, reject) => {
    fail = reject;
  });
  const waiting = within(work, { ms: 10, late: () => 'late', clock });
  await clock.advance(10);
  expect(await waiting).toBe('late');
  fail(new Error('too late to matter'));
  await within(Promise.resolve('done'), { ms: 10, late: () => 'late', clock });
  expect(clock.sleeping).toBe(0);
});
